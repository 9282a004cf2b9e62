"""The facts of an incident as the rules read them: asserted facts, and what the catalog knows.

A fact that was asserted in words the vocabulary does not know counts as unknown and is named, so
that one slip of the pen neither stops every decision nor decides anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.incident import Fact, Incident
from bwc.catalog.recording import Recording
from bwc.catalog.release import Obligation, ObligationState
from bwc.catalog.rendering import Verdict
from bwc.catalog.request import Complaint, Hold, RecordRequest, RequestState
from bwc.clock import iso
from bwc.errors import NotFound, PolicyPackError
from bwc.policy.facts import Facts
from bwc.policy.vocabulary import FACTS
from bwc.release.rows import PUBLIC, newest_rendering, recordings_of

UNKNOWN = "unknown"
GRANTED = ("released", "partly_released")  # outcomes of bwc.requests.words
NAMEABLE = ("date_time", "specific_location", "subject_name", "case_number", "officer_id")
NOT_SHOWN = "not_shown"
NOTICES = ("CONSULT", "NOTIFY", "OFFER_VIEWING")  # duties that are met by telling someone


@dataclass(frozen=True, slots=True)
class Case:
    """The fact document of one incident for one audience, and the names that could not be read."""

    document: JsonObject
    unreadable: tuple[str, ...]

    @property
    def facts(self) -> Facts:
        """The same, as the rules test it."""
        return Facts.from_document(self.document)


def case_of(
    session: Session,
    incident_id: str,
    *,
    audience: str,
    at: datetime,
    request_id: str | None = None,
) -> Case:
    """What is known of an incident at `at`.

    Args:
        session: a session of the catalog.
        incident_id: the incident.
        audience: the public, or the role of a requester.
        at: when, aware.
        request_id: the request that is meant; None for the one whose clock runs.

    Raises:
        NotFound: no such incident.
    """
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound("there is no such incident", where=incident_id)
    document = _known(session, incident, at)
    request = (
        _request(session, incident_id, audience=audience)
        if request_id is None
        else session.get(RecordRequest, request_id)
    )
    if request is not None:
        document["request"] = _asked(request)
    unreadable: list[str] = []
    for name, value in sorted(_asserted(session, incident_id).items()):
        joined = _joined(document, name, value)
        if _is_readable(document, name, joined):
            _place(document, name, joined)
        else:
            unreadable.append(name)
            if name in FACTS:
                document[name] = UNKNOWN
    return Case(document, tuple(unreadable))


def _known(session: Session, incident: Incident, at: datetime) -> JsonObject:
    """What rows say by themselves, the request left out."""
    document: JsonObject = {
        "incident_at": iso(incident.occurred_at),
        "persons": UNKNOWN,  # until a reviewer says who and what is to be seen and heard
        "segments": UNKNOWN,
    }
    lists: dict[str, list[Json]] = {
        "complaints": [_complaint(row) for row in _complaints(session, incident.id)],
        "holds": [_hold(row) for row in _holds(session, incident.id, at)],
        "notices": _notices(session, incident.id),
    }
    document.update({name: rows for name, rows in lists.items() if rows})
    recordings = recordings_of(session, incident.id)
    if recordings:
        document["recording"] = _recording(recordings[0])
        document.update(_redaction(session, recordings))
    return document


def _asserted(session: Session, incident_id: str) -> dict[str, Json]:
    """The newest value of each asserted name."""
    rows = session.scalars(
        sa.select(Fact).where(Fact.incident_id == incident_id).order_by(Fact.asserted_at, Fact.id)
    )
    return {row.name: row.value.get("value") for row in rows}


def _joined(document: JsonObject, name: str, value: Json) -> Json:
    """An asserted list adds to the rows of the catalog; it never hides them."""
    rows = document.get(name)
    if not isinstance(rows, list):
        return value
    return [*rows, *value] if isinstance(value, list) else [*rows, value]


def _is_readable(document: JsonObject, name: str, value: Json) -> bool:
    trial: JsonObject = {key: _copy(item) for key, item in document.items()}
    try:
        _place(trial, name, value)
        Facts.from_document(trial)
    except PolicyPackError:
        return False
    return True


def _place(document: JsonObject, name: str, value: Json) -> None:
    """Put a fact where its dotted name says; a whole record keeps what the catalog knows of it."""
    head, _, field = name.partition(".")
    inner = document.get(head)
    if field:
        document[head] = {**(inner if isinstance(inner, dict) else {}), field: value}
    elif isinstance(inner, dict) and isinstance(value, dict):
        document[head] = {**value, **inner}
    else:
        document[name] = value


def _copy(value: Json) -> Json:
    return dict(value) if isinstance(value, dict) else value


def _complaints(session: Session, incident_id: str) -> Iterable[Complaint]:
    rows = sa.select(Complaint).where(Complaint.incident_id == incident_id)
    return session.scalars(rows.order_by(Complaint.filed_at, Complaint.id))


def _complaint(row: Complaint) -> JsonObject:
    known: JsonObject = {
        "filed_at": iso(row.filed_at),
        "by": row.filed_by,
        "formal": row.formal,
        "about_misconduct": row.about_misconduct,
    }
    return known | ({"log_number": row.log_number} if row.log_number else {})


def _holds(session: Session, incident_id: str, at: datetime) -> Iterable[Hold]:
    """Those in force."""
    rows = sa.select(Hold).where(
        Hold.incident_id == incident_id,
        Hold.lifted_at.is_(None),
        sa.or_(Hold.expires_at.is_(None), Hold.expires_at > at),
    )
    return session.scalars(rows.order_by(Hold.placed_at, Hold.id))


def _hold(row: Hold) -> JsonObject:
    known: JsonObject = {
        "kind": row.kind.value,
        "from": iso(row.placed_at),
        "ordered_by": row.ordered_by,
    }
    return known | ({"until": iso(row.expires_at)} if row.expires_at else {})


def _notices(session: Session, incident_id: str) -> list[Json]:
    """What staff proved to have told or offered to someone, and when."""
    rows = session.scalars(
        sa.select(Obligation)
        .where(
            Obligation.incident_id == incident_id,
            Obligation.state == ObligationState.PROVEN,
            Obligation.kind.in_(NOTICES),
            Obligation.recipient.is_not(None),
            Obligation.proven_at.is_not(None),
        )
        .order_by(Obligation.id)
    )
    given = {(row.kind.lower(), row.recipient, iso(row.proven_at)) for row in rows if row.proven_at}
    return [{"type": kind, "to": to, "sent_at": sent} for kind, to, sent in sorted(given, key=str)]


def _request(session: Session, incident_id: str, *, audience: str) -> RecordRequest | None:
    """The request whose clock runs: the earliest, of that role where the audience is one.

    A closed request asks for nothing any more; one that was granted is still why footage is public.
    """
    open_first = RecordRequest.state == RequestState.CLOSED
    rows = sa.select(RecordRequest).where(
        RecordRequest.incident_id == incident_id,
        sa.or_(RecordRequest.state != RequestState.CLOSED, RecordRequest.outcome.in_(GRANTED)),
    )
    if audience != PUBLIC:
        rows = rows.where(RecordRequest.requester_role == audience)
    order = rows.order_by(open_first, RecordRequest.received_at, RecordRequest.id)
    return session.scalars(order.limit(1)).first()


def _asked(row: RecordRequest) -> JsonObject:
    """A request as the rules read it; what nobody has looked at is not stated."""
    known: JsonObject = {
        "id": row.number,
        "received_at": iso(row.received_at),
        "channel": row.channel,
        "requester_role": row.requester_role,
    }
    if row.names is not None:
        known |= {f"has_{name}": name in row.names for name in NAMEABLE}
    if row.identity_shown is not None:
        known["identity_verified"] = row.identity_shown != NOT_SHOWN
    stated = {"statute_invoked": row.statute_invoked, "authorisation_doc": row.authorisation_doc}
    return known | {name: text for name, text in stated.items() if text}


def _recording(row: Recording) -> JsonObject:
    """The first recording of the incident: when it was made, and its hash."""
    known: JsonObject = {
        "id": row.id,
        "imported_at": iso(row.received_at),
        "sha256": row.sha256,
        "edited": False,
    }
    started: JsonObject = {"start": iso(row.started_at)} if row.started_at else {}
    return known | started


def _redaction(session: Session, recordings: list[Recording]) -> JsonObject:
    """What verification proved of every recording; nothing is said before that."""
    renderings = [(row, newest_rendering(session, row.id)) for row in recordings]
    if any(found is None or found.verdict is not Verdict.PASSED for _, found in renderings):
        return {}
    intact = all(found and found.original_sha256 == row.sha256 for row, found in renderings)
    return {"render_irreversible": True, "original_hash_ok": intact}
