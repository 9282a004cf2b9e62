"""What each role must do by when: the open obligations, and the deadlines of what is not out yet."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Incident
from bwc.catalog.release import Decision, Obligation, ObligationState, Release, ReleaseState
from bwc.policy.ical import Due
from bwc.release.gates import RELEASING
from bwc.release.rows import PUBLIC, recordings_of

DECIDING = "records"  # the role that answers a case by its deadline


def due_work(session: Session) -> Iterator[Due]:
    """Open obligations of standing decisions, then the deadlines of the decisions themselves."""
    duties = (
        sa.select(Obligation, Incident.number)
        .join(Incident, Incident.id == Obligation.incident_id)
        .join(Decision, Decision.id == Obligation.decision_id)
        .where(
            Obligation.state == ObligationState.OPEN,
            Obligation.due_at.is_not(None),
            Decision.superseded_at.is_(None),
        )
    )
    for row, number in session.execute(duties):
        if row.due_at is not None:
            yield Due(row.id, row.owner_role, _what(row), number, row.due_at)
    decisions = (
        sa.select(Decision, Incident.number)
        .join(Incident, Incident.id == Decision.incident_id)
        .where(Decision.superseded_at.is_(None), Decision.due_at.is_not(None))
    )
    out = set(
        session.scalars(
            sa.select(Release.recording_id).where(Release.state == ReleaseState.PUBLISHED)
        )
    )
    for decision, number in session.execute(decisions):
        if decision.due_at is not None and not _is_met(session, decision, out):
            what = f"{_words(decision.outcome)} ({decision.audience})"
            yield Due(decision.id, DECIDING, what, number, decision.due_at)


def _is_met(session: Session, decision: Decision, out: set[str]) -> bool:
    """Whether every recording that it releases to the public is among those that are `out`."""
    if not out or decision.audience != PUBLIC or decision.outcome not in RELEASING:
        return False
    recordings = {row.id for row in recordings_of(session, decision.incident_id)}
    return bool(recordings) and recordings <= out


def _what(row: Obligation) -> str:
    parts = (row.kind, row.element, row.recipient)
    return " · ".join(_words(part) for part in parts if part)


def _words(name: str) -> str:
    return name.replace("_", " ").lower()
