"""Reading pictures: what a video looks like, and its frames one by one with their exact times.

Boxes everywhere are pixels of the stored picture; a rotation tag is kept, not applied. Only
detection turns the picture upright (`bwc.redaction.detect`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from pathlib import Path

import av.error
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import SideData, SideDataContainer, Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bwc.errors import MediaError
from bwc.media.containers import ContainerKind, open_media, recognise
from bwc.media.damage import SILENT_CODECS, DamageWatch, decoder_options
from bwc.media.timing import DecodingOrder, lead_before_zero, time_base_of, time_of
from bwc.media.twin import Twin

MICROSECONDS = 1_000_000
FULL_RANGE = 2  # FFmpeg's value for "numbers use the full range"
ONE, WHOLE = 1 << 16, 1 << 30  # of a display matrix (ISO/IEC 14496-12, 8.2.2)
DAMAGE_LIMIT = 0.5  # a file of which more than half cannot be decoded is not evidence of anything


@dataclass(frozen=True, slots=True)
class Colour:
    """How numbers become light, as FFmpeg's enum values; 2 means unspecified."""

    space: int
    range: int
    primaries: int
    transfer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLook:
    """What the picture stream is, read off its first frame.

    `rotation` is counter-clockwise degrees to show it upright, in quarters; `matrix` is FFmpeg's
    display matrix, nine integers, where it turns or mirrors. `others` names what else the file carries.
    `frames_expected` is what the container says or lets guess; good for progress alone.
    `seconds_declared` is how long the container says that it lasts, None where it does not.
    """

    codec: str
    width: int
    height: int
    pixel_format: str
    bit_depth: int
    time_base: Fraction
    first_pts: int
    rotation: int
    matrix: tuple[int, ...] | None
    sample_aspect: Fraction | None
    colour: Colour
    others: tuple[str, ...]
    frames_expected: int
    seconds_declared: Fraction | None = None


@dataclass(slots=True)
class FrameSource:
    """The frames of one video in the order they are shown.

    `damaged` counts packets that could not be decoded, `repeated` frames that were left out since
    their time was not later than the one before, `damage` knows which frames come out of damaged
    data; all are final when `frames` has ended. `order` gives times where the container has none,
    `lead` are ticks added to each; where it `is_watched`, a twin decodes beside. What lies outside of `counted`, first tick and one past the last,
    is read on the way only and not counted.
    """

    container: InputContainer
    stream: VideoStream
    time_base: Fraction
    name: str
    damage: DamageWatch
    order: DecodingOrder | None
    lead: int
    is_watched: bool
    damaged: int = field(default=0, init=False)
    repeated: int = field(default=0, init=False)
    counted: tuple[int | None, int | None] = field(default=(None, None), init=False)

    def frames(self) -> Iterator[VideoFrame]:
        """Each decoded frame; times rise strictly. Raises MediaError where most are broken."""
        count = 0
        for frame in self.decoded():
            count += 1
            yield frame
        require_usable(count, self.damaged, where=self.name)

    def decoded(self) -> Iterator[VideoFrame]:
        """Each frame that decodes from where the container stands; times rise strictly."""
        shown: int | None = None
        for frame in self._decoded():
            pts = time_of(frame, self.time_base).pts
            if shown is not None and pts <= shown:
                self.repeated += self._counts(frame.pts)
                continue
            shown = pts
            yield frame
        lost = sum(self._counts(pts) for pts in self.damage.given_nothing())
        self.damaged = max(self.damaged, lost)  # what was refused is among the lost

    def _decoded(self) -> Iterator[VideoFrame]:
        """Whatever decodes, with the times it is shown at."""
        packets = self.container.demux(self.stream)
        twin = Twin(self.stream.codec_context) if self.is_watched else None
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError as exc:
                raise MediaError("breaks off", where=self.name, got=str(exc.strerror)) from exc
            self._feed(packet)
            frames = self._out_of(packet)
            for frame in twin.differing(packet, frames) if twin is not None else ():
                if frame.pts is not None:
                    self.damage.left_out(frame.pts + self.lead)
            for frame in frames:
                if self.order is not None:
                    frame.pts, frame.duration = self.order.next(), 0  # such a one's is a tick
                if frame.pts is not None:
                    frame.pts += self.lead
                    self.damage.came_out(frame, frame.pts)
                yield frame

    def _out_of(self, packet: "Packet[VideoStream]") -> list[VideoFrame]:
        """What comes out with `packet`; a broken one is counted and passed over."""
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            self.damaged += self._counts(packet.pts)
            self.damage.refused()
            if self.order is not None:
                self.order.lost()
            return []
        if not frames and packet.size and self.damage.swallowed() and self.order is not None:
            self.order.lost()
        return frames

    def _counts(self, pts: int | None) -> bool:
        """Whether what bears this time is not merely read on the way."""
        first, end = self.counted
        is_before = pts is not None and first is not None and pts < first
        is_behind = pts is not None and end is not None and pts >= end
        return not is_before and not is_behind

    def _feed(self, packet: "Packet[VideoStream]") -> None:
        """Note a packet that the decoder is about to get; an empty one only flushes."""
        pts = packet.pts if self.order is None else packet.dts
        if packet.size and pts is not None:
            self.damage.fed(packet, pts + self.lead)
            if self.order is not None:
                self.order.fed(pts)


class Decoding(Enum):
    """How a decoder shares its work among threads.

    CAREFUL decodes one picture after the other. FAST decodes several at once, and then an error in
    one may go unreported, by chance: in 39 of 192 wounded clips other pictures were in doubt.
    WATCHFUL is CAREFUL, and HEVC is decoded twice (`bwc.media.twin`): there `FrameSource.damage`
    may be trusted. Pictures and times are the same.
    """

    CAREFUL = "careful"
    FAST = "fast"
    WATCHFUL = "watchful"


def require_usable(frames: int, damaged: int, *, where: str) -> None:
    """Refuse a recording of which more than half is broken. Raises MediaError."""
    if frames == 0:
        raise MediaError("holds no picture that can be decoded", where=where)
    if damaged > DAMAGE_LIMIT * (frames + damaged):
        raise MediaError(
            "is damaged beyond use",
            where=where,
            got=f"{damaged} broken packets beside {frames} frames",
        )


@contextmanager
def open_frames(path: Path, decoding: Decoding = Decoding.CAREFUL) -> Iterator[FrameSource]:
    """Open the picture stream of `path`. Raises MediaError where it has none."""
    with open_media(path) as container:
        stream = picture_stream(container, path)
        is_avi = recognise(path) is ContainerKind.AVI  # whose places go by what gives no picture
        stream.thread_type = "AUTO" if decoding is Decoding.FAST and not is_avi else "SLICE"
        stream.codec_context.options = decoder_options(path, stream)
        base = time_base_of(stream)
        yield FrameSource(
            container,
            stream,
            base,
            path.name,
            DamageWatch(stream),
            DecodingOrder() if is_avi else None,
            round(lead_before_zero(container) / base),
            decoding is Decoding.WATCHFUL and stream.codec_context.name in SILENT_CODECS,
        )


def look(path: Path) -> VideoLook:
    """What the picture stream of `path` is.

    Raises:
        MediaError: not a supported container, no picture stream, or nothing in it decodes.
    """
    with open_frames(path) as source:
        frame = next(source.frames())
        stream = source.stream
        matrix = _display_matrix(frame)
        aspect = stream.sample_aspect_ratio
        return VideoLook(
            codec=stream.codec_context.name,
            width=frame.width,
            height=frame.height,
            pixel_format=frame.format.name,
            bit_depth=max(part.bits for part in frame.format.components),
            time_base=source.time_base,
            first_pts=time_of(frame, source.time_base).pts,
            rotation=rotation_of(matrix),
            matrix=matrix,
            sample_aspect=Fraction(aspect.numerator, aspect.denominator) if aspect else None,
            colour=Colour(
                int(frame.colorspace),
                int(frame.color_range),
                int(frame.color_primaries),
                int(frame.color_trc),
            ),
            others=tuple(
                f"{other.type} {other.index}"
                for other in source.container.streams
                if other.index != stream.index
            ),
            frames_expected=_expected(source.container, stream),
            seconds_declared=_declared(source),
        )


def picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first moving-picture stream; a cover picture is none."""
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            return stream
    kinds = ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"
    raise MediaError("has no video", where=path.name, expected="a video stream", got=kinds)


def side_data_of(frame: VideoFrame) -> list[SideData]:
    """Whatever travels with `frame` beside its pixels.

    What `frame.side_data` makes is kept by the frame and keeps the frame: such a ring stays until
    the collector comes by, which took half a gigabyte of 1080p.
    """
    held = SideDataContainer(frame)  # type: ignore[call-arg]  # its stub lacks the argument
    return [held[at] for at in range(len(held))]


def quarter_turn(matrix: Sequence[int]) -> tuple[int, ...] | None:
    """A display matrix without what no player heeds: shifts, scales, and angles between quarters.

    None where it changes nothing.

    >>> quarter_turn((65536, 0, 0, 0, 65536, 0, 20, 30, 1 << 30)) is None
    True
    >>> quarter_turn((700, -65530, 0, 65530, 700, 0, 5, 0, 1 << 30))
    (0, -65536, 0, 65536, 0, 0, 0, 0, 1073741824)
    """
    a, b, c, d = (matrix[at] for at in (0, 1, 3, 4))
    one = [ONE if value > 0 else -ONE for value in (a, b, c, d)]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        turn = (one[0], 0, 0, 0, one[3], 0, 0, 0, WHOLE)
    else:
        turn = (0, one[1], 0, one[2], 0, 0, 0, 0, WHOLE)
    return None if turn == (ONE, 0, 0, 0, ONE, 0, 0, 0, WHOLE) else turn


def rotation_of(matrix: Sequence[int] | None) -> int:
    """Counter-clockwise degrees by which a quarter turn brings the picture's top up.

    A mirror alone turns nothing: faces stay upright in it.

    >>> [rotation_of((s, 0, 0, 0, t, 0, 0, 0, 1)) for s, t in ((1, 1), (-1, 1), (1, -1), (-1, -1))]
    [0, 0, 180, 180]
    """
    if matrix is None:
        return 0
    c, d = matrix[3], matrix[4]
    if d:
        return 0 if d > 0 else 180
    return 90 if c > 0 else 270


def _display_matrix(frame: VideoFrame) -> tuple[int, ...] | None:
    """The display matrix, as far as players heed it, where the file has one."""
    for side in side_data_of(frame):
        if side.type == Type.DISPLAYMATRIX:
            return quarter_turn([int(value) for value in np.frombuffer(bytes(side), np.int32)])
    return None


def _declared(source: FrameSource) -> Fraction | None:
    """How many seconds the pictures last by what the container says, else the whole of it."""
    container, stream = source.container, source.stream
    if source.order is not None and stream.average_rate:  # AVI, whose length is what is there
        return stream.frames / Fraction(stream.average_rate)
    if stream.duration:
        return stream.duration * source.time_base
    if container.duration is None:
        return None
    return Fraction(container.duration - max(0, container.start_time or 0), MICROSECONDS)


def _expected(container: InputContainer, stream: VideoStream) -> int:
    """How many frames the container promises, or its duration lets guess; at least 1."""
    if stream.frames:
        return max(1, stream.frames)
    rate = stream.average_rate or Fraction(30)
    return max(1, round((container.duration or 0) / MICROSECONDS * float(rate)))
