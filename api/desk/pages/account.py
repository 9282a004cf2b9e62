"""One's own account: who one is here, and a new password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk import cookies
from api.desk.notes import Note
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, anyone_signed_in
from bwc.access.passwords import MIN_LENGTH, verify_password
from bwc.access.roles import RIGHTS, Actor
from bwc.access.users import change_password, get_user
from bwc.errors import InvalidInput

router = APIRouter()
Person = Annotated[Actor, anyone_signed_in()]


@router.get("/account")
def account(request: Request, actor: Person) -> Response:
    """Who one is, and what one may do."""
    rights = sorted(right.value for right in RIGHTS[actor.role])
    return get_pages(request).render(request, "account.html", rights=rights, min_length=MIN_LENGTH)


@router.post("/account/password")
def new_password(
    house: HouseDep,
    actor: Person,
    current: Annotated[str, Form()],
    password: Annotated[str, Form()],
) -> Response:
    """Change one's own password; every session of the account ends, this one too."""
    with house.catalog.read() as session:
        hashed = get_user(session, actor.username).password_hash
    if not verify_password(current, hashed)[0]:
        raise InvalidInput("the current password is wrong", where="current password")
    with house.catalog.write() as session:
        change_password(
            session, actor.username, password=password, by=actor.username, at=house.clock.now()
        )
        session.commit()
    response = back_to("/sign-in", Note.ACCOUNT_RENEWED)
    cookies.drop_session(response, house.settings)
    return response
