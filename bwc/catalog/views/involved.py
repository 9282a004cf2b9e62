"""Who was involved in an incident: those that were written down, and those that the catalog knows.

The catalog knows officers by their calls and recordings, who complained and who asked.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Call, CallUnit, Incident
from bwc.catalog.involved import InvolvedPerson, PersonRole
from bwc.catalog.people import Officer
from bwc.catalog.recording import Recording
from bwc.catalog.request import Complaint, RecordRequest
from bwc.catalog.views.recordings import newest_tags
from bwc.errors import NotFound

REQUESTER = "requester"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOfCase:
    """One person, as what, and where that is known from.

    `id` is None where the catalog knows him by itself; `role` is a word of `PersonRole` or
    `REQUESTER`. `kin_of` names whose next of kin he is, `request` the number of what he asked for.
    """

    id: str | None
    role: str
    name: str | None
    note: str | None
    badge: str | None
    sources: tuple[str, ...]
    request: str | None = None
    kin_of: str | None = None
    noted_by: str | None = None
    noted_at: datetime | None = None


def list_involved(session: Session, incident_id: str) -> list[PersonOfCase]:
    """Everyone who was involved and is not struck, by role.

    Raises:
        NotFound: no such incident.
    """
    if session.get(Incident, incident_id) is None:
        raise NotFound("there is no such incident", where=incident_id)
    noted = _noted(session, incident_id)
    tied = {person.request for person in noted}
    found = [
        *noted,
        *_officers(session, incident_id, but={one.badge for one in noted}),
        *_complainants(session, incident_id),
        *(one for one in _requesters(session, incident_id) if one.request not in tied),
    ]
    order = [*(role.value for role in PersonRole), REQUESTER]
    return sorted(found, key=lambda one: (order.index(one.role), one.name or "~"))


def count_involved(session: Session, incident_id: str) -> dict[str, int]:
    """How many of each role: what may be told to those who may not know them."""
    return dict(Counter(person.role for person in list_involved(session, incident_id)))


def _noted(session: Session, incident_id: str) -> list[PersonOfCase]:
    query = (
        sa.select(InvolvedPerson, Officer.badge, Officer.name, RecordRequest.number)
        .outerjoin(Officer, Officer.id == InvolvedPerson.officer_id)
        .outerjoin(RecordRequest, RecordRequest.id == InvolvedPerson.request_id)
        .where(InvolvedPerson.incident_id == incident_id, InvolvedPerson.struck_at.is_(None))
    )
    rows = list(session.execute(query))
    names = {row.id: row.name or officer or row.note for row, _, officer, _ in rows}
    return [
        PersonOfCase(
            id=row.id,
            role=row.role.value,
            name=row.name or officer,
            note=row.note,
            badge=badge,
            sources=(row.source,),
            request=number,
            kin_of=names.get(row.of_id) if row.of_id else None,
            noted_by=row.noted_by,
            noted_at=row.noted_at,
        )
        for row, badge, officer, number in rows
    ]


def _officers(session: Session, incident_id: str, *, but: set[str | None]) -> list[PersonOfCase]:
    """The officers of its calls and recordings."""
    calls = (
        sa.select(Officer.badge, Officer.name, Call.number)
        .join(CallUnit, CallUnit.officer_id == Officer.id)
        .join(Call, Call.id == CallUnit.call_id)
        .where(Call.incident_id == incident_id)
    )
    tags = newest_tags()
    films = (
        sa.select(Officer.badge, Officer.name, Recording.original_name)
        .join(Recording, Recording.officer_id == Officer.id)
        .join(tags, tags.c.recording_id == Recording.id)
        .where(tags.c.incident_id == incident_id)
    )
    known: dict[tuple[str, str], list[str]] = {}
    for what, query in (("call", calls), ("recording", films)):
        for badge, name, source in session.execute(query.order_by(Officer.badge)):
            known.setdefault((badge, name), []).append(f"{what} {source}")
    return [
        PersonOfCase(
            id=None,
            role=PersonRole.OFFICER.value,
            name=name,
            note=None,
            badge=badge,
            sources=tuple(dict.fromkeys(sources)),
        )
        for (badge, name), sources in known.items()
        if badge not in but
    ]


def _complainants(session: Session, incident_id: str) -> list[PersonOfCase]:
    query = sa.select(Complaint.number, Complaint.filed_by).where(
        Complaint.incident_id == incident_id
    )
    return [
        PersonOfCase(
            id=None,
            role=PersonRole.COMPLAINANT.value,
            name=None,
            note=f"filed as {row.filed_by}",
            badge=None,
            sources=(f"complaint {row.number}",),
        )
        for row in session.execute(query.order_by(Complaint.filed_at))
    ]


def _requesters(session: Session, incident_id: str) -> list[PersonOfCase]:
    query = sa.select(
        RecordRequest.number, RecordRequest.requester_name, RecordRequest.requester_role
    ).where(RecordRequest.incident_id == incident_id)
    return [
        PersonOfCase(
            id=None,
            role=REQUESTER,
            name=row.requester_name,
            note=f"asks as {row.requester_role}",
            badge=None,
            sources=(f"request {row.number}",),
            request=row.number,
        )
        for row in session.execute(query.order_by(RecordRequest.received_at))
    ]
