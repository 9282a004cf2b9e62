"""A department over some time, read from the catalog into the values that coverage is made of.

Cameras are those in service. A recording whose camera is not known but whose officer is stated
counts as his own; one whose camera is known counts for whoever had that camera, whatever is
stated. Quarantined recordings are not readable and cover nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.catalog import tables
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
from bwc.coverage.listed import read_listed
from bwc.coverage.reach import (
    Beyond,
    beyond,
    hands_beyond,
    hands_within,
    near,
    readable_recordings,
    recordings_beyond,
    shifts_beyond,
    shifts_within,
)
from bwc.timeline import Span

StayRow = sa.Row[*tuple[Any, ...]]
FilmRow = sa.Row[str, str | None, str | None, datetime | None, int | None, float, bool | None]

LONGEST_CALL = timedelta(
    days=7
)  # one received earlier explains no recording: a month costs seconds


def read_period(
    session: Session, period: Span[datetime], *, badge: str | None = None
) -> Department:
    """All that touches `period`, lies a day around it or belongs to its calls.

    With `badge`, of that officer alone, and with his earlier calls that reach into it.
    """
    wide = near(period)
    held = None if badge is None else list(session.scalars(_held_by(badge)))
    rows = _stays(session, _received(wide), badge)
    if badge is not None:
        rows = [*_stays(session, _still_open(wide), badge), *rows]
    calls, units = _calls(rows)
    further = beyond(wide, _reaching(rows, period))
    recordings, stated = _recordings(session, _films(session, further, badge, held), badge, held)
    return Department(
        officers=_officers(session, badge),
        cameras=_cameras(session, held),
        assignments=_assignments(session, further, badge) + stated,
        shifts=_shifts(session, further, badge),
        calls=calls,
        call_units=units,
        recordings=recordings,
        listed=read_listed(session, further, held),
    )


def with_earlier_calls(
    session: Session, department: Department, period: Span[datetime]
) -> Department:
    """The department with the calls of the week before that reach into what was read of it."""
    calls, units = _calls(_stays(session, _still_open(near(period)), None))
    return replace(
        department, calls=calls + department.calls, call_units=units + department.call_units
    )


def _officers(session: Session, badge: str | None) -> list[Officer]:
    """Officers by badge."""
    query = sa.select(tables.Officer).order_by(tables.Officer.badge)
    if badge is not None:
        query = query.where(tables.Officer.badge == badge)
    return [Officer(row.badge, row.name, row.unit, row.sworn) for row in session.scalars(query)]


def _cameras(session: Session, held: list[str] | None) -> list[Camera]:
    """Cameras that work or did until a day; of those in `held` alone, where one is asked about."""
    row = tables.Camera
    query = sa.select(row.serial, row.model, row.pre_event_seconds, row.out_of_service_at).where(
        sa.or_(row.in_service, row.out_of_service_at.is_not(None))
    )
    if held is not None:
        query = query.where(row.id.in_(held))
    return [Camera(*found) for found in session.execute(query)]


def _assignments(session: Session, further: Beyond, badge: str | None) -> list[Assignment]:
    """Who had which camera."""
    row = tables.Assignment
    query = (
        sa.select(tables.Camera.serial, tables.Officer.badge, row.starts_at, row.ends_at)
        .join_from(row, tables.Camera, row.camera_id == tables.Camera.id)
        .join(tables.Officer, row.officer_id == tables.Officer.id)
    )
    if badge is not None:
        query = query.where(tables.Officer.badge == badge)
    asked = (hands_within(further.near, query), *hands_beyond(further, query))
    return [Assignment(*found) for one in asked for found in session.execute(one)]


def _shifts(session: Session, further: Beyond, badge: str | None) -> list[Shift]:
    """Who was on duty."""
    row = tables.Shift
    query = (
        sa.select(tables.Officer.badge, row.starts_at, row.ends_at)
        .join(tables.Officer, row.officer_id == tables.Officer.id)
        .order_by(row.starts_at)
    )
    if badge is not None:
        query = query.where(tables.Officer.badge == badge)
    asked = (shifts_within(further.near, query), *shifts_beyond(further, query))
    return [Shift(*found) for one in asked for found in session.execute(one)]


def _received(wide: Span[datetime]) -> sa.ColumnElement[bool]:
    """Calls by the time they were received."""
    received = tables.Call.received_at
    return sa.and_(received >= wide.start, received < wide.end)


def _still_open(wide: Span[datetime]) -> sa.ColumnElement[bool]:
    """Calls received before a time that an officer cleared in it or later."""
    received, unit = tables.Call.received_at, aliased(tables.CallUnit)
    late = sa.exists().where(unit.call_id == tables.Call.id, unit.cleared_at > wide.start)
    return sa.and_(received >= wide.start - LONGEST_CALL, received < wide.start, late)


def _stays(session: Session, which: sa.ColumnElement[bool], badge: str | None) -> Sequence[StayRow]:
    """The officers on some calls, by the time the calls were received."""
    call, unit = tables.Call, tables.CallUnit
    about = (call.number, call.type, call.priority, call.received_at, call.cancelled)
    stay = (unit.dispatched_at, unit.arrived_at, unit.cleared_at)
    query = (
        sa.select(*about, unit.officer_id, tables.Officer.badge, *stay)
        .join_from(unit, call, unit.call_id == call.id)
        .join(tables.Officer, unit.officer_id == tables.Officer.id)
        .where(which)
        .order_by(call.received_at)
    )
    if badge is not None:
        query = query.where(tables.Officer.badge == badge)
    return session.execute(query).all()


def _calls(rows: Iterable[StayRow]) -> tuple[list[Call], list[CallUnit]]:
    """Calls, and the officers on them."""
    calls: dict[str, Call] = {}
    units: list[CallUnit] = []
    for number, kind, priority, received, is_cancelled, _, badge, *times in rows:
        calls.setdefault(number, Call(number, kind, priority, received, is_cancelled))
        dispatched, arrived, cleared = times
        units.append(CallUnit(number, badge, dispatched, arrived, cleared))
    return list(calls.values()), units


def _reaching(
    rows: Iterable[StayRow], period: Span[datetime]
) -> Iterator[tuple[str, datetime, datetime]]:
    """From when until when each officer was on each call that belongs to or touches a period."""
    found: dict[tuple[str, str], tuple[datetime, datetime, datetime]] = {}
    for number, _, _, received, _, officer, _, *times in rows:
        known = [time for time in times if time is not None] or [received]
        _, first, last = found.get((number, officer), (received, known[0], known[0]))
        found[number, officer] = (received, min(first, *known), max(last, *known))
    for (_, officer), (received, first, last) in found.items():
        is_asked = period.start <= received < period.end
        if is_asked or (first < period.end and last > period.start):
            yield officer, first, last


def _films(
    session: Session, further: Beyond, badge: str | None, held: list[str] | None
) -> list[FilmRow]:
    """Readable recordings."""
    row = tables.Recording
    query = sa.select(
        row.id,
        row.camera_id,
        row.officer_id,
        row.started_at,
        row.duration_us,
        row.clock_offset_seconds,
        row.has_audio,
    ).order_by(row.started_at)
    usual = readable_recordings(session, further.near, query)
    asked = [usual]
    if badge is not None and held is not None:
        # Two questions, so that each has its index; one with "or" reads everybody's recordings.
        asked = [usual.where(his) for his in (row.camera_id.in_(held), _states_only(badge))]
    asked += recordings_beyond(session, further, query)
    return [film for one in asked for film in session.execute(one)]


def _recordings(
    session: Session, films: Iterable[FilmRow], badge: str | None, held: list[str] | None
) -> tuple[list[Recording], list[Assignment]]:
    """Recordings as values, and an assignment for each that only names its officer."""
    cameras = sa.select(tables.Camera.id, tables.Camera.serial)
    officers = sa.select(tables.Officer.id, tables.Officer.badge)
    if badge is not None and held is not None:
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
            began, ended = recordings[-1].began, recordings[-1].ended
            stated.append(Assignment(named, wearer, began, ended, is_stated=True))
    return recordings, stated


def _recording(film: FilmRow, camera: str) -> Recording:
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
