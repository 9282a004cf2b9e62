"""The should-exist ledger: for each officer on each call, is there footage, and if not, why. Pure.

*Yes* where anything was recorded, also of a call on which nothing was expected. *No, because* where
nothing was expected or no working camera was there to record. *Lost* where a working camera was in
his hands and nothing is there: it was not switched on, or was and the file never came; only people
can tell which. *Quarantined* and *disposed* are files that came and cannot be read, or are gone;
*elsewhere* is what another evidence system lists and no file is here of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bwc.coverage.attended import attended
from bwc.coverage.department import Assignment, Camera, Department
from bwc.coverage.expected import OfficerCall
from bwc.coverage.films import films_on
from bwc.coverage.lines import Numbers, spans_of, worn_recordings
from bwc.coverage.measure import Coverage
from bwc.timeline import Span


class Answer(StrEnum):
    """Is there footage? The strongest first: of several answers the first one counts."""

    YES = "yes"
    QUARANTINED = "quarantined"
    ELSEWHERE = "elsewhere"
    DISPOSED = "disposed"
    LOST = "lost"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Existence:
    """The answer and its reason in words.

    `looked` is the time in which footage was looked for; `found` what was recorded in it beside
    what was expected, by time; `missing` why something should be there and is not, or empty.
    """

    answer: Answer
    why: str
    looked: Span[datetime] | None = None
    found: tuple[str, ...] = ()
    missing: str = ""


def exists(
    calls: Sequence[OfficerCall], coverages: Iterable[Coverage], department: Department
) -> list[Existence]:
    """The answer for each officer on each call; `coverages` are those of `calls`, in order."""
    working = {camera.serial: camera for camera in department.cameras}
    held: dict[str, list[Assignment]] = {}
    for hand in department.assignments:
        held.setdefault(hand.badge, []).append(hand)
    looked = attended(calls, department)
    unasked = _recorded_unasked(calls, looked, department)
    return [
        _recorded_all_the_same(call, span, unasked[index])
        if index in unasked
        else _existence(call, coverage, held.get(call.badge, ()), working, looked=span)
        for index, (call, coverage, span) in enumerate(zip(calls, coverages, looked, strict=True))
    ]


def _recorded_unasked(
    calls: Sequence[OfficerCall], looked: Sequence[Span[datetime] | None], department: Department
) -> dict[int, tuple[str, ...]]:
    """What was recorded of calls on which nothing was expected, by their place in `calls`."""
    asked = {
        index: (call.badge, span)
        for index, (call, span) in enumerate(zip(calls, looked, strict=True))
        if call.expected is None and span is not None
    }
    if not asked:
        return {}
    badges, films = Numbers(), department.recordings
    his = {badge for badge, _ in asked.values()}
    hands = [hand for hand in department.assignments if hand.badge in his]
    worn, film_of = worn_recordings(films, hands, badges)
    spans = spans_of((badges[badge], span.start, span.end) for badge, span in asked.values())
    found = zip(asked, films_on(spans, worn, film_of), strict=True)
    return {index: tuple(films[film].id for film in on_it) for index, on_it in found if on_it}


def _recorded_all_the_same(
    call: OfficerCall, looked: Span[datetime] | None, found: tuple[str, ...]
) -> Existence:
    """The answer for a call on which nothing was expected and something was recorded."""
    why = "nothing was expected" if call.exclusion is None else call.exclusion.value
    return Existence(Answer.YES, f"{why}; recorded all the same", looked, found)


def _existence(
    call: OfficerCall,
    coverage: Coverage,
    hands: Sequence[Assignment],
    working: Mapping[str, Camera],
    *,
    looked: Span[datetime] | None,
) -> Existence:
    """One answer from what was expected."""
    if coverage.covered:
        whole = coverage.covered == coverage.expected
        return Existence(Answer.YES, "all of it" if whole else "a part of it", looked)
    if call.expected is None or call.exclusion is not None:
        why = "nothing was expected" if call.exclusion is None else call.exclusion.value
        return Existence(Answer.NO, why, looked)
    span = call.expected
    near = [
        hand for hand in hands if max(hand.start, span.start) < min(hand.end or span.end, span.end)
    ]
    usable = sorted(
        {
            hand.camera
            for hand in near
            if hand.camera in working
            and working[hand.camera].works_after(max(hand.start, span.start))
        }
    )
    if usable:
        why = f"camera {', '.join(usable)} was assigned and no recording is there"
        return Existence(Answer.LOST, why, looked, missing=why)
    if near:
        why = f"the camera assigned, {near[0].camera}, was not in service"
        return Existence(Answer.NO, why, looked)
    return Existence(Answer.NO, "no camera was assigned", looked)
