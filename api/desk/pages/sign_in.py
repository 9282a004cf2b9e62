"""Signing in and out. The form carries a token before there is a session (login CSRF)."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.desk import cookies
from api.desk.notes import Note
from api.desk.signing_in import sign_in_from
from api.desk.templating import back_to, get_pages, inside
from api.desk.visit import HouseDep, VisitDep, anyone_signed_in, check_csrf, find_visit
from bwc.access.roles import Actor
from bwc.access.sessions import new_secret, sign_out
from bwc.errors import NotPermitted
from bwc.house import House

router = APIRouter()


async def check_form_token(request: Request, house: HouseDep) -> None:
    """The sign-in form was fetched from here, by this browser."""
    await check_csrf(request, cookies.form_token(request, house.settings) or new_secret())


@router.get("/sign-in")
def sign_in_page(
    request: Request,
    house: HouseDep,
    next: str = "/",  # noqa: A002  the address says it so
) -> Response:
    """The sign-in form; whoever is signed in already is sent on."""
    if find_visit(request, house) is not None:
        return RedirectResponse(inside(next), HTTPStatus.SEE_OTHER)
    return _form(request, house, target=next, refusal="", status=HTTPStatus.OK)


@router.post("/sign-in", dependencies=[Depends(check_form_token)])
def sign_in_form(
    request: Request,
    house: HouseDep,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    target: Annotated[str, Form()] = "/",
) -> Response:
    """Check the password; give the browser its session."""
    try:
        signed_in = sign_in_from(request, house, username=username, password=password)
    except NotPermitted as refusal:
        return _form(
            request, house, target=target, refusal=str(refusal), status=HTTPStatus.FORBIDDEN
        )
    response = RedirectResponse(inside(target), HTTPStatus.SEE_OTHER)
    cookies.keep_session(response, signed_in.token, house.settings)
    return response


@router.post("/sign-out")
def sign_out_form(
    house: HouseDep, visit: VisitDep, _actor: Annotated[Actor, anyone_signed_in()]
) -> Response:
    """End the session here and in the catalog."""
    with house.catalog.write() as session:
        sign_out(session, visit.session.id, at=house.clock.now())
        session.commit()
    response = back_to("/sign-in", Note.SIGNED_OUT)
    cookies.drop_session(response, house.settings)
    return response


def _form(
    request: Request, house: House, *, target: str, refusal: str, status: HTTPStatus
) -> Response:
    token = cookies.form_token(request, house.settings) or new_secret()
    response = get_pages(request).render(
        request,
        "sign_in.html",
        status=status,
        form_token=token,
        target=inside(target),
        refusal=refusal,
    )
    cookies.keep_form_token(response, token, house.settings)
    return response
