"""Opening what the public wrote: each letter becomes a complaint or a request, once.

A letter's id is the id of its row, so that one that is opened twice is one row. What is about a
release is about its incident; a complaint holds that incident's recordings by itself.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.release import Release
from bwc.catalog.request import Complaint, Hold, RecordRequest, RequestState
from bwc.clock import as_utc, iso
from bwc.requests.letter import Letter, LetterKind
from bwc.requests.receive import NewComplaint, NewRequest, receive_complaint, receive_request
from bwc.requests.words import Channel

ACTOR = "portal"
RECENT = timedelta(days=2)  # what ended longer ago was told already
FORMAT = "bwc-receipt/1"


def receive_letter(session: Session, letter: Letter, *, at: datetime) -> Complaint | RecordRequest:
    """Write a letter into the catalog; one that is there already is left as it is."""
    arrived = min(as_utc(letter.received_at), as_utc(at))
    if letter.kind is LetterKind.REQUEST:
        request = session.get(RecordRequest, letter.id)
        asked = _request(session, letter, arrived)
        return request or receive_request(session, asked, by=ACTOR, at=at)
    complaint = session.get(Complaint, letter.id)
    said = _complaint(session, letter, arrived)
    return complaint or receive_complaint(session, said, by=ACTOR, at=at)


def receipts(session: Session, *, at: datetime) -> dict[str, JsonObject]:
    """By receipt, what the public may know of each letter that is not long done."""
    since = as_utc(at) - RECENT
    requests = session.scalars(
        sa.select(RecordRequest)
        .where(RecordRequest.channel == Channel.PORTAL.value)
        .where(sa.or_(RecordRequest.state != RequestState.CLOSED, RecordRequest.closed_at >= since))
    )
    told = {row.id: _of_request(row) for row in requests}
    complaints = session.scalars(sa.select(Complaint))
    return told | {row.id: _of_complaint(session, row) for row in complaints}


def _request(session: Session, letter: Letter, arrived: datetime) -> NewRequest:
    return NewRequest(
        id=letter.id,
        requester_role=letter.role,
        channel=Channel.PORTAL,
        description=letter.description,
        incident_id=_incident_of(session, letter),
        requester_name=letter.name or None,
        requester_contact=letter.contact or None,
        received_at=arrived,
        covers=letter.when_where or None,
    )


def _complaint(session: Session, letter: Letter, arrived: datetime) -> NewComplaint:
    parts = {
        "": letter.description,
        "What it is": "" if letter.kind is LetterKind.COMPLAINT else letter.kind.value,
        "About release": letter.release_id or "",
        "When and where": letter.when_where,
        "Name": letter.name,
        "How to reach the writer": letter.contact,
    }
    said = [f"{title}: {text}" if title else text for title, text in parts.items() if text]
    return NewComplaint(
        id=letter.id,
        filed_by=letter.role,
        about_misconduct=letter.kind is LetterKind.COMPLAINT,
        description="\n\n".join(said),
        incident_id=_incident_of(session, letter),
        filed_at=arrived,
    )


def _incident_of(session: Session, letter: Letter) -> str | None:
    """The incident of the release that the letter is about; of one that does not exist, none."""
    release = session.get(Release, letter.release_id) if letter.release_id else None
    return release.incident_id if release else None


def _of_request(row: RecordRequest) -> JsonObject:
    tied = "in_work" if row.incident_id else "received"
    state = tied if row.state is RequestState.OPEN else row.state.value
    return _receipt("request", row.number, state, row.received_at) | {"outcome": row.outcome}


def _of_complaint(session: Session, row: Complaint) -> JsonObject:
    hold = session.scalars(
        sa.select(Hold).where(
            Hold.incident_id == row.incident_id,
            Hold.reason == f"Complaint {row.number} is not settled",
        )
    ).first()
    state = "received" if hold is None else "held" if hold.lifted_at is None else "settled"
    return _receipt("complaint", row.number, state, row.filed_at) | {"outcome": None}


def _receipt(kind: str, number: str, state: str, received_at: datetime) -> JsonObject:
    return {
        "format": FORMAT,
        "kind": kind,
        "number": number,
        "state": state,
        "received_at": iso(as_utc(received_at)),
    }
