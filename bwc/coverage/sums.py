"""Coverage summed by officer, unit, group of calls, day and month, so that pages answer at once for any period.

Sums are made at night, and every hour for days whose records came later; `coverage_periods` says
which days are made, and by which activation rule: by the one in force on the day, and again once
another one is (`bwc.coverage.sum_rules`). Days are measured a week at a time, as columns, so that
memory does not grow with the period.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.bulk import insert_rows
from bwc.catalog.coverage_sum import (
    FIGURES,
    CallGroupSum,
    CoveragePeriod,
    CoverageSpanKind,
    CoverageSum,
    RecordedSum,
    UnitCoverageSum,
)
from bwc.clock import as_utc
from bwc.coverage.columns import read_columns
from bwc.coverage.day import local_day
from bwc.coverage.day_figures import DayFigures, day_figures
from bwc.coverage.day_groups import GroupCount
from bwc.coverage.lines import ticks
from bwc.coverage.recorded import count_recorded
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.sum_figures import tally_of
from bwc.coverage.tally import Tally
from bwc.timeline import Span

AT_ONCE = 7  # days measured together: bounds the memory


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the department's calendar, both ends included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        """Each day."""
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)


def refresh_sums(
    session: Session,
    days: Days,
    *,
    zone: ZoneInfo,
    at: datetime,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> int:
    """Make the sums of these days and of the months they complete; returns how many days."""
    every = list(days)
    for place in range(0, len(every), AT_ONCE):
        part = every[place : place + AT_ONCE]
        _make_days(session, Days(part[0], part[-1]), zone=zone, at=at, rules=rules)
    for month in sorted({day.replace(day=1) for day in every}):
        make_month(session, month, at=at)
    return len(every)


def make_month(session: Session, month: date, *, at: datetime) -> None:
    """Add up a month of which every day is made; there is none where one is missing."""
    name = month.isoformat()[:7]
    _remove(session, CoverageSpanKind.MONTH, [name])
    days = [day.isoformat() for day in Days(month, _last_of(month))]
    made = sa.select(sa.func.count()).where(
        CoveragePeriod.kind == CoverageSpanKind.DAY, CoveragePeriod.period.in_(days)
    )
    if session.scalar(made) != len(days):
        return
    row = CoverageSum
    kind = sa.literal(CoverageSpanKind.MONTH, row.kind.type)
    session.execute(
        sa.insert(row).from_select(
            ["kind", "period", "officer_id", *FIGURES],
            sa.select(kind, sa.literal(name), row.officer_id, *summed(row))
            .where(row.kind == CoverageSpanKind.DAY, row.period.in_(days))
            .group_by(row.officer_id),
        )
    )
    _make_units(session, CoverageSpanKind.MONTH, [name])
    _add_groups(session, name, days)
    session.add(CoveragePeriod(kind=CoverageSpanKind.MONTH, period=name, as_of=as_utc(at)))
    session.flush()


def read_sums(session: Session, days: Days) -> dict[str, Tally] | None:
    """Each officer's figures by badge; None where a day of the period is not made yet."""
    pieces, missing = summed_pieces(session, days)
    if missing:
        return None
    row, officer = CoverageSum, tables.Officer
    sums = (
        sa.select(row.officer_id, *summed(row))
        .where(row.kind.in_(CoverageSpanKind), row.period.in_(pieces))
        .group_by(row.officer_id)
        .subquery()
    )
    columns = [sa.func.coalesce(sums.c[name], 0) for name in FIGURES]
    query = (
        sa.select(officer.badge, *columns)
        .outerjoin(sums, sums.c.officer_id == officer.id)
        .order_by(officer.badge)
    )
    return {line[0]: tally_of(line[1:]) for line in session.execute(query)}


def measure_days(
    session: Session, days: Days, *, zone: ZoneInfo, rules: RuleBook = ALWAYS_ON_SCENE
) -> DayFigures:
    """Measure some days from the records, written nowhere."""
    every = list(days)
    spans = [local_day(day, zone) for day in every]
    borders = np.array([ticks(one.start) for one in spans] + [ticks(spans[-1].end)], dtype=np.int64)
    columns = read_columns(session, Span(spans[0].start, spans[-1].end))
    return day_figures(columns, every, borders, zone=zone, rules=rules)


def summed_pieces(
    session: Session, days: Days, *, by_day: bool = False
) -> tuple[list[str], list[date]]:
    """The names of the whole months and other days that make up a period, and the days not made.

    Days alone where `by_day`.
    """
    row = CoveragePeriod
    names = {day.isoformat()[:length] for day in days for length in (7, 10)}
    made = set(session.scalars(sa.select(row.period).where(row.period.in_(names))))
    pieces: list[str] = []
    missing: list[date] = []
    day = days.first
    while day <= days.last:
        month = day.isoformat()[:7]
        if not by_day and day.day == 1 and _last_of(day) <= days.last and month in made:
            pieces.append(month)
            day = _last_of(day)
        elif day.isoformat() in made:
            pieces.append(day.isoformat())
        else:
            missing.append(day)
        day += timedelta(days=1)
    return pieces, missing


def summed(row: type[CoverageSum | UnitCoverageSum]) -> list[sa.ColumnElement[int]]:
    """The sum of every figure, by its name."""
    return [sa.func.sum(getattr(row, name)).label(name) for name in FIGURES]


def _make_days(
    session: Session, days: Days, *, zone: ZoneInfo, at: datetime, rules: RuleBook
) -> None:
    """Measure these days and write a row for every officer who had something to do with each."""
    names = [day.isoformat() for day in days]
    found = measure_days(session, days, zone=zone, rules=rules)
    officers, figures = found.officers, found.figures
    _remove(session, CoverageSpanKind.DAY, names)
    day, officer = np.nonzero(figures.any(axis=2))
    insert_rows(
        session,
        CoverageSum,
        ("kind", "period", "officer_id", *FIGURES),
        [
            (CoverageSpanKind.DAY.value, names[when], officers[who], *line)
            for when, who, line in zip(
                day.tolist(), officer.tolist(), figures[day, officer].tolist(), strict=True
            )
        ],
    )
    _make_units(session, CoverageSpanKind.DAY, names)
    _write_groups(session, names, found.groups)
    _write_recorded(session, days, zone)
    session.execute(
        sa.insert(CoveragePeriod),
        [
            {
                "kind": CoverageSpanKind.DAY,
                "period": day.isoformat(),
                "as_of": as_utc(at),
                "is_stale": False,
                "rule": rules.on(day).reference,
                "rule_sha256": rules.on(day).sha256,
            }
            for day in days
        ],
    )


def _make_units(session: Session, kind: CoverageSpanKind, periods: Sequence[str]) -> None:
    """Add up the officers of each unit."""
    row, officer = CoverageSum, tables.Officer
    session.execute(
        sa.insert(UnitCoverageSum).from_select(
            ["kind", "period", "unit", *FIGURES],
            sa.select(row.kind, row.period, officer.unit, *summed(row))
            .join(officer, row.officer_id == officer.id)
            .where(row.kind == kind, row.period.in_(periods))
            .group_by(row.kind, row.period, officer.unit),
        )
    )


def _write_groups(session: Session, days: Sequence[str], groups: Sequence[GroupCount]) -> None:
    """Write the calls of each day put together."""
    insert_rows(
        session,
        CallGroupSum,
        ("kind", "period", "grouping", "unit", "name", "calls", "with_video"),
        [
            (CoverageSpanKind.DAY.value, days[one.day], one.grouping.value, *one[2:])
            for one in groups
        ],
    )


def _write_recorded(session: Session, days: Days, zone: ZoneInfo) -> None:
    """Write the recordings that began on each day by category."""
    insert_rows(
        session,
        RecordedSum,
        ("day", "category", "recordings", "duration_us"),
        [
            (day.isoformat(), *line)
            for day in days
            for line in count_recorded(session, local_day(day, zone))
        ],
    )


def _add_groups(session: Session, month: str, days: Sequence[str]) -> None:
    """Add up a month's days."""
    row = CallGroupSum
    same = (row.grouping, row.unit, row.name)
    kind = sa.literal(CoverageSpanKind.MONTH, row.kind.type)
    counts = (sa.func.sum(row.calls), sa.func.sum(row.with_video))
    session.execute(
        sa.insert(row).from_select(
            ["kind", "period", "grouping", "unit", "name", "calls", "with_video"],
            sa.select(kind, sa.literal(month), *same, *counts)
            .where(row.kind == CoverageSpanKind.DAY, row.period.in_(days))
            .group_by(*same),
        )
    )


def _remove(session: Session, kind: CoverageSpanKind, periods: Sequence[str]) -> None:
    """What is made again."""
    for row in (CoverageSum, UnitCoverageSum, CallGroupSum, CoveragePeriod):
        session.execute(sa.delete(row).where(row.kind == kind, row.period.in_(periods)))
    if kind is CoverageSpanKind.DAY:
        session.execute(sa.delete(RecordedSum).where(RecordedSum.day.in_(periods)))


def _last_of(month: date) -> date:
    """The last day of a month, by its first."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
