"""What a reviewer changes in single tracks: a region drawn by hand, a longer track, another ground.

Pure: each gives a new version of the plan, with a line in its history. None of them shows anything
that was hidden.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from bwc.errors import InvalidInput, NotFound
from bwc.redaction.by_hand import changed, signed
from bwc.redaction.keys import Key, Region
from bwc.redaction.plan import Kind, Original, Plan, PlannedTrack

LEAST_SHARE = 0.005  # of a side: what is smaller was not meant to be a box
MOST_EXTENDED = Fraction(10)  # seconds at either end; what is longer is drawn anew


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture as it is seen, in shares of its width and height, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A box over [first, last] seconds since the first picture.

    Where `until` is given the box moves there in a straight line. `exemption` is the ground.
    """

    box: Box
    until: Box | None = None
    first: float
    last: float
    exemption: str


def draw(plan: Plan, drawing: Drawing, *, by: str) -> Plan:
    """Hide a region that a person drew, solid, from its first to its last picture.

    Raises:
        InvalidInput: an empty box, a time outside of the recording, or no ground.
    """
    first, last = _ticks(plan, drawing.first, drawing.last)
    start = stored_box(drawing.box, plan.original)
    end = stored_box(drawing.until or drawing.box, plan.original)
    number = max((track.id for track in plan.tracks), default=0) + 1
    keys = (Key(first, *start),) if first == last else (Key(first, *start), Key(last, *end))
    track = PlannedTrack(
        id=number,
        kind=Kind.REGION,
        effect=plan.profile.effect,
        shape=plan.profile.shape,
        exemption=ground_of(drawing.exemption),
        author=signed(by),
        best_score=1.0,
        sightings=0,
        drawn=keys,
        keys=keys,
    )
    what = f"region drawn as track {number}, {drawing.first:.2f} to {drawing.last:.2f} s"
    grown = plan.model_copy(update={"tracks": (*plan.tracks, track)})
    return changed(grown, lambda each: each, what=what, by=by)


def extend(plan: Plan, track_id: int, *, before: float, after: float, by: str) -> Plan:
    """Let a track begin `before` seconds earlier and end `after` seconds later, where it stood.

    Raises:
        NotFound: no such track.
        InvalidInput: nothing to add, or more than `MOST_EXTENDED` at an end.
    """
    track = track_of(plan, track_id)
    if not (0 <= before <= MOST_EXTENDED and 0 <= after <= MOST_EXTENDED and before + after > 0):
        raise InvalidInput(
            "a track is extended by some seconds",
            expected=f"0 to {MOST_EXTENDED} s at each end, not 0 at both",
            got=f"{before:g} s before and {after:g} s after",
            advice="Draw a region for what is longer",
        )
    size = plan.original
    head, tail = track.keys[0], track.keys[-1]
    first = max(size.first_pts, head.pts - ceil(Fraction(before) / plan.time_base))
    last = min(size.last_pts, tail.pts + ceil(Fraction(after) / plan.time_base))
    keys = reaching(track.keys, (first, last))
    boxes: dict[str, object] = {"keys": keys}
    if is_followed(track):
        old = track.reach or (None, None)
        boxes["reach"] = (
            first if first < head.pts else old[0],
            last if last > tail.pts else old[1],
        )
    elif track.drawn:
        boxes["drawn"] = keys
    what = f"track {track_id} extended by {before:g} s before and {after:g} s after"
    return changed(
        plan,
        lambda each: each.model_copy(update=boxes) if each.id == track_id else each,
        what=what,
        by=by,
    )


def reaching(keys: tuple[Key, ...], ends: tuple[int | None, int | None]) -> tuple[Key, ...]:
    """`keys` from the first of `ends` to the second at least: where they end, the box is held."""
    first, last = ends
    if first is not None and first < keys[0].pts:
        keys = (keys[0]._replace(pts=first), *keys)
    if last is not None and last > keys[-1].pts:
        keys = (*keys, keys[-1]._replace(pts=last))
    return keys


def is_followed(track: PlannedTrack) -> bool:
    """Whether a tracker carried what a person drew, or is to: it covers more than was drawn."""
    return track.carried_by is not None or (bool(track.drawn) and track.drawn != track.keys)


def exempt(plan: Plan, track_ids: Collection[int], code: str, *, by: str) -> Plan:
    """Give these tracks the ground `code` on which they are hidden.

    Raises:
        NotFound: no such track, or none named.
        InvalidInput: no ground.
    """
    wanted, ground = set(track_ids), ground_of(code)
    if not wanted:
        raise NotFound("no track is named", expected="some of the plan's tracks")
    for number in wanted:
        track_of(plan, number)
    what = f"tracks {', '.join(map(str, sorted(wanted)))} hidden on the ground {ground}"
    return changed(
        plan,
        lambda each: each.model_copy(update={"exemption": ground}) if each.id in wanted else each,
        what=what,
        by=by,
    )


def track_of(plan: Plan, track_id: int) -> PlannedTrack:
    """The track of that number. Raises NotFound."""
    found = next((track for track in plan.tracks if track.id == track_id), None)
    if found is None:
        raise NotFound("the plan has no such track", where=f"track {track_id}")
    return found


def ground_of(code: str) -> str:
    """An exemption code as it is written down. Raises InvalidInput for none."""
    if not code.strip():
        raise InvalidInput("nothing is hidden without a ground", expected="an exemption code")
    return code.strip()


def _ticks(plan: Plan, first: float, last: float) -> tuple[int, int]:
    """The times of a drawing in ticks, rounded outwards and kept inside the recording."""
    size = plan.original
    length = float((size.last_pts - size.first_pts) * plan.time_base)
    if not 0 <= first <= last or first > length:
        raise InvalidInput(
            "the region's time lies outside of the recording",
            expected=f"0 <= first <= last, first at most {length:.2f} s",
            got=f"{first:g} to {last:g} s",
        )
    start = size.first_pts + floor(Fraction(first) / plan.time_base)
    end = size.first_pts + ceil(Fraction(last) / plan.time_base)
    return start, min(end, size.last_pts)


def stored_box(box: Box, original: Original) -> Region:
    """A box as it is seen, in whole pixels of the stored picture, rounded outwards.

    Raises:
        InvalidInput: it is empty, or lies outside of the picture.
    """
    inside = 0 <= box.left < box.right <= 1 and 0 <= box.top < box.bottom <= 1
    if not inside or min(box.right - box.left, box.bottom - box.top) < LEAST_SHARE:
        raise InvalidInput(
            "is no box of the picture",
            expected=f"left < right and top < bottom, within 0 to 1, sides of {LEAST_SHARE} at least",
            got=f"{box.left:g} {box.top:g} {box.right:g} {box.bottom:g}",
        )
    x0, y0, x1, y1 = box.left, box.top, box.right, box.bottom
    match round(original.rotation / 90) % 4:
        case 1:
            x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
        case 2:
            x0, y0, x1, y1 = 1 - x1, 1 - y1, 1 - x0, 1 - y0
        case 3:
            x0, y0, x1, y1 = y0, 1 - x1, y1, 1 - x0
        case _:
            pass
    return Region(
        floor(x0 * original.width),
        floor(y0 * original.height),
        ceil(x1 * original.width),
        ceil(y1 * original.height),
    )
