"""Cameras, for the administrator: which work, and since when one is out of service."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from api.desk.forms import optional_moment
from api.desk.notes import Note
from api.desk.templating import PagesDep, back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.cameras import list_cameras, restore, retire
from bwc.errors import InvalidInput

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
    return get_pages(request).render(
        request, "cameras.html", cameras=found, count=count, serial=serial.strip()
    )


@router.post("/cameras/retire")
def put_out_of_service(
    house: HouseDep, pages: PagesDep, actor: Administrator, serial: Text, since: Text, why: Text
) -> Response:
    """Write down since when a camera is out of service."""
    moment = optional_moment(since, zone=pages.zone)
    if moment is None:
        raise InvalidInput("since when is needed", where="since", expected="a date and time")
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
