"""From a recording to its plan: observe, follow, cover, write down."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bwc.ids import Sha256
from bwc.media.decode import VideoLook, require_usable
from bwc.redaction.closer import Eyes, Finders
from bwc.redaction.cover import cover_face, cover_head
from bwc.redaction.detect import Boxes
from bwc.redaction.heads import follow
from bwc.redaction.keys import Region, keys_for
from bwc.redaction.observe import LOOKING, MOST_INFERRED, observe
from bwc.redaction.pictures import upright_size
from bwc.redaction.plan import (
    Change,
    Effect,
    FrameState,
    Kind,
    LedgerRun,
    ModelLedger,
    ModelUse,
    Original,
    Plan,
    PlannedTrack,
    Profile,
    Shape,
)
from bwc.redaction.render import Source
from bwc.redaction.sights import Observations, Sight, joined
from bwc.redaction.track import How, Scene, Timing, Track
from bwc.redaction.whole_frame import whole_frames, why
from bwc.redaction.workbench import Workbench

DEFAULT_HIDE = (Kind.FACE, Kind.HEAD)
DEFAULT_EXEMPTION = "personal-privacy"

# What a track hides, the track, its boxes as they are filled, and who says so.
_Covered: TypeAlias = tuple[Kind, Track, npt.NDArray[np.float32], str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall be hidden and how, and the code that says why."""

    hide: tuple[Kind, ...] = DEFAULT_HIDE
    effect: Effect = Effect.SOLID
    shape: Shape = Shape.BOX
    exemption: str = DEFAULT_EXEMPTION
    timing: Timing = field(default_factory=Timing)


def analyse(
    source: Source,
    *,
    sha256: Sha256,
    finders: Finders,
    wish: Wish,
    workbench: Workbench,
    report: Callable[[int], None] = lambda _: None,
) -> Plan:
    """The plan for the recording `source`, whose bytes hash to `sha256`.

    Segments whose sight lies on `workbench` are not looked at again. `report` is told the number
    of frames seen so far.

    Raises:
        MediaError: most of it does not decode.
    """
    sights = _sights(source, sha256=sha256, finders=finders, workbench=workbench, report=report)
    look = source.look
    with joined(sights, size=upright_size(look), time_base=look.time_base) as seen:
        require_usable(len(seen.pts), seen.damaged, where=source.path.name)
        return plan_from(seen, sha256=sha256, look=look, finders=finders, wish=wish)


def _sights(
    source: Source,
    *,
    sha256: Sha256,
    finders: Finders,
    workbench: Workbench,
    report: Callable[[int], None],
) -> Iterator[Sight]:
    """What is seen in each segment, out of the workbench where it lies there."""
    eyes = Eyes(finders, source.look)
    done = 0
    for segment in source.segments:
        place = workbench.place(
            "seen",
            {
                "original": sha256,
                "segment": [segment.start, segment.end],
                "finders": [finders.faces.sha256, finders.people.sha256],
                "looking": LOOKING,
            },
            ".npz",
        )
        sight = Sight.load(place)
        if sight is None:
            told = functools.partial(_told, report, done)
            sight = observe(source.path, segment, look=source.look, eyes=eyes, report=told)
            with workbench.making(place) as part:
                sight.save(part)
        done += len(sight.pts)
        report(done)
        yield sight


def _told(report: Callable[[int], None], before: int, count: int) -> None:
    """Report frames of a segment as frames of the recording."""
    report(before + count)


def plan_from(
    seen: Observations, *, sha256: Sha256, look: VideoLook, finders: Finders, wish: Wish
) -> Plan:
    """The plan that follows from what was seen."""
    scene = Scene(seen.seconds, seen.motion, seen.cuts, seen.width, seen.height)
    followed = follow(seen.faces, seen.people, scene, wish.timing)
    covered: list[_Covered] = []
    if Kind.FACE in wish.hide:
        author = f"model:{finders.faces.sha256}"
        covered += [(Kind.FACE, t, cover_face(t), author) for t in followed.faces]
    if Kind.HEAD in wish.hide:
        author = f"model:{finders.people.sha256}"
        covered += [(Kind.HEAD, t, cover_head(t), author) for t in followed.heads]
    if Kind.PERSON in wish.hide:
        author = f"model:{finders.people.sha256}"
        covered += [(Kind.PERSON, t, cover_head(t), author) for t in followed.people]
    found = _planned(covered, seen, look, wish=wish)
    whole = whole_frames(seen.corrupt, seen.pts, look, after=len(found), exemption=wish.exemption)
    faces, people = finders.faces, finders.people
    return Plan(
        original=_original(sha256, look, seen),
        profile=Profile(
            hide=wish.hide,
            effect=wish.effect,
            shape=wish.shape,
            gap_seconds=wish.timing.gap,
            roll_seconds=wish.timing.roll,
        ),
        models=(
            ModelUse(name=faces.name, sha256=faces.sha256, use="faces, at each look"),
            ModelUse(name=people.name, sha256=people.sha256, use="people, at each look"),
        ),
        tracks=found + whole,
        ledger=(
            ledger_of(faces.sha256, seen.faces, seen),
            ledger_of(people.sha256, seen.people, seen),
        ),
        dropped=followed.dropped,
        history=(Change(by="bwc", what="made from the recording"), *why(whole)),
    )


def _planned(
    covered: list[_Covered], seen: Observations, look: VideoLook, *, wish: Wish
) -> tuple[PlannedTrack, ...]:
    """What is covered as tracks of the plan, numbered in the order they begin."""
    tracks: list[PlannedTrack] = []
    for kind, track, boxes, author in sorted(covered, key=lambda entry: entry[1].first):
        placed = place(boxes, track.first, seen.pts, look)
        if placed:
            tracks.append(
                PlannedTrack(
                    id=len(tracks) + 1,
                    kind=kind,
                    effect=wish.effect,
                    shape=wish.shape,
                    exemption=wish.exemption,
                    author=author,
                    best_score=round(track.best, 3),
                    sightings=track.sightings,
                    seen=_seen(track, seen.pts),
                    keys=keys_for(placed),
                )
            )
    return tuple(tracks)


def _seen(track: Track, pts: Sequence[int]) -> tuple[int, int] | None:
    """When `track` was first and last really sighted; None where it was inferred throughout."""
    at = np.flatnonzero(track.how == How.SEEN)
    return (pts[track.first + int(at[0])], pts[track.first + int(at[-1])]) if len(at) else None


def place(
    boxes: npt.NDArray[np.float32], first: int, pts: Sequence[int], look: VideoLook
) -> list[tuple[int, Region]]:
    """Upright boxes of consecutive frames as whole regions of the stored picture.

    Frames at the track's ends on which it lies outside of the picture are left out.
    """
    placed = []
    for offset, box in enumerate(boxes):
        x0, y0, x1, y1 = _stored(box, look)
        region = Region(
            max(0, int(np.floor(x0))),
            max(0, int(np.floor(y0))),
            min(look.width, int(np.ceil(x1))),
            min(look.height, int(np.ceil(y1))),
        )
        if region.x0 < region.x1 and region.y0 < region.y1:
            placed.append((pts[first + offset], region))
    return placed


def ledger_of(model: Sha256, found: Sequence[Boxes], seen: Observations) -> ModelLedger:
    """What one finder saw of each frame.

    A frame it did not look at is inferred where it looked at one before and one after, at most
    `MOST_INFERRED` frames apart and with no cut between; else it is unseen.
    """
    states = [
        (FrameState.FOUND if len(boxes) else FrameState.NOTHING) if did else FrameState.UNSEEN
        for boxes, did in zip(found, seen.looked, strict=True)
    ]
    at = [index for index, did in enumerate(seen.looked) if did]
    for left, right in pairwise(at):
        between = range(left + 1, right)
        if right - left <= MOST_INFERRED and not seen.cuts & set(range(left + 1, right + 1)):
            states[left + 1 : right] = [FrameState.INFERRED] * len(between)
    return ModelLedger(model=model, runs=_runs(states, seen.pts))


def _runs(states: Sequence[FrameState], times: Sequence[int]) -> tuple[LedgerRun, ...]:
    """Consecutive frames of one state."""
    runs: list[LedgerRun] = []
    for pts, state in zip(times, states, strict=True):
        if runs and runs[-1].state is state:
            last = runs[-1]
            runs[-1] = last.model_copy(update={"last_pts": pts, "frames": last.frames + 1})
        else:
            runs.append(LedgerRun(state=state, first_pts=pts, last_pts=pts, frames=1))
    return tuple(runs)


def _stored(box: npt.NDArray[np.float32], look: VideoLook) -> tuple[float, float, float, float]:
    """An upright box in pixels of the stored picture, before its rotation is applied."""
    x0, y0, x1, y1 = (float(edge) for edge in box)
    match round(look.rotation / 90) % 4:
        case 1:
            return look.width - y1, x0, look.width - y0, x1
        case 2:
            return look.width - x1, look.height - y1, look.width - x0, look.height - y0
        case 3:
            return y0, look.height - x1, y1, look.height - x0
        case _:
            return x0, y0, x1, y1


def _original(sha256: Sha256, look: VideoLook, seen: Observations) -> Original:
    """What the plan is for."""
    return Original(
        sha256=sha256,
        width=look.width,
        height=look.height,
        rotation=look.rotation,
        time_base=(look.time_base.numerator, look.time_base.denominator),
        frames=len(seen.pts),
        first_pts=seen.pts[0],
        last_pts=seen.pts[-1],
    )
