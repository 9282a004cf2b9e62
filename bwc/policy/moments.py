"""Moments of the law: a day, or an instant with its offset.

A fact file may give either. A day stands for all its hours: a deadline on a day has passed when
the day is over in the pack's time zone.
"""

import re
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bwc.errors import InvalidInput

Moment: TypeAlias = date | datetime

_EXPECTED = "a day such as 2026-03-01 or a time with offset such as 2026-03-01T12:00-07:00"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_moment(text: str) -> Moment:
    """A day, or a time that must carry its offset.

    Raises:
        InvalidInput: neither.

    >>> parse_moment("2026-03-01")
    datetime.date(2026, 3, 1)
    """
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInput("not a moment", expected=_EXPECTED, got=repr(text)) from exc
    if instant.tzinfo is None:
        raise InvalidInput(
            "a time without an offset cannot be placed", expected=_EXPECTED, got=repr(text)
        )
    return instant


def show(moment: Moment) -> str:
    """The moment as it is written: a day, or a time to the second with its offset."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds")
    return moment.isoformat()


def day_of(moment: Moment, zone: ZoneInfo) -> date:
    """The calendar day of `moment` in `zone`; a bare day is the day it is."""
    if isinstance(moment, datetime):
        return moment.astimezone(zone).date()
    return moment


def is_after(first: Moment, second: Moment, zone: ZoneInfo) -> bool:
    """Whether `first` lies later: to the instant if both have one, else by calendar day."""
    if isinstance(first, datetime) and isinstance(second, datetime):
        return first > second
    return day_of(first, zone) > day_of(second, zone)


def sort_key(moment: Moment, zone: ZoneInfo) -> datetime:
    """A key that orders days and instants together; a day counts from its last moment."""
    if isinstance(moment, datetime):
        return moment.astimezone(zone)
    start = datetime(moment.year, moment.month, moment.day, tzinfo=zone)
    return start + timedelta(days=1, microseconds=-1)
