"""Key boxes of what a person drew: set, moved and taken away, each a new version of the plan. Pure.

Between two key boxes the region moves as the plan says. A key box changes only the track it is of;
where a tracker carried that, it is to carry it again, from all of its key boxes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.redaction.by_hand import AUTHOR, ERASED, changed, signed
from bwc.redaction.drawn import Box, ground_of, stored_box, track_of
from bwc.redaction.keys import Key
from bwc.redaction.plan import UNCLEAR, Kind, Plan, PlannedTrack, Stopped
from bwc.redaction.plan_words import second_of


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of a plan: exact `pts`, or seconds since the first picture; one of the two."""

    second: float | None = None
    pts: int | None = None

    def tick(self, plan: Plan) -> int:
        """The same in ticks. Raises InvalidInput outside of the recording, or without either."""
        size = plan.original
        if (self.second is None) == (self.pts is None):
            raise InvalidInput("a key box has one time", expected="seconds, or exact ticks (pts)")
        at = self.pts
        if at is None:
            at = size.first_pts + round(Fraction(self.second or 0.0) / plan.time_base)
        if not size.first_pts <= at <= size.last_pts:
            raise InvalidInput(
                "the key box lies outside of the recording",
                expected=f"0 to {second_of(plan, size.last_pts):.2f} s",
                got=f"tick {at}" if self.second is None else f"{self.second:g} s",
            )
        return at


def hand_keys(track: PlannedTrack) -> tuple[Key, ...]:
    """The key boxes that a person drew of `track`; none of what a person did not draw."""
    if not track.author.startswith(AUTHOR):
        return ()
    return track.drawn or track.keys


def are_alike(before: PlannedTrack | None, now: PlannedTrack | None) -> bool:
    """Whether what a tracker makes of the track as it was `before` is fit for it as it is `now`."""
    if before is None or now is None:
        return False
    return (before.keys, before.drawn, before.author) == (now.keys, now.drawn, now.author)


def begin_track(plan: Plan, box: Box, at: Moment, *, exemption: str, by: str) -> Plan:
    """Hide what is in `box` at one moment, for the tracker to carry.

    Until that is done it is held where it was drawn, for the roll time of the plan on both sides.

    Raises:
        InvalidInput: an empty box, a time outside of the recording, or no ground.
    """
    size, tick = plan.original, at.tick(plan)
    roll = ceil(Fraction(plan.profile.roll_seconds) / plan.time_base)
    region = stored_box(box, size)
    times = sorted({max(size.first_pts, tick - roll), tick, min(size.last_pts, tick + roll)})
    number = max((track.id for track in plan.tracks), default=0) + 1
    track = PlannedTrack(
        id=number,
        kind=Kind.REGION,
        effect=plan.profile.effect,
        shape=plan.profile.shape,
        exemption=ground_of(exemption),
        author=signed(by),
        best_score=1.0,
        sightings=0,
        drawn=(Key(tick, *region),),
        keys=tuple(Key(time, *region) for time in times),
    )
    grown = plan.model_copy(update={"tracks": (*plan.tracks, track)})
    what = f"region drawn as track {number} at {second_of(plan, tick):.2f} s, to be carried"
    return changed(grown, lambda each: each, what=what, by=by)


def set_key(plan: Plan, track_id: int, box: Box, at: Moment, *, by: str) -> Plan:
    """Give a drawn track a key box at one moment, or move the one that it has there.

    Before its first or after its last one the track begins earlier or ends later.

    Raises:
        NotFound: no such track.
        InvalidInput: no person drew it, an empty box, or a time outside of the recording.
    """
    track, tick = _drawn_track(plan, track_id), at.tick(plan)
    key = Key(tick, *stored_box(box, plan.original))
    had = any(other.pts == tick for other in hand_keys(track))
    word = "moved" if had else "set"
    return _with(
        plan,
        track,
        drawn=_put(hand_keys(track), key),
        keys=_put(track.keys, key),
        what=f"key box of track {track_id} {word} at {second_of(plan, tick):.2f} s",
        by=by,
    )


def drop_key(plan: Plan, track_id: int, pts: int, *, by: str) -> Plan:
    """Take the key box at `pts` away.

    Raises:
        NotFound: no such track, or it has no key box there.
        InvalidInput: no person drew it.
        Conflict: it is the last one.
    """
    track = _drawn_track(plan, track_id)
    drawn = tuple(key for key in hand_keys(track) if key.pts != pts)
    if len(drawn) == len(hand_keys(track)):
        raise NotFound("the track has no key box there", where=f"track {track_id}", got=f"{pts}")
    if not drawn:
        raise Conflict(
            "a drawn track keeps one key box",
            where=f"track {track_id}",
            advice="Undo the drawing, or move this key box",
        )
    keys = tuple(key for key in track.keys if key.pts != pts) or drawn
    what = f"key box of track {track_id} taken away at {second_of(plan, pts):.2f} s"
    return _with(plan, track, drawn=drawn, keys=keys, what=what, by=by)


def erase(plan: Plan, track_id: int, *, reason: str, by: str) -> Plan:
    """Take away a track that a person drew: what it hid is seen again, for a reason that is kept.

    So is one that hides the whole picture since the finders saw too little: a person may see more.

    Raises:
        NotFound: no such track.
        InvalidInput: it is another one, or without a reason.
    """
    track = track_of(plan, track_id)
    if track.author != UNCLEAR:
        track = _drawn_track(plan, track_id)
    if not reason.strip():
        raise InvalidInput("nothing is seen again without a reason", where=f"track {track_id}")
    kept = tuple(each for each in plan.tracks if each.id != track.id)
    what = f"track {track_id}{ERASED}: {reason.strip()}"
    return changed(plan.model_copy(update={"tracks": kept}), lambda each: each, what=what, by=by)


def _drawn_track(plan: Plan, track_id: int) -> PlannedTrack:
    """A track that a person drew. Raises NotFound, InvalidInput."""
    track = track_of(plan, track_id)
    if not hand_keys(track):
        raise InvalidInput(
            "only what a person drew has key boxes",
            where=f"track {track_id}",
            got=f"one by {track.author[:24]}",
            advice="Extend it, or draw a region over it",
        )
    return track


def _with(
    plan: Plan,
    track: PlannedTrack,
    *,
    drawn: tuple[Key, ...],
    keys: tuple[Key, ...],
    what: str,
    by: str,
) -> Plan:
    """`plan` with the boxes of one track exchanged."""
    new = {"drawn": drawn, "keys": keys, "stops": _open_stops(track.stops, drawn)}
    return changed(
        plan,
        lambda each: each.model_copy(update=new) if each.id == track.id else each,
        what=what,
        by=by,
    )


def _open_stops(stops: Sequence[Stopped], drawn: Sequence[Key]) -> tuple[Stopped, ...]:
    """What stopped the tracker and lies beyond every key box still."""
    first, last = drawn[0].pts, drawn[-1].pts
    return tuple(s for s in stops if (s.pts <= first if s.back else s.pts >= last))


def _put(keys: Sequence[Key], key: Key) -> tuple[Key, ...]:
    """`keys` with `key`, in the place of one at the same time."""
    return tuple(sorted([*(other for other in keys if other.pts != key.pts), key]))
