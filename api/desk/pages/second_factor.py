"""The second factor: setting it up, and giving its code before what cannot be undone."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.notes import Note
from api.desk.own_account import confirm_session, offer_second_factor, take_second_factor
from api.desk.templating import back_to, get_pages, inside
from api.desk.visit import HouseDep, VisitDep, anyone_signed_in
from bwc.access.roles import Actor
from bwc.errors import NotPermitted

router = APIRouter()
Person = Annotated[Actor, anyone_signed_in()]


@router.get("/account/second-factor")
def offer(request: Request, house: HouseDep, actor: Person) -> Response:
    """A fresh secret to put into an app; it counts once a code of it was given."""
    return get_pages(request).render(
        request, "second_factor.html", offer=offer_second_factor(house, actor)
    )


@router.post("/account/second-factor")
def take(
    house: HouseDep,
    actor: Person,
    secret: Annotated[str, Form()],
    code: Annotated[str, Form()],
    current: Annotated[str, Form()],
) -> Response:
    """Set it up; the password proves that nobody else sits here."""
    take_second_factor(house, actor, secret=secret, code=code, current=current)
    return back_to("/account", Note.SECOND_FACTOR_SET)


@router.get("/code")
def ask(
    request: Request,
    visit: VisitDep,
    _actor: Person,
    next: str = "/",  # noqa: A002  the address says it so
) -> Response:
    """The form for a code; whoever has no second factor is sent to set one up."""
    if not visit.session.has_second_factor:
        return RedirectResponse("/account/second-factor", HTTPStatus.SEE_OTHER)
    return get_pages(request).render(request, "code.html", target=inside(next), refusal="")


@router.post("/code")
def give(
    request: Request,
    house: HouseDep,
    visit: VisitDep,
    actor: Person,
    code: Annotated[str, Form()],
    target: Annotated[str, Form()] = "/",
) -> Response:
    """Take a code and go back to where it was asked for."""
    try:
        confirm_session(house, actor, code=code, session_id=visit.session.id)
    except NotPermitted as refusal:
        return get_pages(request).render(
            request,
            "code.html",
            status=HTTPStatus.FORBIDDEN,
            target=inside(target),
            refusal=str(refusal),
        )
    return back_to(inside(target), Note.CODE_TAKEN)
