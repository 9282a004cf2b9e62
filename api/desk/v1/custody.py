"""The ledger's entries about one incident or recording, as a document for a court."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, JsonValue

from api.desk.v1.schemas import Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.custody.export import about_incident, about_recording, export

router = APIRouter(tags=["custody"], responses=problem_responses(401, 403, 404, 422))
Reader = Annotated[Actor, may(Right.SEE_CUSTODY)]


class HeadRead(Read):
    """The newest entry of the chain when this was written."""

    position: int
    hash: str


class CustodyRead(Read):
    """Each entry can be hashed again; the head places them in time."""

    custody: HeadRead
    entries: list[dict[str, JsonValue]] = Field(description="In the chain's order, none left out")


@router.get("/incidents/{incident_id}/custody")
def get_incident_custody(
    incident_id: str, response: Response, house: HouseDep, _actor: Reader
) -> CustodyRead:
    """Everything done to an incident, and to its recordings with all that was made of them."""
    with house.catalog.read() as session:
        document = export(session, about_incident(session, incident_id))
    return _named(response, document, incident_id)


@router.get("/recordings/{recording_id}/custody")
def get_recording_custody(
    recording_id: str, response: Response, house: HouseDep, _actor: Reader
) -> CustodyRead:
    """Everything done to a recording and to all that was made of it."""
    with house.catalog.read() as session:
        document = export(session, about_recording(session, recording_id))
    return _named(response, document, recording_id)


def _named(response: Response, document: object, subject_id: str) -> CustodyRead:
    """The document, under a file name of its own."""
    response.headers["content-disposition"] = f'attachment; filename="custody-{subject_id}.json"'
    return CustodyRead.model_validate(document)
