"""Staff accounts, for the administrator. No hash and no secret is ever told."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, SecretStr
from sqlalchemy.orm import Session

from api.desk.v1.schemas import Body, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access import users as accounts
from bwc.access.roles import Actor, Right
from bwc.access.second_factor import take_away
from bwc.access.users import NewUser
from bwc.catalog.user import Role
from bwc.catalog.views.staff import find_staff, list_staff

router = APIRouter(tags=["users"], responses=problem_responses(401, 403, 422))
CHANGES = problem_responses(404, 409)
Administrator = Annotated[Actor, may(Right.MANAGE_USERS)]


class UserRead(Read):
    """One account."""

    username: str
    name: str
    role: Role
    badge: str | None
    active: bool
    locked_until: datetime | None
    created_at: datetime
    has_second_factor: bool


class UserList(Read):
    """Every account, by user name."""

    items: list[UserRead]


class UserCreate(Body):
    """A person who is to have an account; an officer's names his badge."""

    username: str
    name: str = ""
    role: Role
    badge: str | None = None
    password: SecretStr


class UserUpdate(Body):
    """What is to change; what is left out stays. Sessions of the account end where rights change."""

    role: Role | None = None
    password: SecretStr | None = None
    active: bool | None = Field(None, description="false closes the account, true opens it again")


@router.get("/users")
def get_users(house: HouseDep, _actor: Administrator) -> UserList:
    """Every account."""
    with house.catalog.read() as session:
        return UserList(items=[UserRead.model_validate(one) for one in list_staff(session)])


@router.post("/users", status_code=HTTPStatus.CREATED, responses=problem_responses(409))
def create_user(body: UserCreate, house: HouseDep, actor: Administrator) -> UserRead:
    """Open an account."""
    new = NewUser(body.username.strip().lower(), body.name, body.role, body.badge or None)
    password = body.password.get_secret_value()
    with house.catalog.write() as session:
        accounts.create_user(
            session, new, password=password, by=actor.username, at=house.clock.now()
        )
        read = _read(session, new.username)
        session.commit()
    return read


@router.patch("/users/{username}", responses=CHANGES)
def update_user(username: str, body: UserUpdate, house: HouseDep, actor: Administrator) -> UserRead:
    """Give an account another role or password, close it, open it again: all of it or nothing."""
    by, now = actor.username, house.clock.now()
    with house.catalog.write() as session:
        accounts.get_user(session, username)
        if body.role is not None:
            accounts.change_role(session, username, role=body.role, by=by, at=now)
        if body.password is not None:
            password = body.password.get_secret_value()
            accounts.change_password(session, username, password=password, by=by, at=now)
        if body.active is not None:
            change = accounts.reactivate if body.active else accounts.deactivate
            change(session, username, by=by, at=now)
        read = _read(session, username)
        session.commit()
    return read


@router.delete("/users/{username}/second-factor", responses=CHANGES)
def remove_second_factor(username: str, house: HouseDep, actor: Administrator) -> UserRead:
    """Take a second factor away, as when a telephone or the key of the house is lost."""
    with house.catalog.write() as session:
        take_away(session, username, by=actor.username, at=house.clock.now())
        read = _read(session, username)
        session.commit()
    return read


def _read(session: Session, username: str) -> UserRead:
    session.flush()
    return UserRead.model_validate(find_staff(session, username))
