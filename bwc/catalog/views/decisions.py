"""Decisions for the public that wait for somebody: what is due first comes first."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Incident
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.request import Hold
from bwc.catalog.views.cases import PUBLIC

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OpenDecision:
    """One incident whose decision for the public stands and has not led to a release yet."""

    incident_id: str
    number: str
    title: str
    district: str
    modality: str | None
    outcome: str
    due_at: datetime | None
    decided_at: datetime
    holds: int
    awaits_approval: bool


def list_open_decisions(session: Session, *, at: datetime) -> list[OpenDecision]:
    """Standing decisions for the public without a published release, the earliest due first."""
    out = sa.select(Release.incident_id).where(Release.state == ReleaseState.PUBLISHED)
    proposed = sa.select(Release.incident_id).where(
        Release.state == ReleaseState.PROPOSED, Release.audience == PUBLIC
    )
    holds = (
        sa.select(sa.func.count(Hold.id))
        .where(Hold.incident_id == Incident.id, Hold.lifted_at.is_(None))
        .where(sa.or_(Hold.expires_at.is_(None), Hold.expires_at > at))
        .scalar_subquery()
    )
    query = (
        sa.select(Decision, Incident, holds, Incident.id.in_(proposed))
        .join(Incident, Incident.id == Decision.incident_id)
        .where(Decision.audience == PUBLIC, Decision.superseded_at.is_(None))
        .where(Incident.id.not_in(out))
        .order_by(Decision.id)
    )
    lines = [
        OpenDecision(
            incident_id=incident.id,
            number=incident.number,
            title=incident.title,
            district=incident.district,
            modality=decision.modality,
            outcome=decision.outcome,
            due_at=decision.due_at,
            decided_at=decision.decided_at,
            holds=held,
            awaits_approval=bool(waits),
        )
        for decision, incident, held, waits in session.execute(query)
    ]
    return sorted(lines, key=lambda line: (line.due_at or NEVER, line.number))
