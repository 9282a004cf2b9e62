"""The period a coverage page is about: days on the agency's clock, the last of them included."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query

from bwc.coverage.day import local_day
from bwc.coverage.years import read_day
from bwc.errors import InvalidInput
from bwc.timeline import Span

USUAL_DAYS = 28
Day = Annotated[
    str, Query(max_length=10, description="A day on the agency's clock, such as 2026-03-01")
]


@dataclass(frozen=True, slots=True)
class Period:
    """`[since, until)` as moments, and as the first and last day that people name."""

    first: date
    last: date
    since: datetime
    until: datetime

    @property
    def span(self) -> Span[datetime]:
        """The moments alone."""
        return Span(self.since, self.until)


def read_period(
    first: str, last: str, *, now: datetime, zone: ZoneInfo, usual_days: int = USUAL_DAYS
) -> Period:
    """The days from `first` to `last`, both included; empty: the last `usual_days`.

    Raises:
        InvalidInput: not a day, or the last before the first.
    """
    until = read_day(last) if last.strip() else now.astimezone(zone).date()
    since = read_day(first) if first.strip() else until - timedelta(days=usual_days - 1)
    if since > until:
        raise InvalidInput("the period must end after it begins", got=f"{since} to {until}")
    return Period(since, until, local_day(since, zone).start, local_day(until, zone).end)
