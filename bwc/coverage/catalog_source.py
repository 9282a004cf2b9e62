"""A department over some time, read from the catalog into the values that coverage is made of.

Cameras are those in service. A recording whose camera is not known but whose officer is stated
counts as his own; one whose camera is known counts for whoever had that camera, whatever is
stated. Quarantined recordings are not readable and cover nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.recording import RecordingState
from bwc.coverage.department import (
    Assignment,
    Call,
    CallUnit,
    Camera,
    Department,
    Officer,
    Recording,
    Shift,
)
from bwc.timeline import Span

Ts = TypeVarTuple("Ts")

MARGIN = timedelta(days=1)  # longer than any call or shift: what lies around a period explains it
LONGEST_SHIFT = timedelta(days=31)  # one that began earlier was never ended by anybody


def read_period(
    session: Session, period: Span[datetime], *, badge: str | None = None
) -> Department:
    """All that touches `period` or lies a day around it; with `badge`, of that officer alone."""
    wide = Span(period.start - MARGIN, period.end + MARGIN)
    held = None if badge is None else list(session.scalars(_held_by(badge)))
    calls, units = _calls(session, wide, badge)
    recordings, stated = _recordings(session, wide, badge, held)
    return Department(
        officers=_officers(session, badge),
        cameras=_cameras(session, held),
        assignments=_assignments(session, wide, badge) + stated,
        shifts=_shifts(session, wide, badge),
        calls=calls,
        call_units=units,
        recordings=recordings,
    )


def readable_recordings(
    session: Session, wide: Span[datetime], query: sa.Select[*Ts]
) -> sa.Select[*Ts]:
    """A query of recordings, of those alone that can be read and may reach into a time."""
    row = tables.Recording
    longest = session.scalar(sa.select(sa.func.max(row.duration_us))) or 0
    return query.where(
        row.state != RecordingState.QUARANTINED,
        row.duration_us.is_not(None),
        row.started_at < wide.end,
        row.started_at > wide.start - timedelta(microseconds=longest),
    )


def _officers(session: Session, badge: str | None) -> list[Officer]:
    """Officers by badge."""
    query = sa.select(tables.Officer).order_by(tables.Officer.badge)
    if badge is not None:
        query = query.where(tables.Officer.badge == badge)
    return [Officer(row.badge, row.name, row.unit, row.sworn) for row in session.scalars(query)]


def _cameras(session: Session, held: list[str] | None) -> list[Camera]:
    """Cameras that work; of those in `held` alone, where one officer is asked about."""
    row = tables.Camera
    query = sa.select(row.serial, row.model, row.pre_event_seconds).where(row.in_service)
    if held is not None:
        query = query.where(row.id.in_(held))
    return [Camera(*found) for found in session.execute(query)]


def _assignments(session: Session, wide: Span[datetime], badge: str | None) -> list[Assignment]:
    """Who had which camera."""
    row = tables.Assignment
    query = (
        sa.select(tables.Camera.serial, tables.Officer.badge, row.starts_at, row.ends_at)
        .join_from(row, tables.Camera, row.camera_id == tables.Camera.id)
        .join(tables.Officer, row.officer_id == tables.Officer.id)
        .where(row.starts_at < wide.end, sa.or_(row.ends_at.is_(None), row.ends_at > wide.start))
    )
    if badge is not None:
        query = query.where(tables.Officer.badge == badge)
    return [Assignment(*found) for found in session.execute(query)]


def _shifts(session: Session, wide: Span[datetime], badge: str | None) -> list[Shift]:
    """Who was on duty."""
    row = tables.Shift
    query = (
        sa.select(tables.Officer.badge, row.starts_at, row.ends_at)
        .join(tables.Officer, row.officer_id == tables.Officer.id)
        .where(row.starts_at > wide.start - LONGEST_SHIFT)
        .where(row.starts_at < wide.end, row.ends_at > wide.start)
        .order_by(row.starts_at)
    )
    if badge is not None:
        query = query.where(tables.Officer.badge == badge)
    return [Shift(*found) for found in session.execute(query)]


def _calls(
    session: Session, wide: Span[datetime], badge: str | None
) -> tuple[list[Call], list[CallUnit]]:
    """Calls by the time they were received, and the officers on them."""
    call, unit = tables.Call, tables.CallUnit
    about = (call.number, call.type, call.priority, call.received_at, call.cancelled)
    stay = (tables.Officer.badge, unit.dispatched_at, unit.arrived_at, unit.cleared_at)
    query = (
        sa.select(*about, *stay)
        .join_from(unit, call, unit.call_id == call.id)
        .join(tables.Officer, unit.officer_id == tables.Officer.id)
        .where(call.received_at >= wide.start, call.received_at < wide.end)
        .order_by(call.received_at)
    )
    if badge is not None:
        query = query.where(tables.Officer.badge == badge)
    calls: dict[str, Call] = {}
    units: list[CallUnit] = []
    for number, kind, priority, received, is_cancelled, name, *times in session.execute(query):
        calls.setdefault(number, Call(number, kind, priority, received, is_cancelled))
        dispatched, arrived, cleared = times
        units.append(CallUnit(number, name, dispatched, arrived, cleared))
    return list(calls.values()), units


def _recordings(
    session: Session, wide: Span[datetime], badge: str | None, held: list[str] | None
) -> tuple[list[Recording], list[Assignment]]:
    """Readable recordings, and an assignment for each that only names its officer."""
    row = tables.Recording
    query = readable_recordings(session, wide, sa.select(row)).order_by(row.started_at)
    cameras = sa.select(tables.Camera.id, tables.Camera.serial)
    officers = sa.select(tables.Officer.id, tables.Officer.badge)
    films: list[tables.Recording] = []
    if badge is None or held is None:
        films += session.scalars(query)
    else:
        # Two questions, so that each has its index; one with "or" reads everybody's recordings.
        for his in (row.camera_id.in_(held), _states_only(badge)):
            films += session.scalars(query.where(his))
        cameras = cameras.where(tables.Camera.id.in_(held))
        officers = officers.where(tables.Officer.badge == badge)
    serials, badges = dict(_pairs(session, cameras)), dict(_pairs(session, officers))
    recordings: list[Recording] = []
    stated: list[Assignment] = []
    for film in films:
        serial, wearer = serials.get(film.camera_id), badges.get(film.officer_id)
        named = serial or f"camera unknown, worn by {wearer or 'nobody known'}"
        recordings.append(_recording(film, named))
        if serial is None and wearer is not None:
            stated.append(Assignment(named, wearer, recordings[-1].began, recordings[-1].ended))
    return recordings, stated


def _recording(film: tables.Recording, camera: str) -> Recording:
    """A row as a value; the corrected start in the catalog is what counts."""
    if film.started_at is None or film.duration_us is None:
        raise ValueError("the query asks for recordings whose place in time is known")
    offset = timedelta(seconds=film.clock_offset_seconds)
    length = timedelta(microseconds=film.duration_us)
    return Recording(film.id, camera, film.started_at + offset, length, offset, film.has_audio)


def _pairs(session: Session, query: sa.Select[str, str]) -> Iterator[tuple[str | None, str]]:
    """Ids and names, row by row."""
    for row in session.execute(query):
        yield row[0], row[1]


def _held_by(badge: str) -> sa.Select[str]:
    """Every camera that this officer ever had."""
    return (
        sa.select(tables.Assignment.camera_id)
        .join(tables.Officer, tables.Assignment.officer_id == tables.Officer.id)
        .where(tables.Officer.badge == badge)
    )


def _states_only(badge: str) -> sa.ColumnElement[bool]:
    """A recording that names this officer and no camera."""
    officer = sa.select(tables.Officer.id).where(tables.Officer.badge == badge).scalar_subquery()
    row = tables.Recording
    return sa.and_(row.camera_id.is_(None), row.officer_id == officer)
