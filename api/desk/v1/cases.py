"""Incidents and what is asked, asserted, held and proven about them."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.desk.request_clock import request_clock
from api.desk.stated import Stated, assert_as
from api.desk.v1.case_schemas import (
    ComplaintCreate,
    ComplaintRead,
    FactCreate,
    FactRead,
    FeeRead,
    HoldCreate,
    HoldRead,
    IncidentDetail,
    IncidentPage,
    IncidentRead,
    RequestClockRead,
    RequestClose,
    RequestCreate,
    RequestRead,
)
from api.desk.v1.paging import Cursor, Limit, next_cursor, read_cursor
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.views.cases import DecisionLine, list_incidents, view_incident
from bwc.release.fee import Work, estimate, work_of
from bwc.requests.close import close_request
from bwc.requests.complaint_text import without_writer
from bwc.requests.holds import lift_hold, place_hold
from bwc.requests.receive import NewComplaint, NewRequest, receive_complaint, receive_request

router = APIRouter(tags=["cases"], responses=problem_responses(422))
WRITES = problem_responses(401, 403, 404, 409, 422)


@router.get("/incidents", responses=problem_responses(401, 403, 422))
def get_incidents(
    house: HouseDep,
    _actor: Annotated[Actor, may(Right.SEE_CASES)],
    search: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> IncidentPage:
    """Incidents, the newest first."""
    with house.catalog.read() as session:
        found = list_incidents(session, limit=limit, search=search, before=read_cursor(cursor))
    items = [IncidentRead.model_validate(line) for line in found]
    return IncidentPage(items=items, next=next_cursor(found, limit))


@router.get("/incidents/{incident_id}", responses=problem_responses(401, 403, 404))
def get_incident(
    incident_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.SEE_CASES)]
) -> IncidentDetail:
    """One incident; who asked is left out for those who do not answer requests."""
    with house.catalog.read() as session:
        view = view_incident(session, incident_id, at=house.clock.now())
        work = work_of(session, incident_id)
    detail = IncidentDetail.model_validate(view)
    detail.fees = [_fee(line, work) for line in view.decisions]
    for one in view.requests:
        clock = request_clock(one, view.decisions)
        detail.request_clocks.append(
            RequestClockRead(request_id=one.id, due_at=clock.due_at, missing=clock.missing)
        )
    if not allowed(actor.role, Right.SEE_REQUESTERS):
        for asked in detail.requests:
            asked.requester_name = asked.requester_contact = asked.authorisation_doc = None
        for said in detail.complaints:
            said.description = without_writer(said.description)
    if not allowed(actor.role, Right.READ_PROOF):
        for duty in detail.obligations:
            duty.proof = None
            for file in duty.files:
                file.name = None
    return detail


@router.post("/incidents/{incident_id}/facts", status_code=HTTPStatus.CREATED, responses=WRITES)
def create_fact(
    incident_id: str,
    body: FactCreate,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.ASSERT_FACT)],
) -> FactRead:
    """Assert a fact in your own name; the rules are asked again."""
    with house.catalog.write() as session:
        stated = Stated(body.name, body.value, body.source, body.evidence_ref)
        fact = assert_as(session, actor, incident_id, stated, at=house.clock.now())
        session.commit()
        return FactRead(
            name=fact.name,
            value=body.value,
            source=fact.source,
            asserted_by=fact.asserted_by,
            asserted_at=fact.asserted_at,
            evidence_ref=fact.evidence_ref,
            stands=True,
        )


@router.post("/requests", status_code=HTTPStatus.CREATED, responses=WRITES)
def create_request(
    body: RequestCreate, house: HouseDep, actor: Annotated[Actor, may(Right.TAKE_REQUEST)]
) -> RequestRead:
    """Take in a record request; its clock runs from when it was received."""
    asked = NewRequest(**{name: getattr(body, name) for name in RequestCreate.model_fields})
    with house.catalog.write() as session:
        row = receive_request(session, asked, by=actor.username, at=house.clock.now())
        session.flush()
        read = RequestRead.model_validate(row)
        session.commit()
    return read


@router.post("/requests/{request_id}/close", responses=WRITES)
def end_request(
    request_id: str,
    body: RequestClose,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.CLOSE_REQUEST)],
) -> RequestRead:
    """Close a request for good; it no longer holds its incident's recordings."""
    with house.catalog.write() as session:
        row = close_request(
            session,
            request_id,
            outcome=body.outcome,
            reason=body.reason,
            by=actor,
            at=house.clock.now(),
        )
        session.flush()
        read = RequestRead.model_validate(row)
        session.commit()
    return read


@router.post("/complaints", status_code=HTTPStatus.CREATED, responses=WRITES)
def create_complaint(
    body: ComplaintCreate, house: HouseDep, actor: Annotated[Actor, may(Right.TAKE_REQUEST)]
) -> ComplaintRead:
    """Take in a complaint."""
    said = NewComplaint(**{name: getattr(body, name) for name in ComplaintCreate.model_fields})
    with house.catalog.write() as session:
        row = receive_complaint(session, said, by=actor.username, at=house.clock.now())
        session.flush()
        read = ComplaintRead.model_validate(row)
        session.commit()
    return read


@router.post("/incidents/{incident_id}/holds", status_code=HTTPStatus.CREATED, responses=WRITES)
def create_hold(
    incident_id: str,
    body: HoldCreate,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PLACE_HOLD)],
) -> HoldRead:
    """Keep an incident's recordings as they are."""
    with house.catalog.write() as session:
        row = place_hold(
            session,
            incident_id,
            kind=body.kind,
            reason=body.reason,
            blocks_release=body.blocks_release,
            expires_at=body.expires_at,
            by=actor.username,
            at=house.clock.now(),
        )
        session.flush()
        read = HoldRead.model_validate(row)
        session.commit()
    return read


@router.post("/holds/{hold_id}/lift", responses=WRITES)
def lift(hold_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.LIFT_HOLD)]) -> HoldRead:
    """End a hold now."""
    with house.catalog.write() as session:
        row = lift_hold(session, hold_id, by=actor.username, at=house.clock.now())
        session.flush()
        read = HoldRead.model_validate(row)
        session.commit()
    return read


def _fee(line: DecisionLine, work: Work) -> FeeRead:
    """What a copy may cost those whom this decision is about."""
    fee = estimate(line.document, work)
    return FeeRead(
        audience=line.audience,
        standing=fee.standing,
        objects=work.objects,
        minutes=float(work.minutes),
        unplanned=work.unplanned,
        amount=fee.amount,
        conditions=fee.conditions,
    )
