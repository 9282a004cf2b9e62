"""Which days have to be summed again: by what came, changed or rules otherwise since they were."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.canonical import JsonObject
from bwc.catalog import tables
from bwc.catalog.coverage_sum import CoveragePeriod, CoverageSpanKind
from bwc.clock import as_utc, iso, parse_time
from bwc.coverage.day import local_day
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.sum_rules import days_of_another_rule
from bwc.coverage.sums import Days
from bwc.custody.acts import Act, Subject

LATE_DAYS = 60  # a recording that comes later than this is not looked for
A_DAY = timedelta(days=1)  # more than any zone is from UTC
UNSEEN = timedelta(hours=1)  # a row may be on its way into the catalog for so long


def days_to_refresh(
    session: Session, today: date, *, zone: ZoneInfo, rules: RuleBook = ALWAYS_ON_SCENE
) -> list[date]:
    """Past days nobody made or that changed since.

    By a recording that came in the last `LATE_DAYS`, by a tag, an import or another rule.
    """
    since = today - timedelta(days=LATE_DAYS)
    row = CoveragePeriod
    query = sa.select(row.period, row.as_of, row.is_stale).where(
        row.kind == CoverageSpanKind.DAY, row.period < today.isoformat()
    )
    made: dict[date, datetime] = {}
    stale: set[date] = set()
    for name, as_of, is_stale in session.execute(query):
        day = date.fromisoformat(name)
        if is_stale:
            stale.add(day)
        elif as_of >= local_day(day, zone).end:
            made[day] = as_of
    recent = Days(since, today - timedelta(days=1))
    missing = {day for day in recent if day not in made}
    seen_until = min((made[day] for day in recent if day in made), default=None)
    changed = {
        day
        for day, moment in _changes(session, seen_until, since, zone)
        if day in made and moment > made[day] - UNSEEN
    }
    return sorted(missing | changed | stale | days_of_another_rule(session, rules, before=today))


def confirm_sums(session: Session, before: date, *, at: datetime) -> None:
    """Note that all sums of days before `before` hold what had arrived at `at`.

    Only after `days_to_refresh` was asked since `at`, and what it named made.
    """
    row = CoveragePeriod
    session.execute(
        sa.update(row)
        .where(row.kind == CoverageSpanKind.DAY, row.period < before.isoformat())
        .where(row.period >= (before - timedelta(days=LATE_DAYS)).isoformat())
        .where(row.is_stale.is_(False), row.as_of < as_utc(at))
        .values(as_of=as_utc(at))
    )


def mark_stale(session: Session, days: Days) -> None:
    """Note that records of these days changed: they are made again, and shown as they are till then."""
    row = CoveragePeriod
    session.execute(
        sa.update(row)
        .where(row.kind == CoverageSpanKind.DAY)
        .where(row.period.between(days.first.isoformat(), days.last.isoformat()))
        .values(is_stale=True)
    )


def service_of(camera: tables.Camera) -> JsonObject:
    """Whether and until when a camera works, for the ledger and for programs."""
    until = camera.out_of_service_at
    return {
        "in_service": camera.in_service,
        "out_of_service_at": None if until is None else iso(until),
    }


def camera_days(camera: tables.Camera, was: JsonObject) -> Days:
    """The days that a change of a camera's service shows in; `was` is what changed, as it was."""
    now = service_of(camera)
    states = (now, {**now, **was})
    moments = [state["out_of_service_at"] for state in states]
    if any(not state["in_service"] and not state["out_of_service_at"] for state in states):
        return Days(date.min, date.max)  # since when is not known
    known = [parse_time(one) for one in moments if isinstance(one, str)]
    return Days(min(known).date() - A_DAY if known else date.max, date.max)


def _changes(
    session: Session, seen_until: datetime | None, since: date, zone: ZoneInfo
) -> Iterator[tuple[date, datetime]]:
    """Days of recordings that arrived, were moved by their camera's clock or tied anew, and when.

    Only of those that the oldest recent sums may not know.
    """
    if seen_until is None:
        return
    unseen = seen_until - UNSEEN
    moments = (
        *_came(session, unseen, local_day(since, zone).start),
        *_moved(session, unseen),
        *_tied(session, unseen),
    )
    for moment, changed in moments:
        yield moment.astimezone(zone).date(), changed


def _came(
    session: Session, unseen: datetime, since: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """When recordings began that arrived or were moved."""
    film = tables.Recording
    query = sa.select(film.started_at, film.received_at, film.clock_corrected_at).where(
        sa.or_(film.received_at > unseen, film.clock_corrected_at > unseen),
        film.started_at >= since,
    )
    for started, received, corrected in session.execute(query):
        if started is not None:
            yield started, max(received, corrected or received)


def _moved(session: Session, unseen: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Where recordings lay before their camera's clock moved them: that day has them no more."""
    film, entry = tables.Recording, tables.CustodyEntry
    query = (
        sa.select(entry.before, entry.occurred_at)
        .join(film, entry.subject_id == film.id)
        .where(film.clock_corrected_at > unseen, entry.subject_kind == Subject.RECORDING.value)
        .where(entry.act == Act.CLOCK_CORRECTED.value, entry.occurred_at > unseen)
    )
    for before, at in session.execute(query):
        was = (before or {}).get("started_at")
        if isinstance(was, str):
            yield parse_time(was), at


def _tied(session: Session, unseen: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When recordings began that were tied anew, and when their calls came in, the former too.

    Such a call may have been attended on a later day.
    """
    film, tag, other, call = tables.Recording, tables.Tag, aliased(tables.Tag), tables.Call
    began = (
        sa.select(film.started_at, tag.created_at)
        .join(tag, tag.recording_id == film.id)
        .where(tag.created_at > unseen, film.started_at.is_not(None))
    )
    received = (
        sa.select(call.received_at, tag.created_at)
        .join(other, other.call_id == call.id)
        .join(tag, tag.recording_id == other.recording_id)
        .where(tag.created_at > unseen)
    )
    for query in (began, received):
        for moment, created in session.execute(query):
            if moment is not None:
                yield moment, created
