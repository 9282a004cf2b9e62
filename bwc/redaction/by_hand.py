"""What a person changes in a plan: who is who, and who stays visible.

Pure: each gives a new version of the plan, with a line in its history. The default hides everyone;
`unhide` alone shows somebody, and it wants a reason. Merging and splitting never change what is
hidden: a track keeps its own `shown`.
"""

import re
from collections.abc import Callable, Collection

from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.redaction.meeting import show_two
from bwc.redaction.people import by_person
from bwc.redaction.plan import Change, Plan, PlannedTrack, Shown

AUTHOR = "person:"
LEFT_VISIBLE = " left visible"  # in a line of history; the reason follows it
ERASED = " erased"  # likewise
SOUND = re.compile(r"(sound (?:taken out|heard again), [^:]+): .*", re.DOTALL)  # likewise


def merge_persons(plan: Plan, kept: int, merged: int, *, by: str) -> Plan:
    """Make person `merged` a part of person `kept`.

    Raises:
        NotFound: no such person.
        Conflict: they are one already, or are seen at two places at one time.
    """
    if kept == merged:
        raise Conflict("a person cannot be merged with itself", where=f"person {kept}")
    tracks = [*_tracks_of(plan, kept), *_tracks_of(plan, merged)]
    two = show_two(tracks, plan.original)
    if two is not None:
        raise Conflict(
            "these are two people: they are seen at two places at one time",
            where=f"person {kept} and person {merged}",
            got=f"tracks {two.left.id} and {two.right.id}",
        )
    own = {track.id for track in tracks}
    return changed(
        plan,
        lambda track: track.model_copy(update={"person": kept}) if track.id in own else track,
        what=f"person {merged} merged into person {kept}",
        by=by,
    )


def split_person(plan: Plan, person: int, track_ids: Collection[int], *, by: str) -> Plan:
    """Make a new person of some of the tracks of `person`; it gets the next free number.

    Raises:
        NotFound: no such person, or a track is not his.
        Conflict: nothing would be left of him.
    """
    own = {track.id for track in _tracks_of(plan, person)}
    moved = set(track_ids)
    if not moved <= own:
        raise NotFound(
            f"person {person} has no such track",
            expected=f"some of {_listed(own)}",
            got=_listed(moved - own),
        )
    if moved in (own, set()):
        raise Conflict("a split leaves something on both sides", where=f"person {person}")
    number = max(by_person(plan)) + 1
    return changed(
        plan,
        lambda track: track.model_copy(update={"person": number}) if track.id in moved else track,
        what=f"tracks {_listed(moved)} split from person {person} as person {number}",
        by=by,
    )


def unhide(plan: Plan, person: int, *, reason: str, by: str) -> Plan:
    """Leave every track that person `person` has now visible. Later tracks are hidden.

    Raises:
        NotFound: no such person.
        InvalidInput: without a reason.
    """
    own = {track.id for track in _tracks_of(plan, person)}
    if not reason.strip():
        raise InvalidInput("nobody stays visible without a reason", where=f"person {person}")
    shown = Shown(reason=reason.strip(), author=signed(by))
    return changed(
        plan,
        lambda track: track.model_copy(update={"shown": shown}) if track.id in own else track,
        what=f"person {person}{LEFT_VISIBLE}: {shown.reason}",
        by=by,
    )


def hide(plan: Plan, person: int, *, by: str) -> Plan:
    """Hide every track of person `person` again. Raises NotFound."""
    own = {track.id for track in _tracks_of(plan, person)}
    return changed(
        plan,
        lambda track: track.model_copy(update={"shown": None}) if track.id in own else track,
        what=f"person {person} hidden again",
        by=by,
    )


def without_reason(what: str) -> str:
    """A line of a plan's history for the ledger: reasons name people, and names stay out of it.

    >>> without_reason("person 2 left visible: Ms Vey agreed by letter")
    'person 2 left visible'
    >>> without_reason("sound heard again, 0.50 to 1.00 s (mute): Ms Vey agreed")
    'sound heard again, 0.50 to 1.00 s (mute)'
    """
    for mark in (LEFT_VISIBLE, ERASED):
        what, found, _reason = what.partition(mark)
        what += found
    return SOUND.sub(r"\1", what)


def _tracks_of(plan: Plan, person: int) -> list[PlannedTrack]:
    """The tracks of a person. Raises NotFound."""
    persons = by_person(plan)
    if person not in persons:
        raise NotFound(
            "the plan has no such person",
            expected=f"one of {_listed(persons)}" if persons else "a plan with persons",
            got=f"person {person}",
            advice="Group the tracks with `bwc plan persons`" if not persons else None,
        )
    return persons[person]


def changed(
    plan: Plan, change: Callable[[PlannedTrack], PlannedTrack], *, what: str, by: str
) -> Plan:
    """`plan` with each track changed, and a line that says so."""
    line = Change(by=signed(by), what=what)
    return plan.model_copy(
        update={
            "tracks": tuple(change(track) for track in plan.tracks),
            "history": (*plan.history, line),
        }
    )


def signed(name: str) -> str:
    """The person as the plan names authors. Raises InvalidInput for nobody."""
    if not name.strip():
        raise InvalidInput("a change of a plan has an author", expected="a name")
    return AUTHOR + name.strip().removeprefix(AUTHOR)


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))
