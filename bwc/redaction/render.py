"""Drawing a plan into a recording: effects on the decoded planes, sound cut by the same plan.

Segment by segment, each coded by itself into a piece; then the pieces become one film. Decoding,
drawing and encoding run side by side with short queues between them.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
from av.video.frame import VideoFrame

from bwc.canonical import Json, JsonObject
from bwc.errors import IntegrityError
from bwc.media.ahead import ahead
from bwc.media.audio import SoundBlock, SoundLook, muted, sound, sound_look
from bwc.media.boxes import require_whole_mp4
from bwc.media.containers import ContainerKind, recognise
from bwc.media.decode import FULL_RANGE, Decoding, VideoLook, look, open_frames
from bwc.media.encode import CODING, CODING_THREADS, fresh_copy, open_writer, output_format, planes
from bwc.media.join import Piece, frames_in, join
from bwc.media.segments import Segment, cut, frames_of
from bwc.media.tone import toned
from bwc.redaction.effects import DRAWING, Fill, draw
from bwc.redaction.parts import Parts, part, reaches
from bwc.redaction.plan import Plan
from bwc.redaction.workbench import Workbench

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
    parts = part(source.path, source.look, source.segments, plan, why_full=why_full)
    pieces: list[Piece] = []
    like: Path | None = None
    written = 0
    for one in parts.parts:
        copied = parts.piece_of(one, source.path)
        if copied is not None:
            pieces.append(copied)
            written += one.copied
        else:
            told = functools.partial(_told, report, written)
            work = _Work(source, plan, workbench, parts.number)
            piece = _piece(work, one.segment, report=told)
            if piece is None:
                continue
            like = piece
            pieces.append(piece)
            written += frames_in(piece)
        report(written)
    count = join(
        pieces,
        into,
        like=like or _blank(source.look, workbench, parts.number),
        sets=parts.groups.sets if parts.groups else None,
        look=source.look,
        sound_look=source.sound,
        sound=_sound(source, plan),
    )
    if count != plan.original.frames:
        raise IntegrityError(
            "the recording does not have the frames its plan was made for",
            where=source.path.name,
            expected=f"{plan.original.frames} frames",
            got=f"{count}",
        )
    return parts


@dataclass(frozen=True, slots=True)
class _Work:
    """What pieces are made of: they get parameter sets of this `number`."""

    source: Source
    plan: Plan
    workbench: Workbench
    number: int


def _piece(work: _Work, segment: Segment, *, report: Callable[[int], None]) -> Path | None:
    """The finished piece of one segment; None where it has no frame."""
    source, plan, workbench = work.source, work.plan, work.workbench
    alive: list[Json] = [
        track.model_dump(mode="json") for track in plan.tracks if reaches(track, segment)
    ]
    made_of: JsonObject = {
        "original": plan.original.sha256,
        "segment": [segment.start, segment.end],
        "tracks": alive,
        "drawing": DRAWING,
        "coder": [av.__version__, CODING_THREADS, *CODING.values(), work.number],
    }
    place = workbench.place("drawn", made_of, ".mp4")
    if workbench.has(place):
        return place
    with (
        open_frames(source.path, Decoding.FAST) as frames,
        ahead(_drawn(frames_of(frames, segment), plan, source.look)) as drawn,
    ):
        first = next(drawn, None)
        if first is None:
            return None
        with (
            workbench.making(place) as begun,
            open_writer(begun, source.look, None, number=work.number) as writer,
        ):
            for count, frame in enumerate(chain([first], drawn), start=1):
                writer.write(frame)
                report(count)
    return place


def _told(report: Callable[[int], None], before: int, count: int) -> None:
    """Report frames of a segment as frames of the recording."""
    report(before + count)


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


def _sound(source: Source, plan: Plan) -> Iterator[SoundBlock]:
    """The sound with every planned stretch taken out; nothing where there is none."""
    if source.sound is None:
        return iter(())
    rate = source.sound.rate
    return toned(muted(sound(source.path, source.sound), plan.muted(), rate), plan.toned(), rate)
