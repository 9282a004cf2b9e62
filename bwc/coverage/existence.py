"""The should-exist ledger: for each officer on each call, is there footage, and if not, why. Pure.

*Yes* where anything was recorded. *No, because* where nothing was expected or no working camera
was there to record. *Lost* where a working camera was in his hands and nothing is there: it was
not switched on, or was and the file never came; only people can tell which.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bwc.coverage.department import Assignment, Department
from bwc.coverage.expected import OfficerCall
from bwc.coverage.measure import Coverage


class Answer(StrEnum):
    """Is there footage?"""

    YES = "yes"
    NO = "no"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Existence:
    """The answer and its reason in words."""

    answer: Answer
    why: str


def exists(
    calls: Sequence[OfficerCall], coverages: Iterable[Coverage], department: Department
) -> list[Existence]:
    """The answer for each officer on each call; `coverages` are those of `calls`, in order."""
    working = {camera.serial for camera in department.cameras}
    held: dict[str, list[Assignment]] = {}
    for hand in department.assignments:
        held.setdefault(hand.badge, []).append(hand)
    return [
        _existence(call, coverage, held.get(call.badge, ()), working)
        for call, coverage in zip(calls, coverages, strict=True)
    ]


def _existence(
    call: OfficerCall, coverage: Coverage, hands: Sequence[Assignment], working: set[str]
) -> Existence:
    """One answer."""
    if coverage.covered:
        whole = coverage.covered == coverage.expected
        return Existence(Answer.YES, "all of it" if whole else "a part of it")
    if call.expected is None or call.exclusion is not None:
        why = "nothing was expected" if call.exclusion is None else call.exclusion.value
        return Existence(Answer.NO, why)
    span = call.expected
    near = [
        hand
        for hand in hands
        if hand.start < span.end and (hand.end is None or hand.end > span.start)
    ]
    usable = sorted({hand.camera for hand in near if hand.camera in working})
    if usable:
        return Existence(
            Answer.LOST, f"camera {', '.join(usable)} was assigned and no recording is there"
        )
    if near:
        return Existence(Answer.NO, f"the camera assigned, {near[0].camera}, was not in service")
    return Existence(Answer.NO, "no camera was assigned")
