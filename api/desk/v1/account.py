"""One's own account: password, second factor, calendar address."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from api.desk import own_account
from api.desk.v1.schemas import Body, Read
from api.desk.visit import HouseDep, anyone_signed_in, may
from api.problems import problem_responses
from bwc.access.roles import RIGHTS, Actor, Right
from bwc.catalog.user import Role

router = APIRouter(tags=["account"], responses=problem_responses(401, 403, 422))
Person = Annotated[Actor, anyone_signed_in()]
NOTHING = HTTPStatus.NO_CONTENT


class AccountRead(Read):
    """Who one is here, and what one may do."""

    username: str
    name: str
    role: Role
    rights: list[str]
    has_second_factor: bool
    has_calendar: bool


class PasswordUpdate(Body):
    """A new password, and the present one."""

    current: SecretStr
    password: SecretStr


class FactorOffer(Read):
    """A fresh secret, kept nowhere: it counts once it came back with a code of it."""

    secret: str
    address: str = Field(description="What an authenticator app reads, as a link or a QR code")


class FactorCreate(Body):
    """The secret that an app was given, a code that it shows, and the password."""

    secret: SecretStr
    code: str = Field(max_length=20)
    current: SecretStr


class CalendarRead(Read):
    """A calendar's address, shown this once."""

    address: str


@router.get("/account")
def get_account(house: HouseDep, actor: Person) -> AccountRead:
    """Who one is, and what one may do."""
    own = own_account.own_account(house, actor)
    return AccountRead(
        username=actor.username,
        name=actor.name,
        role=actor.role,
        rights=sorted(right.value for right in RIGHTS[actor.role]),
        has_second_factor=own.has_second_factor,
        has_calendar=own.subscribed,
    )


@router.post("/account/password", status_code=NOTHING)
def create_password(body: PasswordUpdate, house: HouseDep, actor: Person) -> Response:
    """Change one's own password; every session of the account ends, this one too."""
    own_account.renew_password(
        house,
        actor,
        current=body.current.get_secret_value(),
        password=body.password.get_secret_value(),
    )
    return Response(status_code=NOTHING)


@router.get("/account/second-factor")
def offer_factor(house: HouseDep, actor: Person) -> FactorOffer:
    """A fresh secret to put into an app."""
    offer = own_account.offer_second_factor(house, actor)
    return FactorOffer(secret=offer.secret, address=offer.address)


@router.post("/account/second-factor", status_code=NOTHING, responses=problem_responses(409))
def create_factor(body: FactorCreate, house: HouseDep, actor: Person) -> Response:
    """Set a second factor up."""
    own_account.take_second_factor(
        house,
        actor,
        secret=body.secret.get_secret_value(),
        code=body.code,
        current=body.current.get_secret_value(),
    )
    return Response(status_code=NOTHING)


@router.post("/account/calendar", status_code=HTTPStatus.CREATED)
def create_calendar(
    request: Request, house: HouseDep, actor: Annotated[Actor, may(Right.SEE_QUEUE)]
) -> CalendarRead:
    """A calendar address of one's own; an older one ends."""
    address = own_account.make_calendar(house, actor, base_url=str(request.base_url))
    return CalendarRead(address=address)


@router.delete("/account/calendar", status_code=NOTHING)
def remove_calendar(house: HouseDep, actor: Person) -> Response:
    """End one's own calendar address."""
    own_account.drop_calendar(house, actor)
    return Response(status_code=NOTHING)
