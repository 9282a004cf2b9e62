"""So many hours, days, working days, months or years: how long from one moment to another.

Days are counted in the pack's zone and the day of the event is excluded. Months are held to the
last day of a shorter month. Hours run from the instant and through any change of clocks.
"""

import calendar as months_of
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from bwc.policy.calendars import Calendar
from bwc.policy.moments import Moment, day_of
from bwc.policy.scope import Scope


class Unit(StrEnum):
    """What a clock counts."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"
    YEARS = "years"


class Roll(StrEnum):
    """Where a clock ends that would end on a day the agency does not work."""

    NONE = "none"
    NEXT = "next_business_day"
    PREVIOUS = "previous_business_day"


@dataclass(frozen=True, slots=True)
class Length:
    """So many of a unit; negative runs backwards."""

    amount: int
    unit: Unit

    def after(self, start: Moment, scope: Scope) -> Moment:
        """The moment this much later."""
        if self.unit is Unit.HOURS:
            return _hours(start, self.amount)
        day = day_of(start, scope.terms.zone)
        match self.unit:
            case Unit.CALENDAR_DAYS:
                return day + timedelta(days=self.amount)
            case Unit.BUSINESS_DAYS:
                return scope.terms.calendar.add_business_days(day, self.amount)
            case Unit.MONTHS:
                return add_months(day, self.amount)
            case Unit.YEARS:
                return add_months(day, 12 * self.amount)

    def before(self, end: Moment, scope: Scope) -> Moment:
        """The moment this much earlier."""
        return Length(-self.amount, self.unit).after(end, scope)

    def times(self, count: int) -> "Length":
        """This length `count` times."""
        return Length(self.amount * count, self.unit)

    def phrase(self) -> str:
        """`45 calendar days`."""
        words = self.unit.value.replace("_", " ")
        return f"{self.amount} {words if self.amount != 1 else words.removesuffix('s')}"


def days_between(start: Moment, end: Moment, unit: Unit, scope: Scope) -> int:
    """The days after `start` up to and including `end`; of business days, those worked alone."""
    zone = scope.terms.zone
    first, last = day_of(start, zone), day_of(end, zone)
    if unit is not Unit.BUSINESS_DAYS:
        return (last - first).days
    return scope.terms.calendar.business_days_between(first, last)


def add_months(day: date, count: int) -> date:
    """`day` so many months on, held to the last day of a shorter month.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    last = months_of.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def roll_day(end: Moment, roll: Roll, calendar: Calendar) -> Moment:
    """Move an end that falls on a day off; instants do not move."""
    if roll is Roll.NONE or isinstance(end, datetime):
        return end
    if roll is Roll.NEXT:
        return calendar.next_business_day(end)
    return calendar.previous_business_day(end)


def later_by(moment: Moment, much: timedelta) -> Moment:
    """So much later: of an instant to the second, of a day in whole days."""
    if isinstance(moment, datetime):
        return (moment.astimezone(UTC) + much).astimezone(moment.tzinfo)
    return moment + timedelta(days=much.days)


def _hours(start: Moment, hours: int) -> Moment:
    """By the hour from an instant; from a bare day, whole days, cut to the safe side."""
    if isinstance(start, datetime):
        return later_by(start, timedelta(hours=hours))
    return start + timedelta(days=hours // 24)
