"""One's own account: who one is here, and a new password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk import cookies
from api.desk.notes import Note
from api.desk.signing_in import limits_of
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, anyone_signed_in, may
from bwc.access.calendars import close_calendar, open_calendar
from bwc.access.passwords import MIN_LENGTH
from bwc.access.roles import RIGHTS, Actor, Right
from bwc.access.sessions import require_password
from bwc.access.users import change_password, get_user
from bwc.house import House

router = APIRouter()
Person = Annotated[Actor, anyone_signed_in()]


@router.get("/account")
def account(request: Request, house: HouseDep, actor: Person) -> Response:
    """Who one is, and what one may do."""
    return _page(request, house, actor, address=None)


@router.post("/account/calendar")
def new_calendar(
    request: Request, house: HouseDep, actor: Annotated[Actor, may(Right.SEE_QUEUE)]
) -> Response:
    """A calendar address of one's own, shown this once; an older one ends."""
    with house.catalog.write() as session:
        secret = open_calendar(session, actor.username, at=house.clock.now())
        session.commit()
    address = f"{str(request.base_url).rstrip('/')}/calendar/{secret}.ics"
    return _page(request, house, actor, address=address)


@router.post("/account/calendar/end")
def end_calendar(house: HouseDep, actor: Person) -> Response:
    """End one's own calendar address."""
    with house.catalog.write() as session:
        close_calendar(session, actor.username, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/account", Note.CALENDAR_ENDED)


@router.post("/account/password")
def new_password(
    house: HouseDep,
    actor: Person,
    current: Annotated[str, Form()],
    password: Annotated[str, Form()],
) -> Response:
    """Change one's own password; every session of the account ends, this one too."""
    now = house.clock.now()
    require_password(house.catalog, actor.username, current, limits=limits_of(house), at=now)
    with house.catalog.write() as session:
        change_password(session, actor.username, password=password, by=actor.username, at=now)
        session.commit()
    response = back_to("/sign-in", Note.ACCOUNT_RENEWED)
    cookies.drop_session(response, house.settings)
    return response


def _page(request: Request, house: House, actor: Actor, *, address: str | None) -> Response:
    with house.catalog.read() as session:
        user = get_user(session, actor.username)
        subscribed = user.calendar_sha256 is not None
        has_second_factor = user.second_factor is not None
    return get_pages(request).render(
        request,
        "account.html",
        rights=sorted(right.value for right in RIGHTS[actor.role]),
        min_length=MIN_LENGTH,
        address=address,
        subscribed=subscribed,
        has_second_factor=has_second_factor,
    )
