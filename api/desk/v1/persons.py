"""The persons of a recording: who is in it, and a picture of each, for those who redact it.

Who stays visible is a change of the plan (`plans.py`). The pictures show what is hidden elsewhere; each
look is written down before the first byte.
"""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from api.desk.ranges import stream
from api.desk.v1.schemas import Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.access.viewing import Shown, Viewing, note_viewing
from bwc.errors import NotFound
from bwc.redaction.keep_persons import view_persons
from bwc.redaction.person_list import Standing

router = APIRouter(tags=["recordings"], responses=problem_responses(422))
PICTURE = "image/jpeg"
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
