"""Requests and complaints: taking them in, tying them to an incident, closing a request."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk.forms import chosen_recordings, optional_moment
from api.desk.notes import Note
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.catalog.request import RecordRequest
from bwc.catalog.views.cases import (
    list_incidents,
    list_unplaced_complaints,
    list_unplaced_requests,
)
from bwc.requests.close import close_request
from bwc.requests.correct import Standing, correct_request
from bwc.requests.receive import (
    NewComplaint,
    NewRequest,
    receive_complaint,
    receive_request,
    tie_complaint,
    tie_request,
)
from bwc.requests.words import RequestOutcome
from bwc.vault.open import open_inbox

router = APIRouter()
MOST = 200


@router.post("/incidents/{incident_id}/requests")
def add_request(
    request: Request,
    incident_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
    requester_role: Annotated[str, Form()],
    channel: Annotated[str, Form()],
    description: Annotated[str, Form()],
    requester_name: Annotated[str, Form()] = "",
    requester_contact: Annotated[str, Form()] = "",
    identity_shown: Annotated[str, Form()] = "",
    authorisation_doc: Annotated[str, Form()] = "",
    covers: Annotated[str, Form()] = "",
    covers_from: Annotated[str, Form()] = "",
    covers_to: Annotated[str, Form()] = "",
    statute_invoked: Annotated[str, Form()] = "",
    names: Annotated[list[str] | None, Form()] = None,
    recordings: Annotated[list[str] | None, Form()] = None,
    all_recordings: Annotated[bool, Form()] = False,
) -> Response:
    """Take in a record request about this incident; a box left empty says that it is not named."""
    zone = get_pages(request).zone
    asked = NewRequest(
        requester_role=requester_role,
        channel=channel,
        description=description,
        incident_id=incident_id,
        requester_name=requester_name.strip(),
        requester_contact=requester_contact.strip(),
        identity_shown=identity_shown or None,
        authorisation_doc=authorisation_doc.strip(),
        covers=covers.strip(),
        covers_from=optional_moment(covers_from, zone=zone),
        covers_to=optional_moment(covers_to, zone=zone),
        statute_invoked=statute_invoked.strip(),
        names=names or [],
        recordings=chosen_recordings(recordings, is_all=all_recordings),
    )
    with house.catalog.write() as session:
        receive_request(session, asked, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.REQUEST_TAKEN)


@router.post("/requests/{request_id}/correct")
def correct(
    request: Request,
    request_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
    requester_role: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    requester_name: Annotated[str, Form()] = "",
    requester_contact: Annotated[str, Form()] = "",
    identity_shown: Annotated[str, Form()] = "",
    authorisation_doc: Annotated[str, Form()] = "",
    covers: Annotated[str, Form()] = "",
    covers_from: Annotated[str, Form()] = "",
    covers_to: Annotated[str, Form()] = "",
    statute_invoked: Annotated[str, Form()] = "",
    names: Annotated[list[str] | None, Form()] = None,
    nobody_looked: Annotated[bool, Form()] = False,
    recordings: Annotated[list[str] | None, Form()] = None,
    all_recordings: Annotated[bool, Form()] = False,
) -> Response:
    """Say who really asks, by what right and for what; the form holds all of it."""
    zone = get_pages(request).zone
    stands = Standing(
        requester_role=requester_role,
        requester_name=requester_name,
        requester_contact=requester_contact,
        identity_shown=identity_shown or None,
        authorisation_doc=authorisation_doc,
        statute_invoked=statute_invoked,
        names=None if nobody_looked and not names else names or [],
        covers=covers,
        covers_from=optional_moment(covers_from, zone=zone),
        covers_to=optional_moment(covers_to, zone=zone),
        recordings=chosen_recordings(recordings, is_all=all_recordings),
    )
    with house.catalog.write() as session:
        correct_request(session, request_id, stands, reason=reason, by=actor, at=house.clock.now())
        incident_id = session.get_one(RecordRequest, request_id).incident_id
        session.commit()
    path = f"/incidents/{incident_id}" if incident_id else "/requests"
    return back_to(path, Note.REQUEST_CORRECTED)


@router.post("/requests/{request_id}/close")
def end_request(
    request_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.CLOSE_REQUEST)],
    outcome: Annotated[str, Form()],
    reason: Annotated[str, Form()],
) -> Response:
    """Close a request for good."""
    with house.catalog.write() as session:
        row = close_request(
            session, request_id, outcome=outcome, reason=reason, by=actor, at=house.clock.now()
        )
        incident_id = row.incident_id
        session.commit()
    path = f"/incidents/{incident_id}" if incident_id else "/requests"
    return back_to(path, Note.REQUEST_CLOSED)


@router.post("/incidents/{incident_id}/complaints")
def add_complaint(
    incident_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
    filed_by: Annotated[str, Form()],
    description: Annotated[str, Form()],
    about_misconduct: Annotated[bool, Form()] = False,
    formal: Annotated[bool, Form()] = False,
) -> Response:
    """Take in a complaint about this incident."""
    said = NewComplaint(
        filed_by=filed_by,
        about_misconduct=about_misconduct,
        formal=formal,
        description=description,
        incident_id=incident_id,
    )
    with house.catalog.write() as session:
        receive_complaint(session, said, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.COMPLAINT_TAKEN)


@router.get("/requests")
def unplaced_requests(
    request: Request, house: HouseDep, _actor: Annotated[Actor, may(Right.TAKE_REQUEST)]
) -> Response:
    """Requests and complaints that name no incident yet, each with the form that ties it to one."""
    with house.catalog.read() as session:
        found = list_unplaced_requests(session)
        complaints = list_unplaced_complaints(session)
        cases = list_incidents(session, limit=MOST)
    return get_pages(request).render(
        request,
        "requests.html",
        requests=found,
        complaints=complaints,
        incidents=cases,
        outcomes=list(RequestOutcome),
        unread=open_inbox(house.settings).unread(),
    )


@router.post("/requests/{request_id}/incident")
def place_request(
    request_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
    incident_id: Annotated[str, Form()],
) -> Response:
    """Say which incident a request is about."""
    with house.catalog.write() as session:
        tie_request(
            session, request_id, incident_id=incident_id, by=actor.username, at=house.clock.now()
        )
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.REQUEST_TIED)


@router.post("/complaints/{complaint_id}/incident")
def place_complaint(
    complaint_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
    incident_id: Annotated[str, Form()],
) -> Response:
    """Say which incident a complaint is about; its recordings are held."""
    with house.catalog.write() as session:
        tie_complaint(
            session, complaint_id, incident_id=incident_id, by=actor.username, at=house.clock.now()
        )
        session.commit()
    return back_to(f"/incidents/{incident_id}", Note.COMPLAINT_TIED)
