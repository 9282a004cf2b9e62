"""How much of each officer's calls his camera recorded, to the microsecond.

A recording covers an officer only while its camera is assigned to him; its true start is the
camera's start minus the clock offset; spans are half-open. `measure` takes and gives values,
`bwc.coverage.sweep` does the same arithmetic on arrays. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bwc.canonical import Json, JsonObject
from bwc.clock import iso
from bwc.coverage.department import Assignment, Recording
from bwc.coverage.expected import Exclusion, OfficerCall
from bwc.coverage.lines import EPOCH, Numbers, moment_of, spans_of, worn_recordings
from bwc.coverage.sweep import Measured, Spans, measure_spans
from bwc.timeline import Span


class Status(StrEnum):
    """What became of the duty to record."""

    COVERED = "covered"
    PARTIAL = "partial"
    NONE = "none"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One officer on one call: what was expected, what was recorded, where it is missing.

    `gaps` lie between recordings; what is missing before the first and after the last one is
    `late_start` and `early_stop`. Without video both equal `expected`. Where nothing was expected,
    `exclusion` says why and every figure is zero.
    """

    call: str
    badge: str
    expected: timedelta
    covered: timedelta
    late_start: timedelta
    early_stop: timedelta
    gaps: tuple[Span[datetime], ...]
    exclusion: Exclusion | None

    @property
    def status(self) -> Status:
        """The figures as one word."""
        if self.exclusion is not None:
            return Status.EXCLUDED
        if not self.covered:
            return Status.NONE
        return Status.COVERED if self.covered == self.expected else Status.PARTIAL

    def document(self) -> JsonObject:
        """As `bwc coverage measure --json` prints it."""
        gaps: list[Json] = [[iso(gap.start), iso(gap.end)] for gap in self.gaps]
        return {
            "call": self.call,
            "badge": self.badge,
            "expected_seconds": seconds(self.expected),
            "covered_seconds": seconds(self.covered),
            "late_start_seconds": seconds(self.late_start),
            "early_stop_seconds": seconds(self.early_stop),
            "gaps": gaps,
            "status": self.status.value,
        }


def measure(
    calls: Sequence[OfficerCall],
    *,
    recordings: Iterable[Recording],
    assignments: Iterable[Assignment],
) -> list[Coverage]:
    """What was recorded of each officer's call, in the order of `calls`."""
    badges = Numbers()
    recorded, _ = worn_recordings(list(recordings), list(assignments), badges)
    return _coverages(calls, measure_spans(expected_spans(calls, badges), recorded))


def expected_spans(calls: Iterable[OfficerCall], badges: Numbers) -> Spans:
    """The expected span of each call on its officer's line; an excluded call's holds nothing."""
    return spans_of(_line(call, badges[call.badge]) for call in calls)


def seconds(length: timedelta) -> int | float:
    """Seconds as JSON: a whole number where it is one."""
    whole, rest = divmod(length, timedelta(seconds=1))
    return whole if not rest else length.total_seconds()


def _line(call: OfficerCall, owner: int) -> tuple[int, datetime, datetime]:
    """The expected span on its officer's line; an excluded call's holds nothing."""
    if call.expected is None:
        return owner, EPOCH, EPOCH
    return owner, call.expected.start, call.expected.end


def _coverages(calls: Sequence[OfficerCall], measured: Measured) -> list[Coverage]:
    """The arrays as values again."""
    gaps = _gaps(measured)
    rows = zip(
        calls,
        measured.expected.tolist(),
        measured.covered.tolist(),
        measured.late_start.tolist(),
        measured.early_stop.tolist(),
        strict=True,
    )
    return [
        Coverage(
            call=call.call,
            badge=call.badge,
            expected=timedelta(microseconds=expected),
            covered=timedelta(microseconds=covered),
            late_start=timedelta(microseconds=late),
            early_stop=timedelta(microseconds=early),
            gaps=tuple(gaps.get(index, ())),
            exclusion=call.exclusion,
        )
        for index, (call, expected, covered, late, early) in enumerate(rows)
    ]


def _gaps(measured: Measured) -> dict[int, list[Span[datetime]]]:
    """Interior gaps by the index of their call."""
    gaps: dict[int, list[Span[datetime]]] = {}
    columns = (measured.gap_of, measured.gap_start, measured.gap_end)
    for index, start, end in zip(*(column.tolist() for column in columns), strict=True):
        gaps.setdefault(index, []).append(Span(moment_of(start), moment_of(end)))
    return gaps
