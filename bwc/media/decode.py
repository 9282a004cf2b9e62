"""Reading pictures: what a video looks like, and its frames one by one with their exact times.

Boxes everywhere are pixels of the stored picture; a rotation tag is kept, not applied. Only
detection turns the picture upright (`bwc.redaction.detect`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import cast

import av.error
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import SideData, SideDataContainer, Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bwc.errors import MediaError
from bwc.media.containers import ContainerKind, open_media, recognise
from bwc.media.damage import DamageWatch, decoder_options
from bwc.media.timing import DecodingOrder, lead_before_zero, time_base_of, time_of

MICROSECONDS = 1_000_000
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

    `rotation` is counter-clockwise degrees to show it upright; `matrix` is FFmpeg's display
    matrix, nine integers, where there is one. `others` names what else the file carries.
    `frames_expected` is what the container says or lets guess; good for progress alone.
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


@dataclass(slots=True)
class FrameSource:
    """The frames of one video in the order they are shown.

    `damaged` counts packets that could not be decoded, `repeated` frames that were left out since
    their time was not later than the one before, `damage` knows which frames come out of damaged
    data; all are final when `frames` has ended. `order` gives times where the container has none,
    `lead` are ticks added to each.
    """

    container: InputContainer
    stream: VideoStream
    time_base: Fraction
    name: str
    damage: DamageWatch
    order: DecodingOrder | None
    lead: int
    damaged: int = field(default=0, init=False)
    repeated: int = field(default=0, init=False)

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
                self.repeated += 1
                continue
            shown = pts
            yield frame

    def _decoded(self) -> Iterator[VideoFrame]:
        """Whatever decodes; a broken packet is counted and passed over."""
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError as exc:
                raise MediaError("breaks off", where=self.name, got=str(exc.strerror)) from exc
            self._feed(packet)
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                self.damaged += 1
                self.damage.refused()
                if self.order is not None:
                    self.order.lost()
                continue
            if not frames and packet.size and self.damage.swallowed() and self.order is not None:
                self.order.lost()
            for frame in frames:
                if self.order is not None:
                    frame.pts, frame.duration = self.order.next(), 0  # such a one's is a tick
                if frame.pts is not None:
                    frame.pts += self.lead
                    self.damage.came_out(frame, frame.pts)
                yield frame

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
    one may go unreported, by chance: in 39 of 192 wounded clips other pictures were in doubt. So
    `FrameSource.damage` may be trusted only where it is CAREFUL; pictures and times are the same.
    """

    CAREFUL = "SLICE"
    FAST = "AUTO"


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
        stream.thread_type = (Decoding.CAREFUL if is_avi else decoding).value
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
            rotation=frame.rotation % 360,
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
        )


def picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first moving-picture stream; a cover picture is none."""
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            return stream
    kinds = ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"
    raise MediaError("has no video", where=path.name, expected="a video stream", got=kinds)


def side_data_of(frame: VideoFrame) -> list[SideData]:
    """Whatever travels with `frame` beside its pixels."""
    held = cast("SideDataContainer", frame.side_data)  # the library declares another type
    return [held[at] for at in range(len(held))]


def _display_matrix(frame: VideoFrame) -> tuple[int, ...] | None:
    """The nine integers of the display matrix, where the file has one."""
    for side in side_data_of(frame):
        if side.type == Type.DISPLAYMATRIX:
            return tuple(int(value) for value in np.frombuffer(bytes(side), np.int32))
    return None


def _expected(container: InputContainer, stream: VideoStream) -> int:
    """How many frames the container promises, or its duration lets guess; at least 1."""
    if stream.frames:
        return max(1, stream.frames)
    rate = stream.average_rate or Fraction(30)
    return max(1, round((container.duration or 0) / MICROSECONDS * float(rate)))
