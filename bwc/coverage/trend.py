"""Figures over the calendar, with the days from which on they are not comparable with earlier ones.

Where a department came under another pack, calls received from that day on are measured by its
rule, and the day is a break of the series.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.groups import Group, Grouping, calendar_name, group_calls
from bwc.coverage.report import period_calls
from bwc.coverage.rule_book import RuleBook
from bwc.errors import InvalidInput
from bwc.timeline import Span

CALENDARS = (Grouping.DAY, Grouping.WEEK, Grouping.MONTH, Grouping.QUARTER)


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """A day from which on figures were made in another way: a new method, a new dispatch system."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Point:
    """One day, week, month or quarter; with `breaks` it is not comparable with those before it."""

    group: Group
    breaks: tuple[str, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        breaks: list[Json] = list(self.breaks)
        return {**self.group.document(), "breaks": breaks}


def trend_under(
    session: Session,
    period: Span[datetime],
    by: Grouping,
    *,
    rules: RuleBook,
    zone: ZoneInfo,
    breaks: Sequence[SeriesBreak] = (),
) -> list[Point]:
    """The figures of a period, each call by its day's rule; where the rule changes is a break.

    Raises:
        InvalidInput: not a calendar.
    """
    changes = rule_breaks(rules, period)
    calls = period_calls(session, period, rules=rules)
    return trend(calls, by, zone=zone, breaks=[*breaks, *changes])


def rule_breaks(rules: RuleBook, period: Span[datetime]) -> list[SeriesBreak]:
    """A break wherever a rule that asks for something else came into force within the period."""
    return [
        SeriesBreak(later.day, f"another rule: {later.rule.reference}")
        for earlier, later in pairwise(rules.within(period))
        if earlier.rule != later.rule
    ]


def trend(
    calls: Iterable[CallCoverage],
    by: Grouping,
    *,
    zone: ZoneInfo,
    breaks: Sequence[SeriesBreak] = (),
) -> list[Point]:
    """The figures of calls by calendar; a break marks the first point at or after its day.

    Raises:
        InvalidInput: not a calendar.
    """
    require_calendar(by)
    return mark_breaks(group_calls(calls, by, zone=zone), by, zone=zone, breaks=breaks)


def require_calendar(by: Grouping) -> None:
    """Raises InvalidInput where `by` is no calendar."""
    if by not in CALENDARS:
        raise InvalidInput("a trend needs a calendar", expected="day, week, month or quarter")


def mark_breaks(
    groups: Sequence[Group], by: Grouping, *, zone: ZoneInfo, breaks: Sequence[SeriesBreak]
) -> list[Point]:
    """The figures in time, with each break at the first point at or after its day."""
    marked: dict[str, list[str]] = {}
    for one in sorted(breaks, key=lambda one: one.day):
        begins = calendar_name(datetime.combine(one.day, time(), zone), by)
        later = next((each.name for each in groups if each.name >= begins), None)
        if later is not None:
            marked.setdefault(later, []).append(f"{one.day.isoformat()}: {one.why}")
    return [Point(one, tuple(marked.get(one.name, ()))) for one in groups]


def read_break(text: str) -> SeriesBreak:
    """A break as a person writes it.

    Raises:
        InvalidInput: not a day and a reason.

    >>> read_break("2026-03-05=new dispatch system").why
    'new dispatch system'
    """
    day, _, why = text.partition("=")
    try:
        return SeriesBreak(date.fromisoformat(day.strip()), _worded(why))
    except ValueError:
        raise InvalidInput("not a break", expected="2026-03-05=what changed", got=text) from None


def _worded(why: str) -> str:
    """What changed, in words."""
    if not why.strip():
        raise ValueError(why)
    return why.strip()
