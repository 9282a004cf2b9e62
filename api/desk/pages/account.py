"""One's own account: who one is here, and a new password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk import cookies
from api.desk.notes import Note
from api.desk.own_account import drop_calendar, make_calendar, own_account, renew_password
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, anyone_signed_in, may
from bwc.access.passwords import MIN_LENGTH
from bwc.access.roles import RIGHTS, Actor, Right
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
    address = make_calendar(house, actor, base_url=str(request.base_url))
    return _page(request, house, actor, address=address)


@router.post("/account/calendar/end")
def end_calendar(house: HouseDep, actor: Person) -> Response:
    """End one's own calendar address."""
    drop_calendar(house, actor)
    return back_to("/account", Note.CALENDAR_ENDED)


@router.post("/account/password")
def new_password(
    house: HouseDep,
    actor: Person,
    current: Annotated[str, Form()],
    password: Annotated[str, Form()],
) -> Response:
    """Change one's own password; every session of the account ends, this one too."""
    renew_password(house, actor, current=current, password=password)
    response = back_to("/sign-in", Note.ACCOUNT_RENEWED)
    cookies.drop_session(response, house.settings)
    return response


def _page(request: Request, house: House, actor: Actor, *, address: str | None) -> Response:
    own = own_account(house, actor)
    return get_pages(request).render(
        request,
        "account.html",
        rights=sorted(right.value for right in RIGHTS[actor.role]),
        min_length=MIN_LENGTH,
        address=address,
        subscribed=own.subscribed,
        has_second_factor=own.has_second_factor,
    )
