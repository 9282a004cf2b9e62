"""What came in without an incident, and tying it to one: what is tied is held from then on."""

from typing import Annotated

from fastapi import APIRouter

from api.desk.v1.case_schemas import ComplaintRead, Placing, RequestRead, Unplaced
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.views.cases import list_unplaced_complaints, list_unplaced_requests
from bwc.requests.receive import tie_complaint, tie_request
from bwc.vault.open import open_inbox

router = APIRouter(tags=["cases"], responses=problem_responses(422))
WRITES = problem_responses(401, 403, 404, 409, 422)


@router.get("/unplaced", responses=problem_responses(401, 403))
def get_unplaced(house: HouseDep, _actor: Annotated[Actor, may(Right.TAKE_REQUEST)]) -> Unplaced:
    """Requests and complaints that name no incident yet, the oldest first."""
    with house.catalog.read() as session:
        return Unplaced(
            requests=[RequestRead.model_validate(row) for row in list_unplaced_requests(session)],
            complaints=[
                ComplaintRead.model_validate(row) for row in list_unplaced_complaints(session)
            ],
            unread=open_inbox(house.settings).unread(),
        )


@router.post("/complaints/{complaint_id}/incident", responses=WRITES)
def place_complaint(
    complaint_id: str,
    body: Placing,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
) -> ComplaintRead:
    """Say which incident a complaint is about; its recordings are held from now on."""
    with house.catalog.write() as session:
        row = tie_complaint(
            session,
            complaint_id,
            incident_id=body.incident_id,
            by=actor.username,
            at=house.clock.now(),
        )
        session.flush()
        read = ComplaintRead.model_validate(row)
        session.commit()
    return read


@router.post("/requests/{request_id}/incident", responses=WRITES)
def place_request(
    request_id: str,
    body: Placing,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
) -> RequestRead:
    """Say which incident a request is about; the rules are asked again."""
    with house.catalog.write() as session:
        row = tie_request(
            session,
            request_id,
            incident_id=body.incident_id,
            by=actor.username,
            at=house.clock.now(),
        )
        session.flush()
        read = RequestRead.model_validate(row)
        session.commit()
    return read
