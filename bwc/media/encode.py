"""Writing the finished file: H.264 and AAC in an MP4 that starts playing at once.

The picture keeps its size, times, rotation, shape of pixels and colour tags; nothing else of the
source comes along: no tags, no other streams, no side data, no encoder names. Frames are always
fresh copies, since a decoder still reads from the ones it gave away.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags as CodecFlags
from av.container import Flags, OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bwc.media.aac_header import AacForm
from bwc.media.aac_packet import read_element, stripped
from bwc.media.audio import AAC_FRAME, Samples, SoundBlock, SoundLook
from bwc.media.copied_sound import SoundPacket
from bwc.media.decode import VideoLook

AAC_BITS_PER_CHANNEL = 64_000
KEY_FRAME_SECONDS = 2  # how far a player may have to seek back
CODING_THREADS = 4  # on two cores a tenth faster than three; another number gives other pixels
CODING = {
    "crf": "22",  # about 45 dB; a plain transcode has 41, the floor that verification holds is far below
    "preset": "superfast",
    # With its macroblock tree on, x264 gives other pixels in about one run of twenty. Without b-adapt it
    # is a tenth quicker, and repeats a picture of small motion: verification takes that for a loss.
    "x264-params": f"keyint={KEY_FRAME_SECONDS * 30}:mbtree=0",
}
WITHOUT_MESSAGES = "filter_units=remove_types=6"  # H.264's SEI: x264 lists its options in one
LARGEST_SCALE = 2**31 - 1

Plane = npt.NDArray[np.uint8]  # (rows, columns), a view into the frame


def output_format(look: VideoLook) -> str:
    """The pixel format of the finished file: 8 bits, 4:2:0 wherever the size allows.

    H.264 cannot crop a subsampled picture to an odd size, so an odd size is kept in 4:4:4.
    """
    full = "j" if look.pixel_format.startswith("yuvj") else ""
    odd = look.width % 2 or look.height % 2
    return f"yuv{full}444p" if odd else f"yuv{full}420p"


def fresh_copy(frame: VideoFrame, pixel_format: str) -> VideoFrame:
    """A writable copy of `frame` in `pixel_format`, with its time and without its side data."""
    source = frame if frame.format.name == pixel_format else frame.reformat(format=pixel_format)
    copy = VideoFrame(frame.width, frame.height, pixel_format)
    for into, from_ in zip(planes(copy), planes(source), strict=True):
        into[:] = from_
    copy.pts, copy.duration = frame.pts, frame.duration
    copy.time_base = frame.time_base
    return copy


def planes(frame: VideoFrame) -> list[Plane]:
    """The picture planes of `frame` as arrays that share its memory."""
    views = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * plane.height]
        views.append(rows.reshape(plane.height, plane.line_size)[:, : plane.width])
    return views


class VideoWriter:
    """One output file being written; made by `open_writer`."""

    def __init__(
        self,
        container: OutputContainer,
        video: VideoStream,
        *,
        time_base: Fraction,
        sound: AudioStream | None,
        rate: int,
    ) -> None:
        """Take the opened streams."""
        self._container = container
        self._video = video
        self._time_base = time_base
        self._sound = sound
        self._rate = rate
        self._form = AacForm(rate, sound.layout.nb_channels) if sound is not None else None
        self._without_messages: BitStreamFilterContext | None = None
        self._waiting: list[Samples] = []
        self._waiting_count = 0
        self._next_sample: int | None = None
        self._held: VideoFrame | None = None
        self._lasts = 0  # ticks of the picture before

    def write(self, frame: VideoFrame) -> None:
        """Take one picture, to be encoded when the next one says how long it lasts.

        Its time is in the writer's time base. The last one's own duration ends the film; where it
        is not known, it is as long as the one before.
        """
        frame.time_base = self._time_base
        if self._held is not None:
            self._encode(self._held, lasts=(frame.pts or 0) - (self._held.pts or 0))
        self._held = frame

    def _encode(self, frame: VideoFrame, *, lasts: int) -> None:
        """Encode one picture."""
        frame.duration = self._lasts = lasts
        frame.pict_type = 0
        self._put_in(self._video.encode(frame))

    def write_packet(self, packet: "Packet[VideoStream]") -> None:
        """Put in a picture that is coded already; its times are in the writer's time base."""
        packet.stream = self._video
        self._container.mux(packet)

    def write_sound(self, block: SoundBlock) -> None:
        """Encode one block of sound; blocks follow each other without gaps."""
        if self._next_sample is None:
            self._next_sample = block.start
        self._waiting.append(block.samples)
        self._waiting_count += block.samples.shape[1]
        while self._waiting_count >= AAC_FRAME:
            self._encode_sound(AAC_FRAME)

    def write_sound_packet(self, packet: SoundPacket) -> None:
        """Put in sound that is coded already."""
        self._put_in_packet(packet.coded, packet.start, packet.duration)

    def finish(self) -> None:
        """Flush what was encoded here."""
        if self._held is not None:
            self._encode(self._held, lasts=self._held.duration or self._lasts)
            self._put_in(self._video.encode(None))
            self._put_in([None])
        if self._sound is not None:
            if self._waiting_count:
                self._encode_sound(self._waiting_count)
            if self._next_sample is not None:
                self._put_in_sound(self._sound.encode(None))

    def _put_in(self, coded: "Sequence[Packet[VideoStream] | None]") -> None:
        """Put in what the encoder gave, without the messages it writes of itself; None is the end."""
        if self._without_messages is None:
            self._without_messages = BitStreamFilterContext(WITHOUT_MESSAGES, self._video)
        for packet in coded:
            self._container.mux(self._without_messages.filter(packet))

    def _encode_sound(self, count: int) -> None:
        """Encode the next `count` waiting samples."""
        joined = np.concatenate(self._waiting, axis=1)
        now = np.ascontiguousarray(joined[:, :count])
        self._waiting, self._waiting_count = [joined[:, count:]], joined.shape[1] - count
        assert self._sound is not None and self._next_sample is not None  # noqa: S101, PT018
        frame = av.AudioFrame.from_ndarray(now, format="fltp", layout=self._sound.layout.name)
        frame.sample_rate = self._rate
        frame.time_base = Fraction(1, self._rate)
        frame.pts = self._next_sample
        self._next_sample += count
        self._put_in_sound(self._sound.encode(frame))

    def _put_in_sound(self, coded: "Sequence[Packet[AudioStream]]") -> None:
        """Put in the sound alone of what the encoder gave: it leaves its name in a packet."""
        assert self._form is not None  # noqa: S101 - there is sound
        for packet in coded:
            whole = bytes(packet)
            bare = stripped(whole, read_element(whole, self._form), self._form)
            self._put_in_packet(bare, packet.pts or 0, packet.duration or AAC_FRAME)

    def _put_in_packet(self, coded: bytes, start: int, duration: int) -> None:
        """Put in one packet of sound."""
        packet = cast("Packet[AudioStream]", Packet(coded))
        packet.pts = packet.dts = start
        packet.duration, packet.time_base = duration, Fraction(1, self._rate)
        packet.is_keyframe = True
        assert self._sound is not None  # noqa: S101 - there is sound
        packet.stream = self._sound
        self._container.mux(packet)


@contextmanager
def open_writer(
    path: Path,
    look: VideoLook,
    sound: SoundLook | None,
    *,
    coded_as: VideoStream | None = None,
    header: bytes | None = None,
    number: int = 0,
    sound_as: AudioStream | None = None,
) -> Iterator[VideoWriter]:
    """Write `path` as MP4 that looks like `look` and sounds like `sound`.

    No time is rounded: the track's scale is the source's own, and the film's, in which sound that
    begins late is placed, has room for every sample too. With `coded_as`, packets of such a stream
    are put in under `header` and nothing is encoded but sound; with `sound_as`, packets of that
    stream are put in as sound. Parameter sets get the `number`.
    """
    scale = look.time_base.denominator
    film = math.lcm(scale, sound.rate) if sound else scale
    options = {
        "movflags": "+faststart",
        "video_track_timescale": str(scale),
        "movie_timescale": str(film if film <= LARGEST_SCALE else scale),
    }
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.flags |= cast("int", Flags.bitexact.value)
        video = (
            _add_video(container, look, number)
            if coded_as is None
            else _add_coded(container, coded_as, look, header)
        )
        audio = _add_sound(container, sound, sound_as) if sound else None
        rate = sound.rate if sound else 0
        writer = VideoWriter(container, video, time_base=look.time_base, sound=audio, rate=rate)
        yield writer
        writer.finish()


def _add_video(container: OutputContainer, look: VideoLook, number: int) -> VideoStream:
    """The picture stream, tagged as the source is, with parameter sets of this `number`."""
    # A nominal rate only: x264 budgets by it, times come from each frame.
    stream = container.add_stream("libx264", rate=30)
    stream.width, stream.height = look.width, look.height
    stream.pix_fmt = output_format(look)
    stream.time_base = look.time_base
    context = stream.codec_context
    context.time_base = look.time_base
    context.flags |= CodecFlags.frame_duration.value  # not the nominal rate's
    context.options = CODING | {"x264-params": f"{CODING['x264-params']}:sps-id={number}"}
    context.thread_type = "FRAME"  # slices, its default, use half of a second core and code worse
    context.thread_count = CODING_THREADS
    if look.sample_aspect:
        context.sample_aspect_ratio = look.sample_aspect
    context.colorspace = look.colour.space
    context.color_range = look.colour.range
    context.color_primaries = look.colour.primaries
    context.color_trc = look.colour.transfer
    if look.matrix:
        stream.set_display_matrix(look.matrix)
    return stream


def _add_coded(
    container: OutputContainer, like: VideoStream, look: VideoLook, header: bytes | None
) -> VideoStream:
    """A picture stream for packets such as `like` holds already."""
    stream = container.add_stream_from_template(like)
    stream.codec_context.extradata = header
    stream.time_base = look.time_base
    stream.metadata.clear()
    stream.codec_context.bit_rate = 0  # the template's own is not that of the whole
    if look.matrix:
        stream.set_display_matrix(look.matrix)
    return stream


def _add_sound(
    container: OutputContainer, sound: SoundLook, coded_as: AudioStream | None
) -> AudioStream:
    """The sound stream: to be coded, or for packets of a stream such as `coded_as`.

    Which of the two it is can be told from its header, which is the shorter one where it is copied.
    """
    if coded_as is not None:
        stream = container.add_stream_from_template(coded_as)
        stream.codec_context.extradata = AacForm(sound.rate, sound.channels).header
        stream.codec_context.bit_rate = 0
        stream.time_base = Fraction(1, sound.rate)
        stream.metadata.clear()
        return stream
    stream = container.add_stream("aac", rate=sound.rate)
    stream.layout = sound.layout
    stream.bit_rate = AAC_BITS_PER_CHANNEL * sound.channels
    stream.time_base = Fraction(1, sound.rate)
    return stream
