"""Drawing a plan into a recording: effects on the decoded planes, sound cut by the same plan.

Segment by segment, each coded by itself into a piece; then the pieces become one film. Decoding,
drawing and encoding run side by side with short queues between them.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import av
from av.video.frame import VideoFrame

from bwc.canonical import Json, JsonObject
from bwc.errors import IntegrityError
from bwc.ids import Sha256
from bwc.media.ahead import ahead
from bwc.media.audio import SoundBlock, SoundLook, muted, sound, sound_look, whole_windows
from bwc.media.boxes import require_whole_mp4
from bwc.media.containers import ContainerKind, recognise
from bwc.media.copied_sound import SoundPacket, sound_packets
from bwc.media.decode import FULL_RANGE, Decoding, VideoLook, look, open_frames
from bwc.media.encode import CODING, CODING_THREADS, fresh_copy, open_writer, output_format, planes
from bwc.media.join import Piece, frames_in, join
from bwc.media.segments import Segment, cut, frames_of
from bwc.media.tone import toned
from bwc.redaction.effects import DRAWING, Fill, draw
from bwc.redaction.parts import Part, Parts, part, reaches
from bwc.redaction.plan import Plan, parse_plan
from bwc.redaction.share import Task, make_all, make_some
from bwc.redaction.sound_use import SoundUse, use_of_sound
from bwc.redaction.workbench import ORDER, Workbench

BLACK_LIMITED, BLACK_FULL, NO_COLOUR = 16, 0, 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The original: how it looks and sounds, and where it can be cut."""

    path: Path
    look: VideoLook
    sound: SoundLook | None
    segments: tuple[Segment, ...]


def open_source(path: Path) -> Source:
    """What there is to redact. Raises MediaError for what is no whole, decodable video."""
    if recognise(path) is ContainerKind.MP4:
        require_whole_mp4(path)
    return Source(path=path, look=look(path), sound=sound_look(path), segments=tuple(cut(path)))


def render(
    source: Source,
    into: Path,
    *,
    plan: Plan,
    workbench: Workbench,
    why_full: str | None = None,
    report: Callable[[int], None] = lambda _: None,
) -> Parts:
    """Write `source`, with everything in `plan` hidden, to `into`; what was drawn and what copied.

    Parts that lie finished on `workbench` are not drawn again. With `why_full` all are drawn, for
    that reason. `report` is told the number of frames written so far.

    Raises:
        IntegrityError: the frames are not those the plan was made for.
    """
    workbench.put_order({"plan": plan.document(), "why_full": why_full})
    parts = part(source.path, source.look, source.segments, plan, why_full=why_full)
    drawn = _tasks(source, plan, parts, workbench)
    with ThreadPoolExecutor(1) as beside:
        heard = beside.submit(use_of_sound, source.path, source.sound, plan, why_anew=why_full)
        make_all(
            workbench,
            list(drawn.values()),
            report=lambda count: report(parts.copied + count),
        )
        use = heard.result()
    pieces: list[Piece] = []
    like: Path | None = None
    for one in parts.parts:
        if one not in drawn:
            pieces.append(parts.copy_of(one, source.path))
        elif frames_in(drawn[one].place):
            like = drawn[one].place
            pieces.append(like)
    count = join(
        pieces,
        into,
        like=like or _blank(source.look, workbench, parts.number),
        sets=parts.groups.sets if parts.groups else None,
        look=source.look,
        sound_look=source.sound,
        sound=_sound(source, plan, use),
        copied_sound=use.copied if use else None,
    )
    if count != plan.original.frames:
        raise IntegrityError(
            "the recording does not have the frames its plan was made for",
            where=source.path.name,
            expected=f"{plan.original.frames} frames",
            got=f"{count}",
        )
    return replace(parts, sound=use)


def draw_along(
    source: Source, *, sha256: Sha256, workbench: Workbench, report: Callable[[int], None]
) -> int:
    """Draw pieces that nobody has drawn, for who renders `source` on `workbench`.

    How many frames have been drawn in all; `report` is told meanwhile. Nothing is drawn where
    nobody wrote down what, or for other bytes than those that hash to `sha256`.
    """
    order = workbench.order()
    if order is None:
        return 0
    plan, why_full = parse_plan(order["plan"], where=ORDER), order["why_full"]
    if plan.original.sha256 != sha256:
        return 0
    reason = None if why_full is None else str(why_full)
    parts = part(source.path, source.look, source.segments, plan, why_full=reason)
    return make_some(
        workbench, list(_tasks(source, plan, parts, workbench).values()), report=report
    )


def _tasks(source: Source, plan: Plan, parts: Parts, workbench: Workbench) -> dict[Part, Task]:
    """The pieces that are drawn, by the part each of them is."""

    def task(segment: Segment) -> Task:
        alive: list[Json] = [
            track.model_dump(mode="json") for track in plan.tracks if reaches(track, segment)
        ]
        made_of: JsonObject = {
            "original": plan.original.sha256,
            "segment": [segment.start, segment.end],
            "tracks": alive,
            "drawing": DRAWING,
            "coder": [av.__version__, CODING_THREADS, *CODING.values(), parts.number],
        }
        drawing = _Drawing(source, plan, segment, parts.number)
        return Task(workbench.place("drawn", made_of, ".mp4"), drawing.make, frames_in)

    return {one: task(one.segment) for one in parts.parts if not one.copied}


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One segment that is drawn and coded, with parameter sets of this `number`."""

    source: Source
    plan: Plan
    segment: Segment
    number: int

    def make(self, into: Path, report: Callable[[int], None]) -> None:
        """Draw it into the piece `into`, which stays empty where the segment has no frame."""
        source = self.source
        with (
            open_frames(source.path, Decoding.FAST) as frames,
            ahead(_drawn(frames_of(frames, self.segment), self.plan, source.look)) as drawn,
        ):
            first = next(drawn, None)
            if first is None:
                into.touch()
                return
            with open_writer(into, source.look, None, number=self.number) as writer:
                for count, frame in enumerate(chain([first], drawn), start=1):
                    writer.write(frame)
                    report(count)


def _blank(look: VideoLook, workbench: Workbench, number: int) -> Path:
    """A piece of one black picture: it says how pieces are coded where none had to be."""
    path = workbench.own("blank.mp4")
    frame = VideoFrame(look.width, look.height, output_format(look))
    for layer, value in zip(planes(frame), black(look), strict=True):
        layer[:] = value
    frame.pts = 0
    with open_writer(path, look, None, number=number) as writer:
        writer.write(frame)
    return path


def black(look: VideoLook) -> Fill:
    """The fill, as the numbers of the three planes of the finished file."""
    full = look.colour.range == FULL_RANGE or look.pixel_format.startswith("yuvj")
    return (BLACK_FULL if full else BLACK_LIMITED, NO_COLOUR, NO_COLOUR)


def _drawn(frames: Iterator[VideoFrame], plan: Plan, look: VideoLook) -> Iterator[VideoFrame]:
    """Copies of `frames` with everything planned for their time hidden."""
    pixel_format, fill = output_format(look), black(look)
    for frame in frames:
        same_size = (frame.width, frame.height) == (look.width, look.height)
        # A camera may change its size in the midst; the plan speaks of the first picture's.
        whole = frame if same_size else frame.reformat(width=look.width, height=look.height)
        copy = fresh_copy(whole, pixel_format)
        assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
        draw(planes(copy), plan.masks(frame.pts), fill=fill)
        yield copy


def _sound(source: Source, plan: Plan, use: SoundUse | None) -> Iterator[SoundBlock | SoundPacket]:
    """The sound with every planned stretch taken out; nothing where there is none."""
    if source.sound is None or use is None:
        return iter(())
    if use.copied is not None:
        return sound_packets(use.copied, plan.muted())
    rate = source.sound.rate
    blocks = sound(source.path, source.sound)
    first = next(blocks, None)
    if first is None:
        return iter(())
    quiet = whole_windows(plan.muted(), rate, first=first.start)
    return toned(muted(chain([first], blocks), quiet, rate), plan.toned(), rate)
