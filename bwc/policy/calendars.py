"""Which days are working days, by the calendar a pack names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import holidays

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekends and the public holidays of a country or one of its parts.

    `observed` counts the working day on which a weekend holiday is kept instead. `extra` are
    days the agency closes beside them; `working` are holidays on which it works.
    """

    country: str = "US"
    subdivision: str | None = None
    observed: bool = True
    extra: frozenset[date] = field(default_factory=frozenset)
    working: frozenset[date] = field(default_factory=frozenset)

    def is_business_day(self, day: date) -> bool:
        """Whether the agency works on `day`."""
        if day.weekday() >= _SATURDAY or day in self.extra:
            return False
        if day in self.working:
            return True
        return day not in _holidays(self.country, self.subdivision, self.observed, day.year)

    def add_business_days(self, day: date, count: int) -> date:
        """The `count`-th business day after `day` (before it, when negative)."""
        step = timedelta(days=1 if count >= 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_business_day(day)
        return day

    def business_days_between(self, first: date, last: date) -> int:
        """The business days after `first` up to and including `last`; none if it lies before."""
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(self.is_business_day(day) for day in days)

    def next_business_day(self, day: date) -> date:
        """`day` itself, or the first business day after it."""
        while not self.is_business_day(day):
            day += timedelta(days=1)
        return day

    def previous_business_day(self, day: date) -> date:
        """`day` itself, or the last business day before it."""
        while not self.is_business_day(day):
            day -= timedelta(days=1)
        return day


@cache
def _holidays(
    country: str,
    subdivision: str | None,
    observed: bool,  # noqa: FBT001 - as the library has it
    year: int,
) -> Mapping[date, str]:
    """One year of one calendar."""
    return dict(
        holidays.country_holidays(country, subdiv=subdivision, years=[year], observed=observed)
    )
