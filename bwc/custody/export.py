"""The ledger's entries about one recording or one incident, for a court or a reader.

What belongs to a recording: its plans, renderings, releases and jobs. To an incident: also its
recordings, requests, complaints, holds, decisions and obligations.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.tables import (
    Complaint,
    Decision,
    Hold,
    Incident,
    Job,
    Obligation,
    Plan,
    RecipientLink,
    Recording,
    RecordRequest,
    Release,
    Rendering,
    Tag,
)
from bwc.custody.acts import Subject
from bwc.custody.ledger import Link, document_of
from bwc.custody.record import About, head
from bwc.custody.verify import link_of
from bwc.errors import NotFound


def about_recording(session: Session, recording_id: str) -> list[About]:
    """The recording and everything made from it.

    Raises:
        NotFound: there is no such recording.
    """
    if session.get(Recording, recording_id) is None:
        raise NotFound("no such recording", where=recording_id)
    made = {
        Subject.PLAN: sa.select(Plan.id).where(Plan.recording_id == recording_id),
        Subject.RENDERING: sa.select(Rendering.id).where(Rendering.recording_id == recording_id),
        Subject.RELEASE: sa.select(Release.id).where(Release.recording_id == recording_id),
        Subject.LINK: sa.select(RecipientLink.id).where(RecipientLink.recording_id == recording_id),
        Subject.JOB: sa.select(Job.id).where(Job.subject_id == recording_id),
    }
    return [About(Subject.RECORDING, recording_id), *_collect(session, made)]


def about_incident(session: Session, incident_id: str) -> list[About]:
    """The incident, what was said and decided about it, and its recordings with all of theirs.

    Raises:
        NotFound: there is no such incident.
    """
    if session.get(Incident, incident_id) is None:
        raise NotFound("no such incident", where=incident_id)
    of_incident = {
        Subject.REQUEST: sa.select(RecordRequest.id).where(
            RecordRequest.incident_id == incident_id
        ),
        Subject.COMPLAINT: sa.select(Complaint.id).where(Complaint.incident_id == incident_id),
        Subject.HOLD: sa.select(Hold.id).where(Hold.incident_id == incident_id),
        Subject.DECISION: sa.select(Decision.id).where(Decision.incident_id == incident_id),
        Subject.OBLIGATION: sa.select(Obligation.id).where(Obligation.incident_id == incident_id),
        Subject.RELEASE: sa.select(Release.id).where(Release.incident_id == incident_id),
        Subject.JOB: sa.select(Job.id).where(Job.subject_id == incident_id),
    }
    found = [About(Subject.INCIDENT, incident_id), *_collect(session, of_incident)]
    tagged = sa.select(Tag.recording_id).where(Tag.incident_id == incident_id).distinct()
    for recording_id in session.scalars(tagged):
        found += about_recording(session, recording_id)
    return list(dict.fromkeys(found))


def entries_about(session: Session, subjects: Iterable[About]) -> list[Link]:
    """Every entry about these things, in the chain's order."""
    rows: dict[int, Link] = {}
    table = CustodyEntry.__table__
    for about in subjects:
        query = sa.select(table).where(
            table.c.subject_kind == about.kind.value, table.c.subject_id == about.id
        )
        rows |= {row.position: link_of(row) for row in session.execute(query)}
    return [rows[position] for position in sorted(rows)]


def export(session: Session, subjects: Iterable[About]) -> JsonObject:
    """These entries as a document: each can be hashed again, and the head places them in time."""
    newest = head(session)
    entries: list[Json] = [
        document_of(link.entry) | {"hash": link.hash} for link in entries_about(session, subjects)
    ]
    return {
        "custody": {"position": newest.position, "hash": newest.hash},
        "entries": entries,
    }


def _collect(session: Session, queries: dict[Subject, sa.Select[str]]) -> list[About]:
    return [About(kind, id_) for kind, query in queries.items() for id_ in session.scalars(query)]
