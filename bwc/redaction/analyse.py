"""From a recording to its plan: observe, follow, cover, write down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bwc.ids import Sha256
from bwc.media.decode import VideoLook
from bwc.redaction.cover import cover_face, cover_head
from bwc.redaction.detect import Boxes
from bwc.redaction.further import FurtherFinder, follow_further, look_further
from bwc.redaction.heads import Followed, follow
from bwc.redaction.keys import Region, keys_for
from bwc.redaction.observe import MOST_INFERRED, Finders, Observations, observe
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
)
from bwc.redaction.track import How, Scene, Timing, Track

DEFAULT_HIDE = (Kind.FACE, Kind.HEAD)
DEFAULT_EXEMPTION = "personal-privacy"
ENGINE = "bwc"  # the author of what no detector and no person said

# What a track hides, the track, its boxes as they are filled, and who says so.
_Covered: TypeAlias = tuple[Kind, Track, npt.NDArray[np.float32], str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall be hidden, and the code that says why."""

    hide: tuple[Kind, ...] = DEFAULT_HIDE
    exemption: str = DEFAULT_EXEMPTION
    timing: Timing = field(default_factory=Timing)


def analyse(
    path: Path,
    *,
    sha256: Sha256,
    look: VideoLook,
    finders: Finders,
    wish: Wish,
    further: Sequence[FurtherFinder] = (),
    report: Callable[[int], None] = lambda _: None,
) -> Plan:
    """The plan for the recording at `path`, whose bytes hash to `sha256`.

    `further` look again, for what `wish` hides beyond people. `report` is told the number of frames
    seen so far, by the share of the passes.
    """
    passes = 2 if further else 1
    with observe(path, look, finders, report=lambda count: report(count // passes)) as seen:
        scene = Scene(seen.seconds, seen.motion, seen.cuts, seen.width, seen.height)
        again = look_further(
            path,
            look,
            seen,
            finders=further,
            report=lambda count: report((len(seen.pts) + count) // passes),
        )
        followed = follow(seen.faces, seen.people, scene, wish.timing)
        covered = _people(followed, finders, wish)
        dropped = list(followed.dropped)
        for sightings in again:
            tracks, noise = follow_further(sightings, scene, wish.timing)
            covered += [(kind, t, cover_head(t), sightings.by.author) for kind, t in tracks]
            dropped += noise
        if Kind.FRAME in wish.hide:
            covered.append((Kind.FRAME, whole := _whole(seen), whole.boxes, ENGINE))
        return Plan(
            original=_original(sha256, look, seen),
            profile=Profile(
                hide=wish.hide, gap_seconds=wish.timing.gap, roll_seconds=wish.timing.roll
            ),
            models=_uses(finders, further),
            tracks=_planned(covered, seen, look, exemption=wish.exemption),
            ledger=(
                ledger_of(finders.faces.sha256, seen.faces, [True] * len(seen.pts), seen),
                ledger_of(finders.people.sha256, seen.people, seen.people_looked, seen),
                *(ledger_of(entry.sha256, entry.found, entry.looked, seen) for entry in again),
            ),
            dropped=tuple(dropped),
            history=(Change(by=ENGINE, what="made from the recording"),),
        )


def _uses(finders: Finders, further: Sequence[FurtherFinder]) -> tuple[ModelUse, ...]:
    """Every detector that had a say, and what for."""
    faces, people = finders.faces, finders.people
    return (
        ModelUse(name=faces.name, sha256=faces.sha256, use="faces, each frame"),
        ModelUse(name=people.name, sha256=people.sha256, use="people, frame by frame or inferred"),
        *(ModelUse(name=f.finder.name, sha256=f.finder.sha256, use=f.use) for f in further),
    )


def _people(followed: Followed, finders: Finders, wish: Wish) -> list[_Covered]:
    """Faces, heads and people, as far as they are to be hidden."""
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
    return covered


def _whole(seen: Observations) -> Track:
    """The whole picture for the whole recording."""
    count = len(seen.pts)
    boxes = np.tile(np.array([0, 0, seen.width, seen.height], np.float32), (count, 1))
    return Track(0, boxes, np.full(count, How.SEEN, np.uint8), best=0.0, sightings=0)


def _planned(
    covered: list[_Covered], seen: Observations, look: VideoLook, *, exemption: str
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
                    effect=Effect.SOLID,
                    exemption=exemption,
                    author=author,
                    best_score=round(track.best, 3),
                    sightings=track.sightings,
                    keys=keys_for(placed),
                )
            )
    return tuple(tracks)


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


def ledger_of(
    model: Sha256, found: Sequence[Boxes], looked: Sequence[bool], seen: Observations
) -> ModelLedger:
    """What one finder saw of each frame.

    A frame it did not look at is inferred where it looked at one before and one after, at most
    `MOST_INFERRED` frames apart and with no cut between; else it is unseen.
    """
    states = [
        (FrameState.FOUND if len(boxes) else FrameState.NOTHING) if did else FrameState.UNSEEN
        for boxes, did in zip(found, looked, strict=True)
    ]
    at = [index for index, did in enumerate(looked) if did]
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
