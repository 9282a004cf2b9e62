"""Sessions for programs: a password for a bearer token."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.desk import own_account
from api.desk.signing_in import sign_in_from
from api.desk.v1.schemas import Body, SessionCreate, SessionRead
from api.desk.visit import HouseDep, VisitDep, anyone_signed_in
from api.problems import problem_responses
from bwc.access.roles import Actor
from bwc.access.sessions import sign_out

router = APIRouter(tags=["sessions"], responses=problem_responses(422))


@router.post(
    "/sessions", status_code=HTTPStatus.CREATED, responses=problem_responses(403, 422, 429)
)
def create_session(request: Request, house: HouseDep, body: SessionCreate) -> SessionRead:
    """Sign in. The token locks after the idle time and ends after twelve hours."""
    signed_in = sign_in_from(
        request, house, username=body.username, password=body.password.get_secret_value()
    )
    return SessionRead(
        token=signed_in.token,
        username=signed_in.actor.username,
        role=signed_in.actor.role,
        idle_lock_minutes=house.settings.desk.idle_lock_minutes,
    )


class CodeCreate(Body):
    """A code of the second factor."""

    code: str = Field(max_length=20)


@router.post(
    "/sessions/current/code",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problem_responses(401, 403, 422),
)
def confirm_session(
    house: HouseDep,
    visit: VisitDep,
    actor: Annotated[Actor, anyone_signed_in()],
    body: CodeCreate,
) -> Response:
    """Confirm this session for 15 minutes; what needs it is refused as `second-factor` before."""
    own_account.confirm_session(house, actor, code=body.code, session_id=visit.session.id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.delete(
    "/sessions/current", status_code=HTTPStatus.NO_CONTENT, responses=problem_responses(401, 403)
)
def end_session(
    house: HouseDep, visit: VisitDep, _actor: Annotated[Actor, anyone_signed_in()]
) -> Response:
    """Sign out."""
    with house.catalog.write() as session:
        sign_out(session, visit.session.id, at=house.clock.now())
        session.commit()
    return Response(status_code=HTTPStatus.NO_CONTENT)
