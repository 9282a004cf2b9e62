"""Tracks that live at the same time: whether they lie on one person, or show two.

Pure. Regions are as they are hidden, which is more than the head; so two of them overlap before
two heads do, and what decides is how near their middles are as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bwc.redaction.keys import Region
from bwc.redaction.plan import Kind, Original, PlannedTrack

MOMENTS = 25  # looked at while two tracks live together
APART_SHARE = 0.25  # of those at which they lie apart: two people
LEAST_OVERLAP = 0.5  # of the smaller region
MOST_DISTANCE = 0.5  # of their middles, by their mean size; two at a table are 0.7 apart
HEAD_ZONE = 0.45  # of a person's height, from the top, that holds the head
NEAR_SHARE, NEAR_ZONE = 0.4, 0.8  # a head of that share of the person is near: the box is the head
BESIDE = 0.35  # of a person's width that a head may be off the middle


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two tracks that live at the same time, `left` with the lower id.

    `is_at_once` says that both were really sighted at one time, `shows_two` that they lay apart
    then; `closeness`, in (0, 1], how well they lie on one person, None where they do not.
    """

    left: PlannedTrack
    right: PlannedTrack
    is_at_once: bool
    shows_two: bool
    closeness: float | None


def meetings(tracks: Sequence[PlannedTrack], original: Original) -> Iterator[Meeting]:
    """Every two of `tracks` that live at the same time."""
    waiting = sorted(tracks, key=lambda track: (track.keys[0].pts, track.id))
    for at, first in enumerate(waiting):
        for other in waiting[at + 1 :]:
            if other.keys[0].pts > first.keys[-1].pts:
                break
            left, right = sorted((first, other), key=lambda track: track.id)
            yield _meet(left, right, original)


def show_two(tracks: Sequence[PlannedTrack], original: Original) -> Meeting | None:
    """The first meeting of `tracks` that shows two people, if there is one."""
    return next((each for each in meetings(tracks, original) if each.shows_two), None)


def upright_region(region: Region, original: Original) -> Region:
    """A region of the stored picture, in pixels of the upright one."""
    x0, y0, x1, y1 = region
    match round(original.rotation / 90) % 4:
        case 1:
            return Region(y0, original.width - x1, y1, original.width - x0)
        case 2:
            return Region(
                original.width - x1, original.height - y1, original.width - x0, original.height - y0
            )
        case 3:
            return Region(original.height - y1, x0, original.height - y0, x1)
        case _:
            return region


def _meet(left: PlannedTrack, right: PlannedTrack, original: Original) -> Meeting:
    """What two tracks that live together are to each other."""
    lives = [(track.keys[0].pts, track.keys[-1].pts) for track in (left, right)]
    seen = [track.seen or life for track, life in zip((left, right), lives, strict=True)]
    at_once = _pairs(left, right, _shared(seen), original)
    apart = sum(not _touch(a, b) for a, b in at_once)
    return Meeting(
        left,
        right,
        is_at_once=bool(at_once),
        shows_two=bool(at_once) and apart >= APART_SHARE * len(at_once),
        closeness=_closeness(left, right, _pairs(left, right, _shared(lives), original)),
    )


def _shared(spans: Sequence[tuple[int, int]]) -> list[int]:
    """Moments of the time that both spans share, both ends among them."""
    first, last = max(span[0] for span in spans), min(span[1] for span in spans)
    if first > last:
        return []
    return sorted({first + (last - first) * step // (MOMENTS - 1) for step in range(MOMENTS)})


def _pairs(
    left: PlannedTrack, right: PlannedTrack, moments: list[int], original: Original
) -> list[tuple[Region, Region]]:
    """Both upright regions at each of `moments` at which both are in the picture."""
    size = (original.width, original.height)
    found = (
        tuple(track.region(pts, width=size[0], height=size[1]) for track in (left, right))
        for pts in moments
    )
    return [
        (upright_region(a, original), upright_region(b, original))
        for a, b in found
        if a is not None and b is not None
    ]


def _closeness(
    left: PlannedTrack, right: PlannedTrack, pairs: list[tuple[Region, Region]]
) -> float | None:
    """How well two tracks lie on one person, (0, 1]; None where they do not."""
    if not pairs:
        return None
    if left.kind is right.kind or Kind.PERSON not in (left.kind, right.kind):
        found = [_one_head(a, b) for a, b in pairs]
    elif right.kind is Kind.PERSON:
        found = [_head_of(a, b) for a, b in pairs]
    else:
        found = [_head_of(b, a) for a, b in pairs]
    mean = float(np.mean(found))
    return mean if mean >= LEAST_OVERLAP else None


def _one_head(a: Region, b: Region) -> float:
    """How much two regions of one sort are one: their overlap, or 0 where the middles lie apart."""
    across, down = _between_middles(a, b)
    size = (_area(a) ** 0.5 + _area(b) ** 0.5) / 2
    if (across**2 + down**2) ** 0.5 > MOST_DISTANCE * size:
        return 0.0
    return _overlap(a, b)


def _head_of(head: Region, person: Region) -> float:
    """How much `head` is the head of `person`: the share of it inside, or 0 for another place."""
    width, height = person.x1 - person.x0, person.y1 - person.y0
    across, _ = _between_middles(head, person)
    is_near = head.y1 - head.y0 > NEAR_SHARE * height
    deep = (head.y0 + head.y1) / 2 - person.y0
    if abs(across) > BESIDE * width or deep > (NEAR_ZONE if is_near else HEAD_ZONE) * height:
        return 0.0
    return _overlap(head, person) * (1 - abs(across) / max(width, 1))


def _between_middles(a: Region, b: Region) -> tuple[float, float]:
    return (a.x0 + a.x1 - b.x0 - b.x1) / 2, (a.y0 + a.y1 - b.y0 - b.y1) / 2


def _overlap(a: Region, b: Region) -> float:
    """What two regions share, by the smaller of them."""
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.y1, b.y1) - max(a.y0, b.y0)
    return max(0, across) * max(0, down) / min(_area(a), _area(b))


def _touch(a: Region, b: Region) -> bool:
    return min(a.x1, b.x1) > max(a.x0, b.x0) and min(a.y1, b.y1) > max(a.y0, b.y0)


def _area(region: Region) -> int:
    return (region.x1 - region.x0) * (region.y1 - region.y0)
