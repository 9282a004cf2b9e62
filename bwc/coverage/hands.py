"""In whose hands a camera is: assigned at an instant, taken back at an instant.

What was measured of other times stays as it is; the days that a change touches are summed again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.clock import iso
from bwc.coverage.cameras import find_camera, works_at
from bwc.coverage.import_days import LAST_MOMENT
from bwc.coverage.stale_days import mark_stale
from bwc.coverage.sums import Days
from bwc.coverage.years import moment_asked
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound

A_DAY = timedelta(days=1)  # more than any zone is from UTC


@dataclass(frozen=True, slots=True)
class Hand:
    """A camera in an officer's hands over `[starts_at, ends_at)`; open where `ends_at` is None."""

    serial: str
    badge: str
    officer: str
    starts_at: datetime
    ends_at: datetime | None


def assign_camera(
    session: Session, serial: str, badge: str, *, since: datetime, by: str, at: datetime
) -> Hand:
    """Write down that an officer has a camera from `since` on.

    Raises:
        NotFound: no such camera, or no officer of this badge.
        InvalidInput: a time that no record can have.
        Conflict: the camera is out of service then, or in somebody's hands then or later.
    """
    moment = moment_asked(since)
    camera, officer = find_camera(session, serial), _officer(session, badge)
    if not works_at(camera, moment):
        raise Conflict("the camera is out of service then", where=serial, got=iso(moment))
    for other, holder in _hands(session, camera.id):
        if other.ends_at is None or other.ends_at > moment:
            raise Conflict(
                f"badge {holder.badge} has this camera {_when(other)}",
                where=serial,
                advice="Take it back first, at the moment at which it was given on",
            )
    row = tables.Assignment(
        camera_id=camera.id, officer_id=officer.id, starts_at=moment, ends_at=None
    )
    session.add(row)
    session.flush()
    mark_stale(session, Days(moment.date() - A_DAY, LAST_MOMENT.date()))
    hand = Hand(serial, officer.badge, officer.name, moment, None)
    _note(session, camera.id, hand, by=by, at=at)
    return hand


def take_back_camera(
    session: Session, serial: str, *, until: datetime, by: str, at: datetime
) -> Hand:
    """Write down until when the officer who has a camera had it: that instant no more.

    Raises:
        NotFound: no such camera.
        InvalidInput: a time that no record can have.
        Conflict: nobody has it, or it was given to him only then or later.
    """
    moment = moment_asked(until)
    camera = find_camera(session, serial)
    held = [found for found in _hands(session, camera.id) if found[0].ends_at is None]
    if not held:
        raise Conflict("nobody has this camera", where=serial)
    if len(held) > 1:
        badges = ", ".join(officer.badge for _, officer in held)
        raise Conflict(
            "more than one officer has this camera",
            where=serial,
            got=badges,
            advice="Mend it by importing assignments.csv with the end of each",
        )
    row, officer = held[0]
    if row.starts_at >= moment:
        raise Conflict(
            "it cannot be taken back before it was given",
            where=serial,
            expected=f"a moment after {iso(row.starts_at)}",
            got=iso(moment),
        )
    row.ends_at = moment
    session.flush()
    mark_stale(session, Days(moment.date() - A_DAY, LAST_MOMENT.date()))
    hand = Hand(serial, officer.badge, officer.name, row.starts_at, moment)
    _note(session, camera.id, hand, by=by, at=at)
    return hand


def hands_of(session: Session, serials: list[str]) -> dict[str, list[Hand]]:
    """Who had each of these cameras, the newest first, by serial."""
    row, officer, camera = tables.Assignment, tables.Officer, tables.Camera
    query = (
        sa.select(row, officer, camera.serial)
        .join(officer, officer.id == row.officer_id)
        .join(camera, camera.id == row.camera_id)
        .where(camera.serial.in_(serials))
        .order_by(row.starts_at.desc(), row.id)
    )
    found: dict[str, list[Hand]] = {}
    for hand, holder, serial in session.execute(query):
        line = Hand(serial, holder.badge, holder.name, hand.starts_at, hand.ends_at)
        found.setdefault(serial, []).append(line)
    return found


def _hands(session: Session, camera_id: str) -> list[tuple[tables.Assignment, tables.Officer]]:
    """Who had a camera, in order; the camera is held against every other change meanwhile."""
    session.get_one(tables.Camera, camera_id, with_for_update=True)
    row, officer = tables.Assignment, tables.Officer
    query = sa.select(row, officer).join(officer, officer.id == row.officer_id)
    found = session.execute(query.where(row.camera_id == camera_id).order_by(row.starts_at))
    return [(hand, holder) for hand, holder in found]


def _officer(session: Session, badge: str) -> tables.Officer:
    row = tables.Officer
    officer = session.scalars(sa.select(row).where(row.badge == badge.strip())).first()
    if officer is None:
        raise NotFound("no officer wears this badge", where=badge)
    return officer


def _when(hand: tables.Assignment) -> str:
    end = "now" if hand.ends_at is None else iso(hand.ends_at)
    return f"from {iso(hand.starts_at)} to {end}"


def _note(session: Session, camera_id: str, hand: Hand, *, by: str, at: datetime) -> None:
    """The custody entry: an open hand was given, one with an end was taken back."""
    ends_at = hand.ends_at
    record(
        session,
        Act.CAMERA_ASSIGNED if ends_at is None else Act.CAMERA_TAKEN_BACK,
        about=About(Subject.CAMERA, camera_id),
        actor=by,
        at=at,
        detail={
            "serial": hand.serial,
            "badge": hand.badge,
            "starts_at": iso(hand.starts_at),
            "ends_at": None if ends_at is None else iso(ends_at),
        },
        before=None if ends_at is None else {"ends_at": None},
    )
