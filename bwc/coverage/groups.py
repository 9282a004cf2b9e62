"""The same figures by unit, kind of call, time of day or calendar, for comparison and trend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from bwc.canonical import JsonObject
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.measure import Coverage
from bwc.coverage.tally import Tally, tally

NO_UNITS: Final[Mapping[str, str]] = MappingProxyType({})


class Grouping(StrEnum):
    """What puts calls together. Calendars are the department's; a call counts when received."""

    UNIT = "unit"
    TYPE = "type"
    PRIORITY = "priority"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Group:
    """One group and its figures."""

    name: str
    tally: Tally

    def document(self) -> JsonObject:
        """As JSON; the shares of a small group are null."""
        return {"name": self.name, "figures": self.tally.document()}


def group_calls(
    calls: Iterable[CallCoverage],
    by: Grouping,
    *,
    zone: ZoneInfo,
    units: Mapping[str, str] = NO_UNITS,
) -> tuple[Group, ...]:
    """Calls, grouped; names in their order. `units` gives the unit of a badge."""
    groups: dict[str, list[Coverage]] = {}
    for part in calls:
        groups.setdefault(_name(part, by, units, zone), []).append(part.coverage)
    return tuple(Group(name, tally(groups[name])) for name in sorted(groups))


def describe(groups: Sequence[Group], by: Grouping) -> JsonObject:
    """Groups as JSON."""
    return {"by": by.value, "groups": [one.document() for one in groups]}


def _name(part: CallCoverage, by: Grouping, units: Mapping[str, str], zone: ZoneInfo) -> str:
    """The group that a call belongs to."""
    if by is Grouping.UNIT:
        return units.get(part.coverage.badge, "")
    if by is Grouping.TYPE:
        return part.call.type
    if by is Grouping.PRIORITY:
        return str(part.call.priority)
    return calendar_name(part.call.received.astimezone(zone), by)


def calendar_name(local: date, by: Grouping) -> str:
    """The hour of the day, or the day, ISO week, month or quarter, so that names sort by time."""
    if by is Grouping.HOUR:
        return f"{local:%H}:00"
    if by is Grouping.WEEK:
        return f"{local:%G-W%V}"
    if by is Grouping.MONTH:
        return f"{local:%Y-%m}"
    if by is Grouping.QUARTER:
        return f"{local:%Y}-Q{(local.month + 2) // 3}"
    return f"{local:%Y-%m-%d}"
