"""Opening what the public wrote: each letter becomes a complaint or a request, once.

A letter's id is the id of its row, so that one that is opened twice is one row. What is about a
release is about its incident; a complaint holds that incident's recordings by itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.release import Release
from bwc.catalog.request import Complaint, Hold, RecordRequest, RequestState
from bwc.clock import as_utc, iso
from bwc.custody.acts import Act, Subject
from bwc.requests.complaint_text import with_writer
from bwc.requests.letter import Letter, LetterKind
from bwc.requests.receive import (
    NewComplaint,
    NewRequest,
    hold_reason,
    receive_complaint,
    receive_request,
)
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


def receipts(
    session: Session, *, at: datetime, only: Sequence[str] | None = None
) -> dict[str, JsonObject]:
    """By receipt, what the public may know of `only` these letters, or of all not long done.

    A row that staff wrote down is no letter: nobody holds its receipt, and nothing is told of it.
    """
    since = as_utc(at) - RECENT
    requests = sa.select(RecordRequest).where(RecordRequest.channel == Channel.PORTAL.value)
    complaints = (
        sa.select(Complaint, Hold.placed_at, Hold.lifted_at)
        .outerjoin(Hold, _is_of(Complaint))
        .where(_came_by_portal(Complaint))
    )
    if only is not None:
        requests = requests.where(RecordRequest.id.in_(only))
        complaints = complaints.where(Complaint.id.in_(only))
    else:
        is_open = RecordRequest.state != RequestState.CLOSED
        requests = requests.where(is_open | (RecordRequest.closed_at >= since))
        complaints = complaints.where(Hold.lifted_at.is_(None) | (Hold.lifted_at >= since))
    told = {row.id: _of_request(row) for row in session.scalars(requests)}
    for row, placed_at, lifted_at in session.execute(complaints):
        told[row.id] = _of_complaint(row, is_held=placed_at is not None, lifted_at=lifted_at)
    return told


def _is_of(complaint: type[Complaint]) -> sa.ColumnElement[bool]:
    """Whether a hold is the one that the complaint placed by itself."""
    reason = sa.func.replace(hold_reason("?"), "?", complaint.number)
    return (Hold.incident_id == complaint.incident_id) & (Hold.reason == reason)


def _came_by_portal(complaint: type[Complaint]) -> sa.ColumnElement[bool]:
    """Whether the ledger says that a complaint was written down by the portal's letters."""
    return sa.exists().where(
        CustodyEntry.subject_kind == Subject.COMPLAINT.value,
        CustodyEntry.subject_id == complaint.id,
        CustodyEntry.act == Act.COMPLAINT_RECEIVED.value,
        CustodyEntry.actor == ACTOR,
    )


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
    }
    return NewComplaint(
        id=letter.id,
        filed_by=letter.role,
        about_misconduct=letter.kind is LetterKind.COMPLAINT,
        description=with_writer(parts, name=letter.name, reach=letter.contact),
        incident_id=_incident_of(session, letter),
        filed_at=arrived,
    )


def _incident_of(session: Session, letter: Letter) -> str | None:
    """The incident of the release that the letter is about; of one that never was public, none.

    The receipt would otherwise tell whether an unreleased one exists.
    """
    release = session.get(Release, letter.release_id) if letter.release_id else None
    return release.incident_id if release and release.published_at is not None else None


def _of_request(row: RecordRequest) -> JsonObject:
    tied = "in_work" if row.incident_id else "received"
    state = tied if row.state is RequestState.OPEN else row.state.value
    return _receipt("request", row.number, state, row.received_at) | {"outcome": row.outcome}


def _of_complaint(row: Complaint, *, is_held: bool, lifted_at: datetime | None) -> JsonObject:
    state = "received" if not is_held else "held" if lifted_at is None else "settled"
    return _receipt("complaint", row.number, state, row.filed_at) | {"outcome": None}


def _receipt(kind: str, number: str, state: str, received_at: datetime) -> JsonObject:
    return {
        "format": FORMAT,
        "kind": kind,
        "number": number,
        "state": state,
        "received_at": iso(as_utc(received_at)),
    }
