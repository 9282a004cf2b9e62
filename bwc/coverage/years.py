"""The years in which records can lie: a time or a day beyond them is a slip, and refused as one.

Whoever reckons a day or two to either side of what is in them stays within the calendar.
"""

from datetime import date, datetime
from typing import Final, TypeVar

from bwc.clock import as_utc
from bwc.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 2200  # a clock that lost its date says 1970; the last is not in them
EXPECTED: Final = f"a year from {FIRST_YEAR} to {LAST_YEAR - 1}"

Day = TypeVar("Day", bound=date)


def read_day(text: str) -> date:
    """A day as a person writes it.

    Raises:
        InvalidInput: not a day, or beyond the years.

    >>> read_day(" 2026-03-01 ")
    datetime.date(2026, 3, 1)
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            "not a day", expected="a day such as 2026-03-01", got=text[:40]
        ) from None
    return _within(day)


def moment_asked(moment: datetime) -> datetime:
    """A moment that a person names, in UTC. Raises InvalidInput: without offset, beyond the years."""
    return _within(as_utc(moment))


def _within(day: Day) -> Day:
    """The day or moment itself. Raises InvalidInput."""
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise InvalidInput("beyond all records", expected=EXPECTED, got=day.isoformat())
    return day
