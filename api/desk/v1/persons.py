"""The persons of a recording: who is in it, and a picture of each, for those who redact it.

Whoever stays visible does so by a named person's word and for a reason. The pictures show what is hidden elsewhere; each look is written down before the first byte.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy.orm import Session

from api.desk.ranges import stream
from api.desk.v1.schemas import Body, JobRead, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.access.viewing import Shown, Viewing, note_viewing
from bwc.catalog.job import Job
from bwc.catalog.views.jobs import view_job
from bwc.errors import NotFound
from bwc.house import House
from bwc.redaction.choose import Choice, hide_again, leave_visible
from bwc.redaction.keep_persons import view_persons
from bwc.redaction.person_list import Standing

router = APIRouter(tags=["recordings"], responses=problem_responses(422))
PICTURE = "image/jpeg"
Decider = Annotated[Actor, may(Right.UNHIDE_PERSON)]
Reviewer = Annotated[Actor, may(Right.SEE_PERSONS)]


class PersonRead(Read):
    """One person of the newest plan; a number within that plan, never a name."""

    person: int
    standing: Standing
    tracks: list[int]
    first_second: float = Field(description="Since the first picture")
    last_second: float
    reasons: list[str] = Field(description="Why he stays visible; empty where he is hidden")
    authors: list[str]
    crop: str | None = Field(description="Where his picture is; null where there is none")


class PersonList(Read):
    """The persons of a recording's newest plan; `plan_version` is null where there is no plan."""

    plan_version: int | None
    items: list[PersonRead]


class Unhiding(Body):
    """Why a person stays visible; it is kept with each of his tracks."""

    reason: str = Field(min_length=1)


@router.get("/recordings/{recording_id}/persons", responses=problem_responses(401, 403, 404))
def get_persons(recording_id: str, house: HouseDep, _actor: Reviewer) -> PersonList:
    """Who is in a recording, and who of them stays visible, why, and by whose word."""
    with house.catalog.read() as session:
        found = view_persons(session, recording_id)
    place = f"/v1/recordings/{recording_id}/persons"
    items = [
        PersonRead.model_validate(
            line.document()
            | {"crop": f"{place}/{line.person}/crop" if line.person in found.crops else None}
        )
        for line in found.persons
    ]
    return PersonList(plan_version=found.plan_version, items=items)


@router.post(
    "/recordings/{recording_id}/persons/{person}/unhide",
    status_code=HTTPStatus.ACCEPTED,
    responses=problem_responses(401, 403, 404, 409, 422),
)
def unhide_person(
    recording_id: str,
    person: int,
    body: Unhiding,
    response: Response,
    house: HouseDep,
    actor: Decider,
) -> JobRead:
    """Leave a person VISIBLE: a new version of the plan, and the job that renders it."""
    with house.catalog.write() as session:
        job = leave_visible(
            session,
            Choice(recording_id, person, actor.username),
            reason=body.reason,
            at=house.clock.now(),
        )
        return _accepted(session, job, response, house)


@router.post(
    "/recordings/{recording_id}/persons/{person}/hide",
    status_code=HTTPStatus.ACCEPTED,
    responses=problem_responses(401, 403, 404, 409, 422),
)
def hide_person(
    recording_id: str, person: int, response: Response, house: HouseDep, actor: Decider
) -> JobRead:
    """Hide a person again: a new version of the plan, and the job that renders it."""
    with house.catalog.write() as session:
        choice = Choice(recording_id, person, actor.username)
        job = hide_again(session, choice, at=house.clock.now())
        return _accepted(session, job, response, house)


@router.get(
    "/recordings/{recording_id}/persons/{person}/crop",
    response_class=Response,
    responses={200: {"content": {PICTURE: {}}}, **problem_responses(401, 403, 404, 422)},
)
def get_crop(
    request: Request, recording_id: str, person: int, house: HouseDep, actor: Reviewer
) -> Response:
    """A picture of one person, as the camera saw him."""
    with house.catalog.read() as session:
        crops = view_persons(session, recording_id).crops
    if person not in crops:
        raise NotFound("there is no picture of this person", where=f"person {person}")
    viewing = Viewing(recording_id, crops[person], Shown.PERSON)
    note_viewing(house.catalog, viewing, actor=actor, at=house.clock.now())
    return stream(request, house.vault, crops[person], media_type=PICTURE)


def _accepted(session: Session, job: Job, response: Response, house: House) -> JobRead:
    """Commit, and say which job to follow."""
    read = JobRead.model_validate(view_job(session, job.id, at=house.clock.now()))
    session.commit()
    response.headers["location"] = f"/v1/jobs/{read.id}"
    return read
