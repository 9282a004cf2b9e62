"""Who was involved in an incident: written down with where it is known from, struck, never changed.

Names stay at the desk. The ledger keeps that a person was noted, as what and by whom; no name. What
is written for the public is refused where it holds one (`bwc.release.public_text`).
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.incident import Incident
from bwc.catalog.involved import InvolvedPerson, PersonRole
from bwc.catalog.people import Officer
from bwc.catalog.request import RecordRequest
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import new_id

LONGEST_NAME = 200
LONGEST_NOTE = 2000
MOST = 200  # persons of one incident


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person as somebody writes him down. An officer is named by his badge.

    `of_id` is whose next of kin he is, `request_id` the request that he made.
    """

    role: PersonRole
    source: str
    name: str = ""
    note: str = ""
    badge: str = ""
    request_id: str | None = None
    of_id: str | None = None


def note_person(
    session: Session, incident_id: str, new: NewPerson, *, by: str, at: datetime
) -> InvolvedPerson:
    """Write down who was involved.

    Raises:
        NotFound: no such incident, officer, or request or person of this incident.
        InvalidInput: neither a name nor a note, no source, or a text that is too long.
        Conflict: more persons than an incident may have.
    """
    _require_incident(session, incident_id)
    row = InvolvedPerson(
        id=new_id(),
        incident_id=incident_id,
        role=new.role,
        name=_text(new.name, "name", LONGEST_NAME),
        note=_text(new.note, "note", LONGEST_NOTE),
        source=_text(new.source, "source", LONGEST_NOTE) or "",
        officer_id=_officer(session, new),
        request_id=_request(session, incident_id, new.request_id),
        of_id=_other(session, incident_id, new.of_id),
        noted_by=by,
        noted_at=at,
    )
    if not row.source:
        raise InvalidInput(
            "says from where a person is known", where="source", advice="A report, a call, a letter"
        )
    if not (row.name or row.note or row.officer_id):
        raise InvalidInput("a person has a name, a badge, or a note of what is known")
    session.add(row)
    session.flush()
    detail: JsonObject = {"person_id": row.id, "role": row.role.value, "officer_id": row.officer_id}
    about = About(Subject.INCIDENT, incident_id)
    record(session, Act.PERSON_NOTED, about=about, actor=by, at=at, detail=detail)
    return row


def strike_person(
    session: Session, person_id: str, *, reason: str, by: str, at: datetime
) -> InvolvedPerson:
    """Say that a person was written down by mistake; the row stays, for who may see it.

    Raises:
        NotFound: no such person.
        Conflict: he is struck.
        InvalidInput: without a reason.
    """
    row = session.get(InvolvedPerson, person_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("there is no such person", where=person_id)
    if row.struck_at is not None:
        raise Conflict("this person is struck", where=person_id, got=row.struck_by)
    said = _text(reason, "reason", LONGEST_NOTE)
    if said is None:
        raise InvalidInput("nobody is struck without a reason", where="reason")
    row.struck_by, row.struck_at, row.struck_reason = by, at, said
    session.flush()
    about = About(Subject.INCIDENT, row.incident_id)
    detail: JsonObject = {"person_id": row.id, "role": row.role.value}
    record(session, Act.PERSON_STRUCK, about=about, actor=by, at=at, detail=detail)
    return row


def _require_incident(session: Session, incident_id: str) -> None:
    if session.get(Incident, incident_id, with_for_update=True) is None:
        raise NotFound("there is no such incident", where=incident_id)
    count = sa.select(sa.func.count()).where(InvolvedPerson.incident_id == incident_id)
    if (session.scalar(count) or 0) >= MOST:
        raise Conflict("this incident has enough persons", expected=f"{MOST} at most")


def _text(typed: str, field: str, longest: int) -> str | None:
    """What was typed, without the spaces about it; None for nothing."""
    said = typed.strip()
    if len(said) > longest:
        raise InvalidInput("is too long", where=field, expected=f"{longest} characters at most")
    return said or None


def _officer(session: Session, new: NewPerson) -> str | None:
    """The officer of the badge; an officer alone has one."""
    badge = new.badge.strip()
    if not badge:
        return None
    if new.role is not PersonRole.OFFICER:
        raise InvalidInput("an officer alone has a badge", where="badge", got=new.role.value)
    found = session.scalars(sa.select(Officer.id).where(Officer.badge == badge)).first()
    if found is None:
        raise NotFound("no officer wears this badge", where=badge)
    return found


def _request(session: Session, incident_id: str, request_id: str | None) -> str | None:
    if not request_id:
        return None
    row = session.get(RecordRequest, request_id)
    if row is None or row.incident_id != incident_id:
        raise NotFound("this incident has no such request", where=request_id)
    return row.id


def _other(session: Session, incident_id: str, person_id: str | None) -> str | None:
    if not person_id:
        return None
    row = session.get(InvolvedPerson, person_id)
    if row is None or row.incident_id != incident_id or row.struck_at is not None:
        raise NotFound("this incident has no such person", where=person_id)
    return row.id
