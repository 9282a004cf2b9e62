"""The department, or a unit of it, over the calendar: what a page of a trend shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bwc.canonical import Json, JsonObject
from bwc.clock import iso
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.groups import Grouping
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.sum_rules import SummedBy
from bwc.coverage.trend import Point, SeriesBreak, rule_breaks, trend
from bwc.timeline import Span


@dataclass(frozen=True, slots=True)
class Series:
    """The days, weeks, months or quarters of a period that have calls, and its breaks.

    From sums: `missing` are days in no sum yet and in no figure, `made_by` what the others were
    made by.
    """

    by: Grouping
    period: Span[datetime]
    rule: str
    breaks: tuple[SeriesBreak, ...]
    points: tuple[Point, ...]
    missing: tuple[date, ...] = ()
    made_by: tuple[SummedBy, ...] = ()

    def document(self) -> JsonObject:
        """As JSON."""
        breaks: list[Json] = [{"day": one.day.isoformat(), "why": one.why} for one in self.breaks]
        points: list[Json] = [one.document() for one in self.points]
        return {
            "by": self.by.value,
            "since": iso(self.period.start),
            "until": iso(self.period.end),
            "rule": self.rule,
            "breaks": breaks,
            "points": points,
            "missing": [day.isoformat() for day in self.missing],
            "made_by": [one.document() for one in self.made_by],
        }


def series(
    calls: Iterable[CallCoverage],
    period: Span[datetime],
    by: Grouping,
    *,
    rules: RuleBook,
    zone: ZoneInfo,
    breaks: Sequence[SeriesBreak] = (),
) -> Series:
    """The figures of a period's calls by calendar; `rules` are those the calls were measured by.

    Where another rule came into force is a break too.

    Raises:
        InvalidInput: not a calendar.
    """
    every = [*breaks, *rule_breaks(rules, period)]
    points = trend(calls, by, zone=zone, breaks=every)
    return Series(by, period, rules.words(period), tuple(every), tuple(points))
