"""Wall time: always aware, always UTC inside; a port, so that tests can set it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bwc.errors import InvalidInput

END_OF_DAY = re.compile(
    r"(\d{4}-?\d{2}-?\d{2})[T ]24((?::?00){0,2}(?:[.,]0+)?(?:Z|[+-]\d{2}(?::?\d{2}){0,2})?)",
    re.ASCII,
)


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        """Stand at `at`, which must be aware."""
        self._at = as_utc(at)

    def now(self) -> datetime:
        """The moment the clock stands at."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Go forward (or back) by `by`."""
        self._at += by


def as_utc(moment: datetime) -> datetime:
    """`moment` in UTC.

    Raises:
        InvalidInput: `moment` carries no offset, or lies beyond the calendar there.
    """
    if moment.tzinfo is None:
        raise InvalidInput(
            "a time without an offset cannot be placed",
            expected="an offset such as Z or -07:00",
            got=moment.isoformat(),
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError as exc:
        raise InvalidInput("a time beyond the calendar", got=moment.isoformat()) from exc


def parse_time(text: str) -> datetime:
    """An ISO 8601 time with offset, in UTC.

    Raises:
        InvalidInput: not ISO 8601, without an offset, or beyond the calendar.

    >>> parse_time("2026-03-01T12:00:00-07:00").isoformat()
    '2026-03-01T19:00:00+00:00'
    """
    try:
        moment = read_iso(text)
    except ValueError as exc:
        raise InvalidInput(
            "not a time", expected="ISO 8601 such as 2026-03-01T12:00:00-07:00", got=repr(text)
        ) from exc
    return as_utc(moment)


def read_iso(text: str) -> datetime:
    """An ISO 8601 time, with its offset if it has one; 24:00 is the next day's midnight (4.2.3).

    Raises:
        ValueError: not ISO 8601, or beyond the calendar.

    >>> read_iso("2026-02-28T24:00:00Z").isoformat()
    '2026-03-01T00:00:00+00:00'
    """
    end = END_OF_DAY.fullmatch(text)
    if end is None:
        return datetime.fromisoformat(text)
    try:
        return datetime.fromisoformat(f"{end[1]}T00{end[2]}") + timedelta(days=1)
    except OverflowError as exc:
        raise ValueError(text) from exc


def iso(moment: datetime) -> str:
    """`moment` as ISO 8601 in UTC, ending in Z.

    >>> iso(parse_time("2026-03-01T12:00:00-07:00"))
    '2026-03-01T19:00:00Z'
    """
    return as_utc(moment).isoformat().replace("+00:00", "Z")
