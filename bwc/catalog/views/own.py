"""What is an officer's own: his calls, and the cameras in his hands."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Call, CallUnit
from bwc.catalog.people import Assignment, Camera


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A call that he was sent to."""

    number: str
    type: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class OwnCamera:
    """A camera in his hands now, and since when."""

    serial: str
    model: str
    since: datetime


def own_calls(session: Session, officer_id: str, *, since: datetime, limit: int) -> list[OwnCall]:
    """Calls that an officer was on since then, the newest first, each once."""
    query = (
        sa.select(Call.number, Call.type, Call.received_at)
        .where(Call.id.in_(sa.select(CallUnit.call_id).where(CallUnit.officer_id == officer_id)))
        .where(Call.received_at >= since)
        .order_by(Call.received_at.desc(), Call.number)
        .limit(limit)
    )
    return [OwnCall(*row) for row in session.execute(query)]


def own_cameras(session: Session, officer_id: str, *, at: datetime) -> list[OwnCamera]:
    """The cameras that an officer has now, by serial."""
    query = (
        sa.select(Camera.serial, Camera.model, Assignment.starts_at)
        .join(Assignment, Assignment.camera_id == Camera.id)
        .where(Assignment.officer_id == officer_id, Assignment.starts_at <= at)
        .where(sa.or_(Assignment.ends_at.is_(None), Assignment.ends_at > at))
        .order_by(Camera.serial)
    )
    return [OwnCamera(*row) for row in session.execute(query)]
