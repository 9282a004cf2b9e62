"""Whether a call lay in its officer's shift: said beside each expected span, and no exemption. Pure.

The duty to record follows from the call; an officer who takes one before or after his shift has it too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bwc.canonical import Json, JsonObject
from bwc.clock import iso
from bwc.coverage.department import Shift
from bwc.coverage.expected import OfficerCall
from bwc.coverage.measure import seconds
from bwc.timeline import Span, subtract

NO_SHIFT: Final[JsonObject] = {"shift": None, "shifts": [], "outside_shift_seconds": None}


@dataclass(frozen=True, slots=True)
class OnShift:
    """The shifts that an expected span touches, by time, and how long it lies outside of all."""

    shifts: tuple[Span[datetime], ...]
    outside: timedelta

    @property
    def words(self) -> str:
        """As a clause of the reason of the span."""
        if not self.shifts:
            return "outside any shift"
        return "in part outside any shift" if self.outside else "on shift"

    def document(self) -> JsonObject:
        """As JSON."""
        shifts: list[Json] = [[iso(one.start), iso(one.end)] for one in self.shifts]
        return {
            "shift": self.words,
            "shifts": shifts,
            "outside_shift_seconds": seconds(self.outside),
        }


def on_shifts(calls: Sequence[OfficerCall], shifts: Iterable[Shift]) -> list[OnShift | None]:
    """The shifts of each call, in order; None where nothing was expected."""
    duty: dict[str, list[Span[datetime]]] = {}
    for shift in shifts:
        if shift.start < shift.end:
            duty.setdefault(shift.badge, []).append(Span(shift.start, shift.end))
    return [
        None if call.expected is None else _on_shift(call.expected, duty.get(call.badge, ()))
        for call in calls
    ]


def _on_shift(expected: Span[datetime], duty: Sequence[Span[datetime]]) -> OnShift:
    """The shifts of one span."""
    touched = sorted(one for one in duty if one.start < expected.end and one.end > expected.start)
    outside = subtract([expected], touched) if touched else [expected]
    return OnShift(tuple(touched), sum((one.end - one.start for one in outside), timedelta()))
