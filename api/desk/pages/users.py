"""Staff accounts, for the administrator."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk.notes import Note
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access import users as accounts
from bwc.access.passwords import MIN_LENGTH
from bwc.access.roles import Actor, Right
from bwc.access.second_factor import take_away
from bwc.access.users import NewUser
from bwc.catalog.user import Role
from bwc.catalog.views.staff import list_staff

router = APIRouter()
Administrator = Annotated[Actor, may(Right.MANAGE_USERS)]
Text = Annotated[str, Form()]


@router.get("/users")
def users(request: Request, house: HouseDep, _actor: Administrator) -> Response:
    """Every account."""
    with house.catalog.read() as session:
        found = list_staff(session)
    return get_pages(request).render(
        request, "users.html", users=found, roles=list(Role), min_length=MIN_LENGTH
    )


@router.post("/users")
def add_user(
    house: HouseDep,
    actor: Administrator,
    username: Text,
    role: Annotated[Role, Form()],
    password: Text,
    name: Text = "",
    badge: Text = "",
) -> Response:
    """Open an account."""
    new = NewUser(
        username=username.strip().lower(), name=name, role=role, badge=badge.strip() or None
    )
    with house.catalog.write() as session:
        accounts.create_user(
            session, new, password=password, by=actor.username, at=house.clock.now()
        )
        session.commit()
    return back_to("/users", Note.USER_CREATED)


@router.post("/users/{username}/role")
def give_role(
    username: str, house: HouseDep, actor: Administrator, role: Annotated[Role, Form()]
) -> Response:
    """Give an account another role."""
    with house.catalog.write() as session:
        accounts.change_role(session, username, role=role, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/users", Note.USER_CHANGED)


@router.post("/users/{username}/password")
def give_password(username: str, house: HouseDep, actor: Administrator, password: Text) -> Response:
    """Give an account a new password; its lock ends."""
    with house.catalog.write() as session:
        accounts.change_password(
            session, username, password=password, by=actor.username, at=house.clock.now()
        )
        session.commit()
    return back_to("/users", Note.USER_CHANGED)


@router.post("/users/{username}/second-factor")
def lose_second_factor(username: str, house: HouseDep, actor: Administrator) -> Response:
    """Take a second factor away, as when a telephone is lost."""
    with house.catalog.write() as session:
        take_away(session, username, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/users", Note.USER_CHANGED)


@router.post("/users/{username}/deactivate")
def close(username: str, house: HouseDep, actor: Administrator) -> Response:
    """Close an account."""
    with house.catalog.write() as session:
        accounts.deactivate(session, username, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/users", Note.USER_CHANGED)


@router.post("/users/{username}/reactivate")
def reopen(username: str, house: HouseDep, actor: Administrator) -> Response:
    """Open a closed account again."""
    with house.catalog.write() as session:
        accounts.reactivate(session, username, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/users", Note.USER_CHANGED)
