"""What a plan hides in a stretch of time, as a player draws it before anything is rendered.

Pure. Boxes are turned upright, as players show pictures, and keep their keys: between two of them a
player draws the very region that rendering would (`bwc.redaction.keys`).
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import ceil, floor

from bwc.redaction.keys import Key, Region
from bwc.redaction.lanes import Window
from bwc.redaction.meeting import upright_region
from bwc.redaction.plan import Original, Plan, PlannedTrack, Shape


@dataclass(frozen=True, slots=True)
class PreviewTrack:
    """One thing that is hidden: its keys around the stretch, in pixels of the upright picture."""

    id: int
    shape: Shape
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What is hidden within [first_pts, last_pts], in a picture of this size."""

    width: int
    height: int
    first_pts: int
    last_pts: int
    tracks: tuple[PreviewTrack, ...]


def preview(plan: Plan, window: Window) -> Preview:
    """What `plan` hides within `window`; what somebody left visible is not in it."""
    size = plan.original
    first = size.first_pts + floor(window.first / plan.time_base)
    last = size.first_pts + ceil(window.last / plan.time_base)
    sideways = size.rotation % 180 != 0
    found = (_within(track, size, first, last) for track in plan.tracks if track.shown is None)
    return Preview(
        width=size.height if sideways else size.width,
        height=size.width if sideways else size.height,
        first_pts=first,
        last_pts=last,
        tracks=tuple(track for track in found if track is not None),
    )


def _within(track: PlannedTrack, size: Original, first: int, last: int) -> PreviewTrack | None:
    """The keys between two times, with those before and after them; None where it lives elsewhere."""
    keys = track.keys
    if keys[-1].pts < first or keys[0].pts > last:
        return None
    start = max(0, bisect_right(keys, first, key=_pts) - 1)
    end = bisect_left(keys, last, key=_pts) + 1
    turned = tuple(Key(key.pts, *upright_region(Region(*key[1:]), size)) for key in keys[start:end])
    return PreviewTrack(track.id, track.shape, turned)


def _pts(key: Key) -> int:
    return key.pts
