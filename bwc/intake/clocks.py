"""Clocks of cameras: measurements kept as they arrive, and recordings placed by the drift.

With two measurements of a camera, every recording of it lies where the straight line between its
neighbours puts it, and at the nearest measurement before the first and after the last one. What a
camera's clock said itself (`device_started_at`) never changes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.camera_clock import ClockMeasurement
from bwc.catalog.people import Camera
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.views.camera_clock import FEWEST, Reading, offset_at, readings
from bwc.clock import as_utc, iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.intake.sidecar import Claims
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind

FIXED = (RecordingState.QUARANTINED, RecordingState.DISPOSED)  # these are corrected no more


def keep_clock(
    session: Session, recording: Recording, claims: Claims, *, by: str, at: datetime
) -> None:
    """Keep what was measured of the camera's clock, and correct the recordings it speaks about.

    A measurement without its own time is one of the recording's first frame. Corrections are
    custody entries with what stood there before, and ask for a new match.
    """
    if recording.camera_id is None:
        return
    session.get_one(Camera, recording.camera_id, with_for_update=True)  # one at a time by camera
    new = _note_measurement(session, recording, claims, by=by, at=at)
    found = readings(session, recording.camera_id)
    if len(found) < FEWEST:
        return
    films = _spoken_of(session, recording.camera_id, found, new) if new else [recording]
    for film in films:
        if _correct(session, film, found, by=by, at=at) and film is not recording:
            enqueue(session, JobKind.MATCH, requested_by=by, at=at, subject_id=film.id)


def _note_measurement(
    session: Session, recording: Recording, claims: Claims, *, by: str, at: datetime
) -> Reading | None:
    """The measurement that came with a recording, if any did."""
    if claims.clock_offset_seconds is None or recording.camera_id is None:
        return None
    offset = timedelta(seconds=claims.clock_offset_seconds)
    measured_at = claims.clock_measured_at
    if measured_at is None and claims.device_started_at is not None:
        measured_at = claims.device_started_at - offset
    if measured_at is None:
        return None
    session.add(
        ClockMeasurement(
            camera_id=recording.camera_id,
            measured_at=as_utc(measured_at),
            offset_seconds=claims.clock_offset_seconds,
            recording_id=recording.id,
            noted_by=by,
            noted_at=as_utc(at),
        )
    )
    session.flush()
    return Reading(as_utc(measured_at), offset)


def _spoken_of(
    session: Session, camera_id: str, found: list[Reading], new: Reading
) -> Iterable[Recording]:
    """The camera's recordings whose place a new measurement can change."""
    row = Recording
    query = sa.select(row).where(row.camera_id == camera_id, row.device_started_at.is_not(None))
    place = [one.at for one in found].index(new.at)
    if len(found) > FEWEST:  # with the first two, every recording is placed anew
        if place > 0:
            query = query.where(row.device_started_at >= found[place - 1].device)
        if place + 1 < len(found):
            last = max(found[place + 1].device, new.device)
            query = query.where(row.device_started_at <= last)
    return session.scalars(query.order_by(row.device_started_at, row.id)).all()


def _correct(
    session: Session, film: Recording, found: list[Reading], *, by: str, at: datetime
) -> bool:
    """Place one recording by the drift; whether that moved it."""
    if film.device_started_at is None or film.state in FIXED:
        return False
    offset = offset_at(found, film.device_started_at)
    began = film.device_started_at - offset
    if film.started_at == began:
        return False
    before: JsonObject = {
        "clock_offset_seconds": film.clock_offset_seconds,
        "started_at": None if film.started_at is None else iso(film.started_at),
    }
    film.clock_offset_seconds, film.started_at = offset.total_seconds(), began
    film.clock_corrected_at = as_utc(at)
    detail: JsonObject = {
        "clock_offset_seconds": film.clock_offset_seconds,
        "started_at": iso(began),
    }
    about = About(Subject.RECORDING, film.id)
    record(session, Act.CLOCK_CORRECTED, about=about, actor=by, at=at, detail=detail, before=before)
    return True
