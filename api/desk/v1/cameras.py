"""Cameras: which work, who has which, given and taken back at an instant."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy.orm import Session

from api.desk.v1.paging import Limit
from api.desk.v1.schemas import Body, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.coverage.cameras import CameraLine, find_camera, list_cameras, restore, retire, works_at
from bwc.coverage.hands import assign_camera, hands_of, take_back_camera
from bwc.intake.tagging import match_again

router = APIRouter(tags=["cameras"], responses=problem_responses(401, 403, 422))
CHANGES = problem_responses(404, 409)
Administrator = Annotated[Actor, may(Right.MANAGE_CAMERAS)]


class CameraRead(Read):
    """One camera: whether it works now, until when, and who has it now by badge."""

    serial: str
    model: str
    works: bool
    out_of_service_at: datetime | None
    badges: list[str]


class CameraList(Read):
    """Cameras by serial; `count` is how many there are."""

    items: list[CameraRead]
    count: int


class HandRead(Read):
    """A camera in an officer's hands; `ends_at` is null while he has it."""

    serial: str
    badge: str
    officer: str
    starts_at: datetime
    ends_at: datetime | None


class HandList(Read):
    """Who had a camera, the newest first."""

    items: list[HandRead]


class ServiceUpdate(Body):
    """Since when a camera is out of service; null takes that back."""

    out_of_service_at: datetime | None
    why: str = Field(max_length=500)


class HandCreate(Body):
    """Who is given a camera, and when."""

    badge: str
    since: datetime


class HandEnd(Body):
    """When a camera was taken back: that instant its officer has it no more."""

    until: datetime


@router.get("/cameras")
def get_cameras(
    house: HouseDep,
    _actor: Administrator,
    serial: Annotated[str, Query(max_length=120, description="Part of the serial")] = "",
    limit: Limit = 50,
) -> CameraList:
    """Cameras whose serial holds what was asked, by serial."""
    with house.catalog.read() as session:
        found, count = list_cameras(session, serial, at=house.clock.now(), limit=limit)
    return CameraList(items=[CameraRead.model_validate(one) for one in found], count=count)


@router.patch("/cameras/{serial}", responses=CHANGES)
def update_camera(
    serial: str, body: ServiceUpdate, house: HouseDep, actor: Administrator
) -> CameraRead:
    """Write down since when a camera is out of service, or take that back."""
    now, since = house.clock.now(), body.out_of_service_at
    with house.catalog.write() as session:
        if since is None:
            restore(session, serial, why=body.why, by=actor.username, at=now)
        else:
            retire(session, serial, since=since, why=body.why, by=actor.username, at=now)
        read = _read(session, serial, now)
        session.commit()
    return read


@router.get("/cameras/{serial}/assignments", responses=CHANGES)
def get_assignments(serial: str, house: HouseDep, _actor: Administrator) -> HandList:
    """Who had a camera, the newest first."""
    with house.catalog.read() as session:
        find_camera(session, serial)
        found = hands_of(session, [serial]).get(serial, [])
    return HandList(items=[HandRead.model_validate(one) for one in found])


@router.post("/cameras/{serial}/assignments", status_code=HTTPStatus.CREATED, responses=CHANGES)
def create_assignment(
    serial: str, body: HandCreate, house: HouseDep, actor: Administrator
) -> HandRead:
    """Write down that an officer has a camera; what nobody could place is matched again."""
    now = house.clock.now()
    with house.catalog.write() as session:
        hand = assign_camera(
            session, serial, body.badge, since=body.since, by=actor.username, at=now
        )
        match_again(session, by=actor.username, at=now)
        session.commit()
    return HandRead.model_validate(hand)


@router.post("/cameras/{serial}/assignments/end", responses=CHANGES)
def end_assignment(serial: str, body: HandEnd, house: HouseDep, actor: Administrator) -> HandRead:
    """Write down until when the officer who has a camera had it."""
    with house.catalog.write() as session:
        hand = take_back_camera(
            session, serial, until=body.until, by=actor.username, at=house.clock.now()
        )
        session.commit()
    return HandRead.model_validate(hand)


def _read(session: Session, serial: str, now: datetime) -> CameraRead:
    row = find_camera(session, serial)
    hands = hands_of(session, [serial]).get(serial, [])
    held = (one for one in hands if one.starts_at <= now and (one.ends_at or now) >= now)
    badges = tuple(sorted({one.badge for one in held if one.ends_at != now}))
    return CameraRead.model_validate(
        CameraLine(row.serial, row.model, works_at(row, now), row.out_of_service_at, badges)
    )
