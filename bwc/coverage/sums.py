"""Coverage summed by officer and day, so that pages answer at once however long the period.

A made day has one row for every officer, a month of made days one more. They are made again at
night and for days whose recordings arrived later; a period with a day that is not made yet is
measured from the records instead. A day is made by the activation rule in force on it, and is made
again once another one is (`bwc.coverage.sum_rules`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.finding import CoverageSpanKind, CoverageSum
from bwc.clock import as_utc
from bwc.coverage.day import local_day
from bwc.coverage.report import period_calls
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.sum_rules import days_of_another_rule, note_rules
from bwc.coverage.tally import Tally, tally
from bwc.ids import new_id
from bwc.timeline import Span

AT_ONCE = 28  # days measured together: bounds the memory
LATE_DAYS = 60  # a recording that comes later than this is not looked for at night
MICROSECOND = timedelta(microseconds=1)
FIGURES = (
    "calls",
    "excluded",
    "covered_fully",
    "partial",
    "without_video",
    "expected_us",
    "covered_us",
    "late_calls",
    "late_us",
    "early_calls",
    "early_us",
    "gap_calls",
    "gaps",
)


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
        note_rules(session, part, rules, at=at)
    for month in sorted({day.replace(day=1) for day in every}):
        _make_month(session, month, at=at)
    return len(every)


def days_to_refresh(
    session: Session, today: date, *, zone: ZoneInfo, rules: RuleBook = ALWAYS_ON_SCENE
) -> list[date]:
    """Past days that nobody made, whose recordings came later, or that another rule made."""
    row = CoverageSum
    query = (
        sa.select(row.period, sa.func.min(row.made_at))
        .where(row.kind == CoverageSpanKind.DAY)
        .where(row.period >= (today - timedelta(days=LATE_DAYS)).isoformat())
        .group_by(row.period)
    )
    made: dict[str, datetime] = {line[0]: line[1] for line in session.execute(query)}
    newest = _newest_arrivals(session, today, zone)
    stale = {
        day
        for day in Days(today - timedelta(days=LATE_DAYS), today - timedelta(days=1))
        if (at := made.get(day.isoformat())) is None or newest.get(day, at) > at
    }
    return sorted(stale | days_of_another_rule(session, rules, before=today))


def read_sums(session: Session, days: Days) -> dict[str, Tally] | None:
    """Each officer's figures by badge; None where a day of the period is not made yet."""
    pieces = list(_pieces(days))
    row = CoverageSum
    wanted = sa.or_(
        *(
            sa.and_(row.kind == kind, row.period.in_([p for k, p in pieces if k is kind]))
            for kind in CoverageSpanKind
        )
    )
    sums = [sa.func.sum(getattr(row, name)) for name in FIGURES]
    query = (
        sa.select(tables.Officer.badge, sa.func.count(), *sums)
        .join(tables.Officer, row.officer_id == tables.Officer.id)
        .where(wanted)
        .group_by(tables.Officer.badge)
        .order_by(tables.Officer.badge)
    )
    found = session.execute(query).all()
    if not any(line[1] == len(pieces) for line in found):
        return None  # a made day has a row for everybody, so somebody has all of them
    return {line[0]: _tally(line[2:]) for line in found}


def add_up(figures: Iterable[Tally]) -> Tally:
    """The department's figures from its officers'."""
    columns = [_figures(one) for one in figures]
    return _tally([sum(column) for column in zip(*columns, strict=True)] or [0] * len(FIGURES))


def _make_days(
    session: Session, days: Days, *, zone: ZoneInfo, at: datetime, rules: RuleBook
) -> None:
    """Measure these days and write a row for every officer on each."""
    since, until = local_day(days.first, zone).start, local_day(days.last, zone).end
    by_day: dict[tuple[date, str], list[int]] = {}
    calls = period_calls(session, Span(since, until), rules=rules)
    for index, part in enumerate(calls):
        day = part.call.received.astimezone(zone).date()
        by_day.setdefault((day, part.coverage.badge), []).append(index)
    names = [day.isoformat() for day in days]
    _remove(session, CoverageSpanKind.DAY, names)
    officers = session.execute(sa.select(tables.Officer.id, tables.Officer.badge)).all()
    rows = [
        {
            "id": new_id(),
            "kind": CoverageSpanKind.DAY,
            "period": day.isoformat(),
            "officer_id": officer,
            "made_at": as_utc(at),
            **dict(
                zip(
                    FIGURES,
                    _figures(tally(calls[n].coverage for n in by_day.get((day, badge), ()))),
                    strict=True,
                )
            ),
        }
        for day in days
        for officer, badge in officers
    ]
    if rows:
        session.execute(sa.insert(CoverageSum), rows)


def _make_month(session: Session, month: date, *, at: datetime) -> None:
    """One row per officer where every day of the month is made; none where one is missing."""
    name = month.isoformat()[:7]
    _remove(session, CoverageSpanKind.MONTH, [name])
    row = CoverageSum
    days = [day.isoformat() for day in Days(month, _last_of(month))]
    of_month = sa.and_(row.kind == CoverageSpanKind.DAY, row.period.in_(days))
    made = session.scalar(sa.select(sa.func.count(row.period.distinct())).where(of_month))
    if made != len(days):
        return
    sums = [sa.func.sum(getattr(row, figure)) for figure in FIGURES]
    query = sa.select(row.officer_id, *sums).where(of_month).group_by(row.officer_id)
    rows = [
        {
            "id": new_id(),
            "kind": CoverageSpanKind.MONTH,
            "period": name,
            "officer_id": line[0],
            "made_at": as_utc(at),
            **dict(zip(FIGURES, (int(one) for one in line[1:]), strict=True)),
        }
        for line in session.execute(query)
    ]
    if rows:
        session.execute(sa.insert(CoverageSum), rows)


def _remove(session: Session, kind: CoverageSpanKind, periods: Sequence[str]) -> None:
    """Rows that are made again."""
    row = CoverageSum
    session.execute(sa.delete(row).where(row.kind == kind, row.period.in_(periods)))


def _pieces(days: Days) -> Iterator[tuple[CoverageSpanKind, str]]:
    """The whole months of a period, and the days that are left."""
    day = days.first
    while day <= days.last:
        if day.day == 1 and _last_of(day) <= days.last:
            yield CoverageSpanKind.MONTH, day.isoformat()[:7]
            day = _last_of(day) + timedelta(days=1)
        else:
            yield CoverageSpanKind.DAY, day.isoformat()
            day += timedelta(days=1)


def _last_of(month: date) -> date:
    """The last day of a month, by its first."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _newest_arrivals(session: Session, today: date, zone: ZoneInfo) -> dict[date, datetime]:
    """When the last recording of each day arrived, or was last moved by its camera's clock."""
    row = tables.Recording
    since = local_day(today - timedelta(days=LATE_DAYS), zone).start
    newest: dict[date, datetime] = {}
    known = sa.func.coalesce(row.clock_corrected_at, row.received_at)
    query = sa.select(row.started_at, known).where(row.started_at >= since)
    for started, received in session.execute(query):
        if started is not None:
            day = started.astimezone(zone).date()
            newest[day] = max(received, newest.get(day, received))
    return newest


def _figures(figures: Tally) -> list[int]:
    """A tally in the order of the columns."""
    return [
        figures.calls,
        figures.excluded,
        figures.covered_fully,
        figures.partial,
        figures.without_video,
        figures.expected // MICROSECOND,
        figures.covered // MICROSECOND,
        figures.late_calls,
        figures.late // MICROSECOND,
        figures.early_calls,
        figures.early // MICROSECOND,
        figures.gap_calls,
        figures.gaps,
    ]


def _tally(columns: Sequence[int]) -> Tally:
    """The columns as a tally."""
    found = dict(zip(FIGURES, (int(one) for one in columns), strict=True))
    return Tally(
        calls=found["calls"],
        excluded=found["excluded"],
        covered_fully=found["covered_fully"],
        partial=found["partial"],
        without_video=found["without_video"],
        expected=timedelta(microseconds=found["expected_us"]),
        covered=timedelta(microseconds=found["covered_us"]),
        late_calls=found["late_calls"],
        late=timedelta(microseconds=found["late_us"]),
        early_calls=found["early_calls"],
        early=timedelta(microseconds=found["early_us"]),
        gap_calls=found["gap_calls"],
        gaps=found["gaps"],
    )
