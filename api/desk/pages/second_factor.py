"""The second factor: setting it up, and giving its code before what cannot be undone."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.notes import Note
from api.desk.pages.sign_in import inside
from api.desk.signing_in import limits_of
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, VisitDep, anyone_signed_in
from bwc.access.codes import address_of, new_secret
from bwc.access.roles import Actor
from bwc.access.second_factor import Attempt, confirm, set_up
from bwc.access.sessions import require_password
from bwc.errors import NotPermitted

router = APIRouter()
Person = Annotated[Actor, anyone_signed_in()]
GROUP = 4  # letters of a secret that are read at once


@router.get("/account/second-factor")
def offer(request: Request, house: HouseDep, actor: Person) -> Response:
    """A fresh secret to put into an app; it counts once a code of it was given."""
    secret = new_secret()
    return get_pages(request).render(
        request,
        "second_factor.html",
        secret=secret,
        spoken=" ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP)),
        address=address_of(
            secret, username=actor.username, department=house.settings.department.name
        ),
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
    now = house.clock.now()
    require_password(house.catalog, actor.username, current, limits=limits_of(house), at=now)
    with house.catalog.write() as session:
        set_up(session, secret, Attempt(actor.username, code, now))
        session.commit()
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
        attempt = Attempt(actor.username, code, house.clock.now())
        confirm(house.catalog, attempt, session_id=visit.session.id, limits=limits_of(house))
    except NotPermitted as refusal:
        return get_pages(request).render(
            request,
            "code.html",
            status=HTTPStatus.FORBIDDEN,
            target=inside(target),
            refusal=str(refusal),
        )
    return back_to(inside(target), Note.CODE_TAKEN)
