"""How many recordings began in a period and how long they are, by the call they are tied to.

Days are read from their sums where those are whole and not stale, as of when they were made; all
else is counted from the recordings, so that no day is left out because nobody summed it yet.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.coverage_sum import CoveragePeriod, CoverageSpanKind, RecordedSum
from bwc.catalog.recording import RecordingState
from bwc.coverage.day import local_day
from bwc.timeline import Span

WITHOUT_CALL = "incident without call"
WITHOUT_CATEGORY = "without category"


class Recorded(NamedTuple):
    """The recordings of one category: how many, and their length together in microseconds."""

    category: str
    recordings: int
    duration_us: int


def recorded_in(session: Session, period: Span[datetime], zone: ZoneInfo) -> list[Recorded]:
    """The recordings that began in the period, by category."""
    summed = _summed_days(session, period, zone)
    found = _read(session, summed) if summed else []
    for part in _between(period, [local_day(day, zone) for day in summed]):
        found += count_recorded(session, part)
    recordings, lengths = Counter[str](), Counter[str]()
    for one in found:
        recordings[one.category] += one.recordings
        lengths[one.category] += one.duration_us
    return [Recorded(name, recordings[name], lengths[name]) for name in sorted(recordings)]


def count_recorded(session: Session, period: Span[datetime]) -> list[Recorded]:
    """The same from the recordings: readable ones; the newest tag of each says what it shows."""
    film, tag, call = tables.Recording, tables.Tag, tables.Call
    newest = (
        sa.select(tag.id)
        .where(tag.recording_id == film.id)
        .order_by(tag.created_at.desc(), tag.id.desc())
        .limit(1)
        .correlate(film)
        .scalar_subquery()
    )
    category = sa.case(
        (call.type.is_not(None), call.type),
        (tag.incident_id.is_not(None), WITHOUT_CALL),
        else_=WITHOUT_CATEGORY,
    )
    query = (
        sa.select(category, sa.func.count(), sa.func.sum(film.duration_us))
        .select_from(film)
        .outerjoin(tag, tag.id == newest)
        .outerjoin(call, call.id == tag.call_id)
        .where(film.started_at >= period.start, film.started_at < period.end)
        .where(film.state != RecordingState.QUARANTINED)
        .group_by(category)
    )
    return [
        Recorded(str(name), int(recordings), int(length or 0))
        for name, recordings, length in session.execute(query)
    ]


def _summed_days(session: Session, period: Span[datetime], zone: ZoneInfo) -> list[date]:
    """The days that lie in the period as a whole and were over when they were summed, by time."""
    row = CoveragePeriod
    first, last = (moment.astimezone(zone).date() for moment in (period.start, period.end))
    query = (
        sa.select(row.period, row.as_of)
        .where(row.kind == CoverageSpanKind.DAY, row.is_stale.is_(False))
        .where(row.period.between(first.isoformat(), last.isoformat()))
        .order_by(row.period)
    )
    days: list[date] = []
    for name, as_of in session.execute(query):
        day = date.fromisoformat(name)
        span = local_day(day, zone)
        if period.start <= span.start and span.end <= min(period.end, as_of):
            days.append(day)
    return days


def _read(session: Session, days: list[date]) -> list[Recorded]:
    """The sums of some days."""
    row = RecordedSum
    query = (
        sa.select(row.category, sa.func.sum(row.recordings), sa.func.sum(row.duration_us))
        .where(row.day.in_([day.isoformat() for day in days]))
        .group_by(row.category)
    )
    return [
        Recorded(name, int(recordings), int(length))
        for name, recordings, length in session.execute(query)
    ]


def _between(period: Span[datetime], cut: list[Span[datetime]]) -> Iterator[Span[datetime]]:
    """What of the period is left without the spans cut from it, which lie in it by time."""
    start = period.start
    for one in cut:
        if start < one.start:
            yield Span(start, one.start)
        start = one.end
    if start < period.end:
        yield Span(start, period.end)
