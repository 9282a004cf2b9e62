"""Who was involved in an incident: by name for those who may know, as numbers for others."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.desk.v1.schemas import Body, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.involved import PersonRole
from bwc.catalog.views.involved import count_involved, list_involved
from bwc.requests.involved import (
    LONGEST_NAME,
    LONGEST_NOTE,
    NewPerson,
    note_person,
    strike_person,
)

router = APIRouter(tags=["people"], responses=problem_responses(401, 403, 404, 422))
Writer = Annotated[Actor, may(Right.NAME_INVOLVED)]


class PersonCreate(Body):
    """A person, and where it is known from that he was involved."""

    role: PersonRole
    source: str = Field(min_length=1, max_length=LONGEST_NOTE)
    name: str = Field("", max_length=LONGEST_NAME)
    note: str = Field("", max_length=LONGEST_NOTE)
    badge: str = Field("", max_length=LONGEST_NAME, description="Of an officer")
    request_id: str | None = Field(None, description="The request that this person made")
    of_id: str | None = Field(None, description="Whose next of kin this person is")


class PersonNoted(Read):
    """A person that was just written down."""

    id: str
    role: PersonRole


class PersonRead(Read):
    """One person; `id` is null where the catalog knows him by itself."""

    id: str | None
    role: str
    name: str | None
    note: str | None
    badge: str | None
    sources: list[str]
    request: str | None
    kin_of: str | None
    noted_by: str | None
    noted_at: datetime | None


class PeopleRead(Read):
    """How many of each role, and who they are for those who may know."""

    counts: dict[str, int]
    items: list[PersonRead]


class Striking(Body):
    """Why a person was written down by mistake."""

    reason: str = Field(min_length=1, max_length=LONGEST_NOTE)


@router.get("/incidents/{incident_id}/people")
def get_people(
    incident_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.SEE_CASES)]
) -> PeopleRead:
    """Who was involved; `items` is empty for those who may not know them."""
    with house.catalog.read() as session:
        counts = count_involved(session, incident_id)
        sees = allowed(actor.role, Right.SEE_INVOLVED)
        found = list_involved(session, incident_id) if sees else []
    return PeopleRead(counts=counts, items=[PersonRead.model_validate(one) for one in found])


@router.post("/incidents/{incident_id}/people", status_code=HTTPStatus.CREATED)
def create_person(
    incident_id: str, body: PersonCreate, house: HouseDep, actor: Writer
) -> PersonNoted:
    """Write down who was involved."""
    new = NewPerson(**body.model_dump())
    with house.catalog.write() as session:
        row = note_person(session, incident_id, new, by=actor.username, at=house.clock.now())
        read = PersonNoted.model_validate(row)
        session.commit()
    return read


@router.post(
    "/people/{person_id}/strike",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problem_responses(409),
)
def strike(person_id: str, body: Striking, house: HouseDep, actor: Writer) -> Response:
    """Strike what was written down by mistake; the ledger keeps that it was."""
    with house.catalog.write() as session:
        strike_person(
            session, person_id, reason=body.reason, by=actor.username, at=house.clock.now()
        )
        session.commit()
    return Response(status_code=HTTPStatus.NO_CONTENT)
