"""Cameras, for the administrator: which work, since when one is out of service, who has which."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from api.desk.forms import optional_moment
from api.desk.notes import Note
from api.desk.templating import Pages, PagesDep, back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.cameras import list_cameras, restore, retire
from bwc.coverage.hands import assign_camera, hands_of, take_back_camera
from bwc.errors import InvalidInput
from bwc.intake.tagging import match_again

router = APIRouter()
Administrator = Annotated[Actor, may(Right.MANAGE_CAMERAS)]
Text = Annotated[str, Form(max_length=500)]

SHOWN = 100


@router.get("/cameras")
def cameras(
    request: Request,
    house: HouseDep,
    _actor: Administrator,
    serial: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """Cameras whose serial holds what was typed, by serial."""
    with house.catalog.read() as session:
        now = house.clock.now()
        found, count = list_cameras(session, serial.strip(), at=now, limit=SHOWN)
        hands = hands_of(session, [one.serial for one in found])
    return get_pages(request).render(
        request, "cameras.html", cameras=found, count=count, hands=hands, serial=serial.strip()
    )


@router.post("/cameras/assign")
def assign(
    house: HouseDep, pages: PagesDep, actor: Administrator, serial: Text, badge: Text, since: Text
) -> Response:
    """Write down that an officer has a camera; what nobody could place is matched again."""
    moment, now = _moment(since, pages, where="since"), house.clock.now()
    with house.catalog.write() as session:
        assign_camera(session, serial, badge, since=moment, by=actor.username, at=now)
        match_again(session, by=actor.username, at=now)
        session.commit()
    return back_to("/cameras", Note.CAMERA_GIVEN)


@router.post("/cameras/take-back")
def take_back(
    house: HouseDep, pages: PagesDep, actor: Administrator, serial: Text, until: Text
) -> Response:
    """Write down until when the officer who has a camera had it."""
    moment = _moment(until, pages, where="until")
    with house.catalog.write() as session:
        take_back_camera(session, serial, until=moment, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/cameras", Note.CAMERA_BACK)


@router.post("/cameras/retire")
def put_out_of_service(
    house: HouseDep, pages: PagesDep, actor: Administrator, serial: Text, since: Text, why: Text
) -> Response:
    """Write down since when a camera is out of service."""
    moment = _moment(since, pages, where="since")
    with house.catalog.write() as session:
        retire(session, serial, since=moment, why=why, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/cameras", Note.CAMERA_CHANGED)


@router.post("/cameras/restore")
def put_in_service(house: HouseDep, actor: Administrator, serial: Text, why: Text) -> Response:
    """Take back that a camera went out of service."""
    with house.catalog.write() as session:
        restore(session, serial, why=why, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/cameras", Note.CAMERA_CHANGED)


def _moment(text: str, pages: Pages, *, where: str) -> datetime:
    """A moment of a form, which may not be empty. Raises InvalidInput."""
    moment = optional_moment(text, zone=pages.zone)
    if moment is None:
        raise InvalidInput("the moment is needed", where=where, expected="a date and time")
    return moment
