"""What a recipient meets at his link: a form for the code, then his recording. No staff session here.

Each request asks the gates anew; a page and the beginning of a film ask the rules too. Whoever is
turned away is told a plain reason, gets no byte, and is written down; so is each look.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.desk import cookies
from api.desk.captions import read_captions_beside
from api.desk.security import Throttle
from api.desk.signing_in import MINUTE_SECONDS, limits_of
from api.desk.templating import get_pages
from api.desk.visit import HouseDep
from api.ranges import Content, serve
from api.transcript import transcript
from bwc.errors import NotFound, NotPermitted
from bwc.house import House
from bwc.ids import Sha256
from bwc.in_force import packs_in_force
from bwc.release.links import Closed
from bwc.release.opening import (
    Door,
    Look,
    Refusal,
    Shown,
    enter,
    goes_on,
    look,
    note_look,
    note_refusal,
    while_open,
)

router = APIRouter()
VIDEO = "video/mp4"
PLAYER = "video"  # what a browser says that a player asks for (Fetch Metadata, Sec-Fetch-Dest)
STATUS: dict[Refusal | Closed, HTTPStatus] = {
    Refusal.UNKNOWN: HTTPStatus.NOT_FOUND,
    Closed.REVOKED: HTTPStatus.GONE,
    Closed.EXPIRED: HTTPStatus.GONE,
    Closed.WITHDRAWN: HTTPStatus.GONE,
    Closed.ENDED: HTTPStatus.GONE,
    Closed.GONE: HTTPStatus.GONE,
    Closed.ANEW: HTTPStatus.GONE,
    Closed.PREPARING: HTTPStatus.SERVICE_UNAVAILABLE,
}
SAID = {
    Refusal.UNKNOWN: "There is no such link. Check that you copied the whole address.",
    Refusal.NO_CODE: "Open the address that you were given and enter your code there first.",
    Refusal.NOT_A_COPY: "The law lets you watch this recording. It does not give you a copy.",
    Refusal.NOT_A_PLAYER: "This film plays on its page. Open the address that you were given.",
}


class _Turned(Exception):
    """Somebody is turned away, for this reason."""

    def __init__(self, link_id: str | None, why: Refusal | Closed) -> None:
        """Keep the parts."""
        super().__init__(why.value)
        self.link_id, self.why = link_id, why


@router.get("/shared/{token}")
def page(request: Request, token: str, house: HouseDep) -> Response:
    """The recording of this link, or the form for its code."""
    try:
        door, shown = _met(request, house, token, is_thorough=True)
    except _Turned as turned:
        return _turn_away(request, house, turned)
    if not door.is_visitor:
        return _form(request, refusal="", status=HTTPStatus.OK)
    note_look(house.catalog, shown, Look.PAGE, at=house.clock.now())
    return get_pages(request).render(
        request,
        "shared.html",
        shown=shown,
        lines=transcript(_said(house, shown)),
        now=house.clock.now(),
        size_bytes=house.vault.size(_bytes_of(shown)),
    )


@router.post("/shared/{token}")
def give_code(
    request: Request, token: str, house: HouseDep, code: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Take the code; the right one opens a visit in this browser."""
    _count(request, house)
    try:
        _, shown = _met(request, house, token, is_thorough=True)
    except _Turned as turned:
        return _turn_away(request, house, turned)
    try:
        secret = enter(
            house.catalog, shown.link_id, code, limits=limits_of(house), at=house.clock.now()
        )
    except NotPermitted as refusal:
        return _form(request, refusal=str(refusal), status=HTTPStatus.FORBIDDEN)
    path = f"/shared/{token}"
    response = RedirectResponse(path, HTTPStatus.SEE_OTHER)
    cookies.keep_visit(response, secret, house.settings, path=path)
    return response


@router.api_route("/shared/{token}/video", methods=["GET", "HEAD"])
def video(request: Request, token: str, house: HouseDep) -> Response:
    """The film for the player of the page: whole, or a range of it."""
    try:
        shown = _admitted(request, house, token, Look.STREAM)
    except _Turned as turned:
        return _turn_away(request, house, turned)
    return _serve(request, house, shown, Look.STREAM, disposition="inline")


@router.api_route("/shared/{token}/copy", methods=["GET", "HEAD"])
def copy(request: Request, token: str, house: HouseDep) -> Response:
    """The file to keep, where the law gives him one."""
    try:
        shown = _admitted(request, house, token, Look.COPY)
    except _Turned as turned:
        return _turn_away(request, house, turned)
    name = f"recording-{shown.link_id[-8:]}.mp4"
    return _serve(request, house, shown, Look.COPY, disposition=f'attachment; filename="{name}"')


@router.api_route("/shared/{token}/captions.vtt", methods=["GET", "HEAD"])
def captions(request: Request, token: str, house: HouseDep) -> Response:
    """The captions for the player of the page, which shows the same words."""
    try:
        shown = _visited(request, house, token)
    except _Turned as turned:
        return _turn_away(request, house, turned)
    text = _said(house, shown)
    if not text:
        raise NotFound("there are no captions", where=shown.link_id)
    return Response(text, media_type="text/vtt", headers={"x-robots-tag": "noindex"})


def _said(house: House, shown: Shown) -> str:
    return read_captions_beside(house, shown.release_id, rendering_id=shown.rendering_id)


def _met(request: Request, house: House, token: str, *, is_thorough: bool) -> tuple[Door, Shown]:
    """The link of this token, if there is one and it is open. Raises _Turned."""
    now = _local_now(house)
    with house.catalog.read() as session:
        packs = packs_in_force(session, house.settings.department) if is_thorough else None
        door = look(session, token, visit=cookies.visit_secret(request), at=now, packs=packs)
    if door.shown is None:
        raise _Turned(None, Refusal.UNKNOWN)
    if door.closed is not None:
        raise _Turned(door.shown.link_id, door.closed)
    return door, door.shown


def _visited(request: Request, house: House, token: str) -> Shown:
    """What a visitor who gave the code is shown. Raises _Turned: unknown, closed, no code."""
    door, shown = _met(request, house, token, is_thorough=False)
    if not door.is_visitor:
        raise _Turned(shown.link_id, Refusal.NO_CODE)
    return shown


def _admitted(request: Request, house: House, token: str, seen: Look) -> Shown:
    """What a visitor is shown of the film. The rules are asked where a look begins.

    Raises:
        _Turned: unknown, closed, no code was given, or it may be watched on its page alone.
    """
    shown = _visited(request, house, token)
    if shown.view_only and seen is Look.COPY:
        raise _Turned(shown.link_id, Refusal.NOT_A_COPY)
    if shown.view_only and request.headers.get("sec-fetch-dest", PLAYER) != PLAYER:
        raise _Turned(shown.link_id, Refusal.NOT_A_PLAYER)
    if seen is Look.COPY or not goes_on(shown, house.clock.now()):
        _met(request, house, token, is_thorough=True)
    return shown


def _serve(
    request: Request, house: House, shown: Shown, seen: Look, *, disposition: str
) -> Response:
    """The bytes; the look is written down before the first of them. HEAD sends none."""
    sha256 = _bytes_of(shown)
    if request.method == "GET":
        note_look(house.catalog, shown, seen, at=house.clock.now())
    content = Content(
        size_bytes=house.vault.size(sha256),
        etag=sha256,
        content_type=VIDEO,
        read=lambda start, length: while_open(
            house.catalog,
            shown.link_id,
            house.vault.read(sha256, start=start, length=length),
            now=house.clock.now,
        ),
    )
    headers = {"content-disposition": disposition, "x-robots-tag": "noindex"}
    return serve(request, content, headers=headers)


def _bytes_of(shown: Shown) -> Sha256:
    if shown.sha256 is None:
        raise NotFound("the copy is not made yet", where=shown.link_id)
    return shown.sha256


def _turn_away(request: Request, house: House, turned: _Turned) -> Response:
    """Say why in plain words, show nothing, write it down."""
    _count(request, house)
    note_refusal(house.catalog, turned.link_id, turned.why, at=house.clock.now())
    said = turned.why.value if isinstance(turned.why, Closed) else SAID[turned.why]
    return get_pages(request).render(
        request,
        "shared_closed.html",
        status=STATUS.get(turned.why, HTTPStatus.FORBIDDEN),
        said=said,
    )


def _form(request: Request, *, refusal: str, status: HTTPStatus) -> Response:
    page = get_pages(request)
    return page.render(request, "shared_code.html", status=status, refusal=refusal)


def _count(request: Request, house: House) -> None:
    """Count one try of this address. Raises EdgeProblem where there were too many."""
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else "unknown"
    minute = int(house.clock.now().timestamp()) // MINUTE_SECONDS
    throttle.count(f"shared {address}", minute=minute)


def _local_now(house: House) -> datetime:
    return house.clock.now().astimezone(ZoneInfo(house.settings.department.timezone))
