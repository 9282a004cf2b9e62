"""Cameras go out of service at an instant: what was measured of the time before stays as it is."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.coverage.stale_days import camera_days, mark_stale, service_of
from bwc.coverage.years import moment_asked
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound


def retire(
    session: Session, serial: str, *, since: datetime, why: str, by: str, at: datetime
) -> tables.Camera:
    """Write down since when a camera is out of service; it may be written anew with another time.

    Raises:
        NotFound: no camera has this serial.
        InvalidInput: no reason is given, or a time that no record can have.
        Conflict: it is written down so already.
    """
    until = moment_asked(since)
    camera = find_camera(session, serial)
    if camera.out_of_service_at == until:
        raise Conflict("the camera is out of service since then already", where=serial)
    return _change(session, camera, until, why=why, by=by, at=at)


def restore(session: Session, serial: str, *, why: str, by: str, at: datetime) -> tables.Camera:
    """Take a retirement back: the camera counts as if it had always worked.

    Raises:
        NotFound: no camera has this serial.
        InvalidInput: no reason is given.
        Conflict: it is in service.
    """
    camera = find_camera(session, serial)
    if camera.in_service:
        raise Conflict("the camera is in service", where=serial)
    return _change(session, camera, None, why=why, by=by, at=at)


def find_camera(session: Session, serial: str) -> tables.Camera:
    """A camera by its serial. Raises NotFound."""
    row = tables.Camera
    camera = session.scalars(sa.select(row).where(row.serial == serial)).first()
    if camera is None:
        raise NotFound("no camera has this serial", got=serial)
    return camera


def works_at(camera: tables.Camera, moment: datetime) -> bool:
    """Whether a camera works then."""
    until = camera.out_of_service_at
    return camera.in_service if until is None else until > moment


def _change(
    session: Session,
    camera: tables.Camera,
    since: datetime | None,
    *,
    why: str,
    by: str,
    at: datetime,
) -> tables.Camera:
    """Write it down, and have the days summed again that it changes."""
    if not why.strip():
        raise InvalidInput("a reason is needed", where=camera.serial)
    before = service_of(camera)
    camera.in_service = since is None
    camera.out_of_service_at = since
    session.flush()
    mark_stale(session, camera_days(camera, before))
    record(
        session,
        Act.CAMERA_RETIRED if since is not None else Act.CAMERA_RESTORED,
        about=About(Subject.CAMERA, camera.id),
        actor=by,
        at=at,
        detail={"serial": camera.serial, **service_of(camera), "why": why},
        before=before,
    )
    return camera


@dataclass(frozen=True, slots=True)
class CameraLine:
    """One camera in a list: whether it works now and until when, and who has it now by badge."""

    serial: str
    model: str
    works: bool
    out_of_service_at: datetime | None
    badges: tuple[str, ...]


def list_cameras(
    session: Session, wanted: str, *, at: datetime, limit: int
) -> tuple[list[CameraLine], int]:
    """Cameras whose serial holds `wanted`, by serial: at most `limit`, and how many there are."""
    row, hand, officer = tables.Camera, tables.Assignment, tables.Officer
    which = row.serial.icontains(wanted, autoescape=True)
    count = session.scalar(sa.select(sa.func.count(row.id)).where(which)) or 0
    found = session.scalars(sa.select(row).where(which).order_by(row.serial).limit(limit)).all()
    holders = (
        sa.select(hand.camera_id, officer.badge)
        .join(officer, hand.officer_id == officer.id)
        .where(hand.camera_id.in_([one.id for one in found]), hand.starts_at <= at)
        .where(sa.or_(hand.ends_at.is_(None), hand.ends_at > at))
        .order_by(officer.badge)
    )
    held: dict[str, list[str]] = {}
    for camera, badge in session.execute(holders):
        held.setdefault(camera, []).append(badge)
    lines = [
        CameraLine(
            one.serial,
            one.model,
            works_at(one, at),
            one.out_of_service_at,
            tuple(held.get(one.id, ())),
        )
        for one in found
    ]
    return lines, count
