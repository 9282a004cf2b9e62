"""Cutting a recording at key frames into segments that can each be read by itself.

One mechanism serves three ends: long work goes on from its last finished segment after a kill,
finished segments are not done again when a plan changes elsewhere, and many workers can share one
video. What a segment yields does not depend on what was read before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.video.frame import VideoFrame

from bwc.media.containers import ContainerKind, open_media, recognise
from bwc.media.decode import FrameSource, picture_stream
from bwc.media.timing import time_base_of, time_of

# A kill costs less than looking at so much; where one ends and the next begins, a core waits for the
# last look, a tenth of a second.
SEGMENT_SECONDS = Fraction(20)
SEEKABLE = {ContainerKind.MP4, ContainerKind.MATROSKA}  # the others state no exact times


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames with start <= pts < end, in ticks of the picture stream; None is the file's end."""

    index: int
    start: int | None = None
    end: int | None = None


def cut(path: Path, *, seconds: Fraction = SEGMENT_SECONDS) -> list[Segment]:
    """The fewest segments of at least `seconds` that begin at key frames; at least one.

    Raises:
        MediaError: not a supported container, or no picture stream.
    """
    starts = list(_starts(path, seconds))
    bounds = [None, *starts, None]
    return [Segment(at, bounds[at], bounds[at + 1]) for at in range(len(starts) + 1)]


def frames_of(source: FrameSource, segment: Segment) -> Iterator[VideoFrame]:
    """The frames of `segment`, whatever lies before it in the file."""
    source.counted = segment.start, segment.end  # the rest is counted where it belongs
    if segment.start is None:
        yield from _until(source.decoded(), source, segment.end)
        return
    source.container.seek(segment.start, stream=source.stream, backward=True)
    frames = _from(source.decoded(), source, segment.start)
    first = next(frames, None)
    if first is None or first.pts != segment.start:
        # The seek did not land where the index said: read from the beginning, slow but right.
        source.damaged = source.repeated = 0
        source.container.seek(0)
        frames = _from(source.decoded(), source, segment.start)
        first = next(frames, None)
    if first is not None:
        yield from _until(_joined(first, frames), source, segment.end)


def _starts(path: Path, seconds: Fraction) -> Iterator[int]:
    """The time of each key frame that begins a segment, but for the first."""
    if recognise(path) not in SEEKABLE:
        return
    with open_media(path) as container:
        stream = picture_stream(container, path)
        least = seconds / time_base_of(stream)
        last: int | None = None
        for packet in container.demux(stream):
            if not packet.is_keyframe or packet.pts is None:
                continue
            if last is None:
                last = packet.pts
            elif packet.pts - last >= least:
                last = packet.pts
                yield last


def _from(frames: Iterator[VideoFrame], source: FrameSource, start: int) -> Iterator[VideoFrame]:
    """What is shown at `start` or later."""
    return (frame for frame in frames if time_of(frame, source.time_base).pts >= start)


def _until(
    frames: Iterator[VideoFrame], source: FrameSource, end: int | None
) -> Iterator[VideoFrame]:
    """What is shown before `end`; frames come in the order they are shown."""
    for frame in frames:
        if end is not None and time_of(frame, source.time_base).pts >= end:
            return
        yield frame


def _joined(first: VideoFrame, rest: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """`first`, then `rest`."""
    yield first
    yield from rest
