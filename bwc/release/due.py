"""When something is due, as a moment: a day that a rule names lasts to its last second."""

from datetime import date, datetime, time

from bwc.clock import as_utc, parse_time
from bwc.policy.moments import parse_moment

LAST_SECOND = time(23, 59, 59)


def due_moment(text: str, *, local: datetime) -> datetime:
    """A day or time of a decision as a moment in UTC; days are those of `local`'s zone.

    >>> from zoneinfo import ZoneInfo
    >>> denver = datetime(2026, 3, 1, 12, tzinfo=ZoneInfo("America/Denver"))
    >>> due_moment("2026-03-10", local=denver).isoformat()
    '2026-03-11T05:59:59+00:00'
    """
    moment = parse_moment(text)
    if isinstance(moment, datetime):
        return parse_time(text)
    return as_utc(_end_of(moment, local))


def _end_of(day: date, local: datetime) -> datetime:
    return datetime.combine(day, LAST_SECOND, tzinfo=local.tzinfo)
