"""Drawing a plan into a recording: fill on the decoded planes, sound cut by the same plan.

Decoding, drawing and encoding run side by side with short queues between them.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from av.video.frame import VideoFrame

from bwc.errors import IntegrityError
from bwc.media.ahead import ahead
from bwc.media.audio import SoundBlock, SoundLook, muted, sound
from bwc.media.decode import Decoding, VideoLook, open_frames
from bwc.media.encode import Plane, VideoWriter, fresh_copy, open_writer, output_format, planes
from bwc.media.timing import time_of
from bwc.redaction.keys import Region
from bwc.redaction.plan import Plan

FULL_RANGE = 2  # FFmpeg's value for "numbers use the full range"
BLACK_LIMITED, BLACK_FULL, NO_COLOUR = 16, 0, 128


def render(
    original: Path,
    into: Path,
    *,
    plan: Plan,
    look: VideoLook,
    sound_look: SoundLook | None,
    report: Callable[[int], None] = lambda _: None,
) -> None:
    """Write `original`, with everything in `plan` hidden, to `into`.

    `report` is told the number of frames written so far.

    Raises:
        IntegrityError: the frames are not those the plan was made for.
    """
    with (
        open_frames(original, Decoding.FAST) as source,
        open_writer(into, look, sound_look) as writer,
    ):
        blocks = _sound(original, plan, sound_look)
        block = next(blocks, None)
        count, last = 0, 0
        with ahead(_drawn(source.frames(), plan, look)) as frames:
            for frame in frames:
                last = time_of(frame, look.time_base).pts
                while block is not None and _starts(block, sound_look) <= last * look.time_base:
                    writer.write_sound(block)
                    block = next(blocks, None)
                writer.write(frame)
                count += 1
                report(count)
        _rest(writer, block, blocks)
    expected = (plan.original.frames, plan.original.last_pts)
    if (count, last) != expected:
        raise IntegrityError(
            "the recording does not have the frames its plan was made for",
            where=original.name,
            expected=f"{expected[0]} frames up to {expected[1]}",
            got=f"{count} up to {last}",
        )


def black(look: VideoLook) -> tuple[int, int, int]:
    """The fill, as the numbers of the three planes of the finished file."""
    full = look.colour.range == FULL_RANGE or look.pixel_format.startswith("yuvj")
    return (BLACK_FULL if full else BLACK_LIMITED, NO_COLOUR, NO_COLOUR)


def filled(region: Region, plane: Plane, luma: Plane) -> tuple[slice, slice]:
    """Where `region` lies in `plane`, rounded outwards to whole chroma samples."""
    down, across = -(-luma.shape[0] // plane.shape[0]), -(-luma.shape[1] // plane.shape[1])
    return (
        slice(region.y0 // down, -(-region.y1 // down)),
        slice(region.x0 // across, -(-region.x1 // across)),
    )


def snapped(region: Region) -> Region:
    """`region` grown to even edges: no colour sample straddles what is hidden."""
    return Region(
        region.x0 - region.x0 % 2,
        region.y0 - region.y0 % 2,
        region.x1 + region.x1 % 2,
        region.y1 + region.y1 % 2,
    )


def _drawn(frames: Iterator[VideoFrame], plan: Plan, look: VideoLook) -> Iterator[VideoFrame]:
    """Copies of `frames` with everything planned for their time filled."""
    pixel_format, fill = output_format(look), black(look)
    for frame in frames:
        same_size = (frame.width, frame.height) == (look.width, look.height)
        # A camera may change its size in the midst; the plan speaks of the first picture's.
        whole = frame if same_size else frame.reformat(width=look.width, height=look.height)
        copy = fresh_copy(whole, pixel_format)
        assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
        regions = [snapped(region) for region in plan.regions(frame.pts)]
        if regions:
            layers = planes(copy)
            for layer, value in zip(layers, fill, strict=True):
                for region in regions:
                    layer[filled(region, layer, layers[0])] = value
        yield copy


def _sound(original: Path, plan: Plan, look: SoundLook | None) -> Iterator[SoundBlock]:
    """The sound with every planned stretch silent; nothing where there is none."""
    if look is None:
        return iter(())
    return muted(sound(original, look), plan.muted(), look.rate)


def _starts(block: SoundBlock, look: SoundLook | None) -> Fraction:
    """When `block` starts, in seconds."""
    return Fraction(block.start, look.rate if look else 1)


def _rest(writer: VideoWriter, block: SoundBlock | None, blocks: Iterator[SoundBlock]) -> None:
    """Write the sound that reaches beyond the last picture."""
    if block is not None:
        writer.write_sound(block)
    for left in blocks:
        writer.write_sound(left)
