"""Days of a period that no sum holds: measured while a page waits, where they have few calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.coverage.day import local_day
from bwc.coverage.day_figures import DayFigures
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.sums import Days, measure_days

MEASURED_CALLS = 1_000  # so many are measured while a page waits; more are for the hourly job


@dataclass(frozen=True, slots=True)
class FreshDay:
    """One day, measured."""

    day: date
    found: DayFigures


def measure_missing(
    session: Session, missing: Sequence[date], zone: ZoneInfo, rules: RuleBook
) -> tuple[list[FreshDay], list[date]]:
    """The days that have few calls, measured, and the days that have too many."""
    fresh: list[FreshDay] = []
    left: list[date] = []
    budget = MEASURED_CALLS
    for day in missing:
        calls = _count_calls(session, day, zone, budget)
        if calls > budget:
            left.append(day)
            continue
        budget -= calls
        found = measure_days(session, Days(day, day), zone=zone, rules=rules)
        fresh.append(FreshDay(day, found))
    return fresh, left


def _count_calls(session: Session, day: date, zone: ZoneInfo, most: int) -> int:
    """How many calls a day has; not counted beyond one more than `most`."""
    row, span = tables.Call, local_day(day, zone)
    some = (
        sa.select(row.id)
        .where(row.received_at >= span.start, row.received_at < span.end)
        .limit(most + 1)
        .subquery()
    )
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
