"""Figures over the calendar, with the days from which on they are not comparable with earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bwc.canonical import Json, JsonObject
from bwc.coverage.groups import Group, Grouping, calendar_name, group
from bwc.coverage.report import DepartmentReport
from bwc.errors import InvalidInput

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


def trend(
    report: DepartmentReport, by: Grouping, *, zone: ZoneInfo, breaks: Sequence[SeriesBreak] = ()
) -> list[Point]:
    """The report's figures by calendar; a break marks the first point at or after its day.

    Raises:
        InvalidInput: not a calendar.
    """
    if by not in CALENDARS:
        raise InvalidInput("a trend needs a calendar", expected="day, week, month or quarter")
    groups = group(report, by, zone=zone)
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
