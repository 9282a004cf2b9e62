"""The department, or a unit of it, over the calendar: what a page of a trend shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bwc.canonical import Json, JsonObject
from bwc.clock import iso
from bwc.coverage.groups import Grouping
from bwc.coverage.report import CallCoverage
from bwc.coverage.trend import Point, SeriesBreak, trend
from bwc.timeline import Span


@dataclass(frozen=True, slots=True)
class Series:
    """The days, weeks, months or quarters of a period that have calls, and the named breaks."""

    by: Grouping
    period: Span[datetime]
    breaks: tuple[SeriesBreak, ...]
    points: tuple[Point, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        breaks: list[Json] = [{"day": one.day.isoformat(), "why": one.why} for one in self.breaks]
        points: list[Json] = [one.document() for one in self.points]
        return {
            "by": self.by.value,
            "since": iso(self.period.start),
            "until": iso(self.period.end),
            "breaks": breaks,
            "points": points,
        }


def series(
    calls: Iterable[CallCoverage],
    period: Span[datetime],
    by: Grouping,
    *,
    zone: ZoneInfo,
    breaks: Sequence[SeriesBreak] = (),
) -> Series:
    """The figures of a period's calls by calendar.

    Raises:
        InvalidInput: not a calendar.
    """
    points = trend(calls, by, zone=zone, breaks=breaks)
    return Series(by, period, tuple(breaks), tuple(points))
