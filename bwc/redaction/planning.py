"""From what was seen to the plan: follow, cover, place in the stored picture, write down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bwc.ids import Sha256
from bwc.media.decode import VideoLook
from bwc.redaction.closer import Finders
from bwc.redaction.cover import cover_face, cover_head
from bwc.redaction.frame_ledger import ledger_of
from bwc.redaction.further import FurtherFinder, Sightings, follow_further
from bwc.redaction.gaps import long_gaps
from bwc.redaction.heads import Followed, follow
from bwc.redaction.keys import Region, keys_for
from bwc.redaction.observe import STILL_STRIDES
from bwc.redaction.plan import (
    Change,
    Effect,
    Kind,
    ModelUse,
    Original,
    Plan,
    PlannedTrack,
    Profile,
    Shape,
)
from bwc.redaction.sights import Observations
from bwc.redaction.track import How, Scene, Timing, Track
from bwc.redaction.whole_frame import whole_frames, why

DEFAULT_HIDE = (Kind.FACE, Kind.HEAD)
PEOPLE = frozenset({Kind.FACE, Kind.HEAD, Kind.PERSON})
DEFAULT_EXEMPTION = "personal-privacy"
ENGINE = "bwc"  # the author of what no detector and no person said

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


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that finders saw of a recording: at its looks, and again for what else was asked."""

    at_looks: Observations
    further: tuple[Sightings, ...]


def plan_from(seen: Seen, *, sha256: Sha256, look: VideoLook, finders: Finders, wish: Wish) -> Plan:
    """The plan that follows from what was seen."""
    looks = seen.at_looks
    scene = Scene(looks.seconds, looks.motion, looks.cuts, looks.width, looks.height)
    followed = follow(looks.faces, looks.people, scene, wish.timing)
    covered = _people(followed, finders, wish)
    dropped = list(followed.dropped)
    for sightings in seen.further:
        tracks, noise = follow_further(sightings, scene, wish.timing)
        covered += [(kind, t, cover_head(t), sightings.by.author) for kind, t in tracks]
        dropped += noise
    if Kind.FRAME in wish.hide:
        covered.append((Kind.FRAME, every := _whole(looks), every.boxes, ENGINE))
    found = _planned(covered, looks, look, wish=wish)
    whole = whole_frames(
        looks,
        (look.width, look.height),
        after=len(found),
        exemption=wish.exemption,
        hides_people=bool(PEOPLE & set(wish.hide)),
    )
    return Plan(
        original=_original(sha256, look, looks),
        profile=Profile(
            hide=wish.hide,
            effect=wish.effect,
            shape=wish.shape,
            gap_seconds=wish.timing.gap,
            roll_seconds=wish.timing.roll,
        ),
        models=_uses(finders, [entry.by for entry in seen.further]),
        tracks=found + whole,
        ledger=(
            ledger_of(finders.faces.sha256, looks.faces, looks.faces_looked, looks),
            ledger_of(
                finders.people.sha256,
                looks.people,
                looks.people_looked,
                looks,
                strides=STILL_STRIDES,
            ),
            *(ledger_of(entry.sha256, entry.found, entry.looked, looks) for entry in seen.further),
        ),
        dropped=tuple(dropped),
        history=(Change(by=ENGINE, what="made from the recording"), *why(whole)),
    )


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


def _uses(finders: Finders, further: Sequence[FurtherFinder]) -> tuple[ModelUse, ...]:
    """Every detector that had a say, and what for."""
    faces, people = finders.faces, finders.people
    return (
        ModelUse(name=faces.name, sha256=faces.sha256, use="faces, at each look"),
        ModelUse(name=people.name, sha256=people.sha256, use="people, at each full look"),
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
                    gaps=long_gaps(track.how, seen.pts[track.first : track.end], seen.time_base),
                    keys=keys_for(placed),
                )
            )
    return tuple(tracks)


def _seen(track: Track, pts: Sequence[int]) -> tuple[int, int] | None:
    """When `track` was first and last really sighted; None where it was inferred throughout."""
    at = np.flatnonzero(track.how == How.SEEN)
    return (pts[track.first + int(at[0])], pts[track.first + int(at[-1])]) if len(at) else None


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
