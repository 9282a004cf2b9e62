"""Who is asking: the session behind a request, its CSRF token, and the right that a route demands.

Every route of the desk but the public ones declares its right by `may(...)`; a test walks all
routes and holds each against the one table in `bwc.access.roles`.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from api.desk.cookies import session_token
from api.problems import EdgeProblem
from bwc.access.roles import Actor, Right, require_in_part
from bwc.access.second_factor import GUARDED, is_confirmed
from bwc.access.sessions import OpenSession, find_session, peek_session, same_secret
from bwc.house import House

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
SECOND_FACTOR = "second-factor"
REFRESH = "refresh"  # a page that reloads itself says so, and keeps no session alive
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Proof(StrEnum):
    """How a request proved who sends it."""

    COOKIE = "cookie"
    BEARER = "bearer"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of a signed-in person."""

    session: OpenSession
    proof: Proof

    @property
    def actor(self) -> Actor:
        """The person."""
        return self.session.actor


def get_house(request: Request) -> House:
    """The house that the application factory opened."""
    house: House = request.app.state.house
    return house


HouseDep = Annotated[House, Depends(get_house)]


def get_visit(request: Request, house: HouseDep) -> Visit:
    """The signed-in person behind `request`.

    Raises:
        EdgeProblem: nobody is signed in, or the session was locked.
    """
    visit = find_visit(request, house)
    if visit is None:
        raise EdgeProblem(
            HTTPStatus.UNAUTHORIZED,
            code="sign-in",
            detail="Sign in first; an idle session is locked",
            headers={"www-authenticate": "Bearer"},
        )
    request.state.visit = visit
    return visit


def find_visit(request: Request, house: House) -> Visit | None:
    """The signed-in person behind `request`, if there is one."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token, proof = given.strip(), Proof.BEARER
    else:
        token, proof = session_token(request, house.settings) or "", Proof.COOKIE
    if not token:
        return None
    idle = timedelta(minutes=house.settings.desk.idle_lock_minutes)
    look = peek_session if _comes_by_itself(request) else find_session
    session = look(house.catalog, token, idle=idle, at=house.clock.now())
    return None if session is None else Visit(session, proof)


def _comes_by_itself(request: Request) -> bool:
    """Whether the page sent this, and not the person."""
    wants_events = request.headers.get("accept", "").startswith("text/event-stream")
    return wants_events or REFRESH in request.query_params


VisitDep = Annotated[Visit, Depends(get_visit)]


async def check_csrf(request: Request, expected: str) -> None:
    """Refuse a request that changes something and was not sent from one of our pages.

    Raises:
        EdgeProblem: the token is missing or another one.
    """
    given = request.headers.get(CSRF_HEADER, "")
    if not given and request.headers.get("content-type", "").startswith(FORMS):
        form: FormData = await request.form()
        given = str(form.get(CSRF_FIELD, ""))
    if not same_secret(given, expected):
        raise EdgeProblem(
            HTTPStatus.FORBIDDEN,
            code="forged-form",
            detail="This form is out of date. Go back, reload the page and send it again",
        )


def require_confirmed(visit: Visit, house: House) -> None:
    """Refuse where a second factor is due and its code was not given lately.

    Raises:
        EdgeProblem: with the code `second-factor`.
    """
    opened = visit.session
    if not opened.has_second_factor and not house.settings.desk.second_factor:
        return
    if opened.has_second_factor and is_confirmed(opened.confirmed_at, house.clock.now()):
        return
    raise EdgeProblem(
        HTTPStatus.FORBIDDEN,
        code=SECOND_FACTOR,
        detail="Give a code of your second factor first, then do it again"
        if opened.has_second_factor
        else "This needs a second factor. Set one up in your account first",
    )


@dataclass(frozen=True, slots=True)
class May:
    """The guard of a route: a session, the CSRF token where it changes something, the right."""

    right: Right | None

    async def __call__(self, request: Request, visit: VisitDep, house: HouseDep) -> Actor:
        """The person who asks, if the route is open to him; files of a refused form are let go."""
        try:
            return await self._let_in(request, visit, house)
        except Exception:
            await request.close()
            raise

    async def _let_in(self, request: Request, visit: Visit, house: House) -> Actor:
        if request.method not in SAFE_METHODS and visit.proof is Proof.COOKIE:
            await check_csrf(request, visit.session.csrf_token)
        if self.right is not None:
            require_in_part(visit.actor, self.right)
            if request.method not in SAFE_METHODS and self.right in GUARDED:
                require_confirmed(visit, house)
        return visit.actor


def may(right: Right) -> Any:
    """Open a route to those who have `right`, or its own-recordings part."""
    return Depends(May(right))


def anyone_signed_in() -> Any:
    """Open a route to everyone who is signed in."""
    return Depends(May(None))
