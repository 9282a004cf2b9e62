"""Incidents as staff read them: the list, and one with all that is known, asked and decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.incident import Call, Fact, Incident
from bwc.catalog.proof import ProofFile
from bwc.catalog.release import Decision, Obligation, ObligationState, Release, ReleaseState
from bwc.catalog.request import Complaint, Hold, HoldKind, RecordRequest, RequestState
from bwc.catalog.views.copying import value_of
from bwc.catalog.views.recordings import RecordingLine, list_recordings, newest_tags
from bwc.errors import NotFound

PUBLIC = "public"
MOST_RECORDINGS = 200


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident in the list, with what stands decided for the public."""

    id: str
    number: str
    title: str
    kind: str
    occurred_at: datetime
    district: str
    recordings: int
    outcome: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class FactLine:
    """One asserted fact; `stands` where no newer assertion of the name follows it."""

    name: str
    value: Json
    source: str
    asserted_by: str
    asserted_at: datetime
    evidence_ref: str | None
    stands: bool


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What the rules say for one audience, and the document that explains it."""

    id: str
    incident_id: str
    audience: str
    modality: str | None
    outcome: str
    due_at: datetime | None
    rests_on_draft: bool
    decided_at: datetime
    sha256: str
    document: JsonObject


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One file that proves that an obligation was met."""

    id: str
    sha256: str
    size_bytes: int
    kind: str
    name: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ObligationLine:
    """One thing a standing decision demands."""

    id: str
    incident_id: str
    decision_id: str
    kind: str
    recipient: str | None
    element: str | None
    owner_role: str
    due_at: datetime | None
    blocks_release: bool
    state: ObligationState
    proof: str | None
    proven_by: str | None
    proven_at: datetime | None
    files: tuple[ProofLine, ...]


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One record request. Who asked is for those who answer it; it holds until it is closed."""

    id: str
    number: str
    incident_id: str | None
    received_at: datetime
    channel: str
    requester_role: str
    requester_name: str | None
    requester_contact: str | None
    description: str
    state: RequestState
    covers: str | None
    covers_from: datetime | None
    covers_to: datetime | None
    recordings: list[Json] | None
    names: list[Json] | None
    statute_invoked: str | None
    identity_shown: str | None
    authorisation_doc: str | None
    outcome: str | None
    closing_reason: str | None
    closed_by: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """One complaint."""

    id: str
    number: str
    filed_at: datetime
    filed_by: str
    about_misconduct: bool
    log_number: str | None
    description: str


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold; it binds while `is_active`."""

    id: str
    kind: HoldKind
    blocks_release: bool
    reason: str
    ordered_by: str
    placed_at: datetime
    expires_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """One release in a list."""

    id: str
    incident_id: str
    recording_id: str
    audience: str
    title: str
    state: ReleaseState
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident with everything that hangs on it."""

    id: str
    number: str
    title: str
    kind: str
    occurred_at: datetime
    district: str
    calls: list[str]
    recordings: list[RecordingLine]
    facts: list[FactLine]
    decisions: list[DecisionLine]
    obligations: list[ObligationLine]
    requests: list[RequestLine]
    complaints: list[ComplaintLine]
    holds: list[HoldLine]
    releases: list[ReleaseLine]


def list_incidents(
    session: Session, *, limit: int, search: str = "", before: str | None = None
) -> list[IncidentLine]:
    """Incidents, the newest first; `search` looks into number, title, kind and district."""
    tags = newest_tags()
    count = sa.select(sa.func.count()).where(tags.c.incident_id == Incident.id).scalar_subquery()
    query = (
        sa.select(Incident, count, Decision.outcome, Decision.due_at)
        .outerjoin(
            Decision,
            sa.and_(
                Decision.incident_id == Incident.id,
                Decision.audience == PUBLIC,
                Decision.superseded_at.is_(None),
            ),
        )
        .order_by(Incident.occurred_at.desc(), Incident.id.desc())
        .limit(limit)
    )
    if search:
        columns = (Incident.number, Incident.title, Incident.kind, Incident.district)
        query = query.where(
            sa.or_(*(column.icontains(search, autoescape=True) for column in columns))
        )
    if before is not None:
        last = session.get(Incident, before)
        if last is not None:
            place = sa.tuple_(Incident.occurred_at, Incident.id)
            query = query.where(place < sa.tuple_(last.occurred_at, last.id))
    return [
        value_of(IncidentLine, incident, recordings=recordings, outcome=outcome, due_at=due_at)
        for incident, recordings, outcome, due_at in session.execute(query)
    ]


def view_incident(session: Session, incident_id: str, *, at: datetime) -> IncidentView:
    """One incident with everything that hangs on it.

    Raises:
        NotFound: no such incident.
    """
    row = session.get(Incident, incident_id)
    if row is None:
        raise NotFound("there is no such incident", where=incident_id)
    decisions = _decisions(session, incident_id)
    return value_of(
        IncidentView,
        row,
        calls=list(
            session.scalars(
                sa.select(Call.number).where(Call.incident_id == incident_id).order_by(Call.number)
            )
        ),
        recordings=list_recordings(session, limit=MOST_RECORDINGS, incident_id=incident_id),
        facts=_facts(session, incident_id),
        decisions=decisions,
        obligations=_obligations(session, [decision.id for decision in decisions]),
        requests=_requests(session, incident_id),
        complaints=_complaints(session, incident_id),
        holds=_holds(session, incident_id, at=at),
        releases=list_releases(session, incident_id=incident_id),
    )


def list_releases(
    session: Session, *, incident_id: str | None = None, recording_id: str | None = None
) -> list[ReleaseLine]:
    """Releases of an incident or a recording, the newest first."""
    query = sa.select(Release).order_by(Release.id.desc())
    if incident_id is not None:
        query = query.where(Release.incident_id == incident_id)
    if recording_id is not None:
        query = query.where(Release.recording_id == recording_id)
    return [value_of(ReleaseLine, row) for row in session.scalars(query)]


def _decisions(session: Session, incident_id: str) -> list[DecisionLine]:
    query = sa.select(Decision).where(
        Decision.incident_id == incident_id, Decision.superseded_at.is_(None)
    )
    order = (Decision.audience != PUBLIC, Decision.audience)
    return [value_of(DecisionLine, row) for row in session.scalars(query.order_by(*order))]


def _obligations(session: Session, decision_ids: list[str]) -> list[ObligationLine]:
    query = sa.select(Obligation).where(Obligation.decision_id.in_(decision_ids))
    rows = list(session.scalars(query.order_by(Obligation.id)))
    files = list_proofs(session, [row.id for row in rows])
    return [value_of(ObligationLine, row, files=files.get(row.id, ())) for row in rows]


def list_proofs(
    session: Session, obligation_ids: Sequence[str]
) -> dict[str, tuple[ProofLine, ...]]:
    """The files of obligations, by obligation, the oldest first."""
    query = sa.select(ProofFile).where(ProofFile.obligation_id.in_(obligation_ids))
    found: dict[str, tuple[ProofLine, ...]] = {}
    for row in session.scalars(query.order_by(ProofFile.id)):
        found[row.obligation_id] = (
            *found.get(row.obligation_id, ()),
            value_of(ProofLine, row),
        )
    return found


def _facts(session: Session, incident_id: str) -> list[FactLine]:
    query = sa.select(Fact).where(Fact.incident_id == incident_id)
    newest: set[str] = set()
    lines: list[FactLine] = []
    for row in session.scalars(query.order_by(Fact.asserted_at.desc(), Fact.id.desc())):
        stands = row.name not in newest
        newest.add(row.name)
        lines.append(value_of(FactLine, row, value=row.value.get("value"), stands=stands))
    return sorted(lines, key=lambda line: line.name)


def _requests(session: Session, incident_id: str) -> list[RequestLine]:
    query = sa.select(RecordRequest).where(RecordRequest.incident_id == incident_id)
    rows = session.scalars(query.order_by(RecordRequest.received_at))
    return [value_of(RequestLine, row) for row in rows]


def _complaints(session: Session, incident_id: str) -> list[ComplaintLine]:
    query = sa.select(Complaint).where(Complaint.incident_id == incident_id)
    return [
        value_of(ComplaintLine, row) for row in session.scalars(query.order_by(Complaint.filed_at))
    ]


def _holds(session: Session, incident_id: str, *, at: datetime) -> list[HoldLine]:
    query = sa.select(Hold).where(Hold.incident_id == incident_id).order_by(Hold.placed_at)
    return [
        value_of(
            HoldLine,
            row,
            is_active=row.lifted_at is None and (row.expires_at is None or row.expires_at > at),
        )
        for row in session.scalars(query)
    ]


def list_unplaced_complaints(session: Session) -> list[ComplaintLine]:
    """Complaints that name no incident yet, the oldest first."""
    query = sa.select(Complaint).where(Complaint.incident_id.is_(None))
    return [
        value_of(ComplaintLine, row) for row in session.scalars(query.order_by(Complaint.filed_at))
    ]


def list_unplaced_requests(session: Session) -> list[RequestLine]:
    """Open requests that name no incident yet, the oldest first."""
    query = sa.select(RecordRequest).where(
        RecordRequest.incident_id.is_(None), RecordRequest.state == RequestState.OPEN
    )
    rows = session.scalars(query.order_by(RecordRequest.received_at))
    return [value_of(RequestLine, row) for row in rows]
