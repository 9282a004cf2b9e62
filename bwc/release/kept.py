"""The facts by which one recording is kept, as the catalog has them at a moment."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.incident import Incident
from bwc.catalog.recording import Recording
from bwc.catalog.request import RecordRequest, RequestState
from bwc.clock import iso
from bwc.policy.vocabulary import FACTS
from bwc.release.case import UNKNOWN, case_of
from bwc.release.due import due_moment
from bwc.release.rows import PUBLIC

# What the catalog itself knows in full: where it has no row, there is none. What else nobody has
# stated is unknown here, never false: a flag that was not set may be one that was not looked for.
CATALOGUED = frozenset(
    {
        "jurisdiction_ids",
        "policy_version",
        "now",
        "incident_at",
        "complaints",
        "holds",
        "notices",
        "request",
        "recording",
    }
)


def kept_facts(
    session: Session, recording: Recording, incident_id: str | None, at: datetime
) -> JsonObject:
    """The facts of the incident, about this very recording; a closed request holds nothing."""
    facts: JsonObject = {}
    if incident_id is not None:
        facts = case_of(session, incident_id, audience=PUBLIC, at=at).document
    stated = facts.get("recording")
    facts["recording"] = {
        **(stated if isinstance(stated, dict) else {}),
        "id": recording.id,
        "imported_at": iso(recording.received_at),
        "sha256": recording.sha256,
        "start": iso(recording.started_at) if recording.started_at else UNKNOWN,
    }
    if incident_id is not None:
        facts["incident_at"] = _incident_at(session, incident_id, facts.get("incident_at"), at)
    if incident_id is None or open_request(session, incident_id) is None:
        facts.pop("request", None)
    unstated: JsonObject = {name: UNKNOWN for name in FACTS if name not in CATALOGUED}
    return unstated | facts


def _incident_at(session: Session, incident_id: str, stated: Json, at: datetime) -> Json:
    """When it happened: the dispatch record's time, or a stated one that is later.

    No term is shortened by a date that someone writes down; a stated time can only keep longer.
    """
    recorded = session.get_one(Incident, incident_id).occurred_at
    if isinstance(stated, str) and stated != UNKNOWN and due_moment(stated, local=at) > recorded:
        return stated
    return iso(recorded)


def open_request(session: Session, incident_id: str) -> str | None:
    """The number of a request for this incident that is not closed."""
    rows = sa.select(RecordRequest.number).where(
        RecordRequest.incident_id == incident_id, RecordRequest.state != RequestState.CLOSED
    )
    return session.scalars(rows.order_by(RecordRequest.number).limit(1)).first()
