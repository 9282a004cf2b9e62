"""For whom a case is decided: the public always, and whoever asks in a right of his own.

The press and everyone else who asks as one of the public gets the public's decision. Someone who
asks as the person recorded, his family or counsel has other rights, and so a decision of his own
for as long as his request is open.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.release import Decision, ObligationState
from bwc.catalog.request import RecordRequest, RequestState
from bwc.policy.rules import Packs
from bwc.policy.vocabulary import GENERAL_PUBLIC
from bwc.release.decide import decide_incident
from bwc.release.deletion import write_deletion
from bwc.release.rows import PUBLIC, obligations_of


def decide_for_all(
    session: Session, packs: Packs, incident_id: str, at: datetime
) -> list[Decision]:
    """The decisions that stand for an incident, the public's first.

    The day by which its footage must be destroyed becomes a duty under the public's.

    Args:
        session: a writing session of the catalog.
        packs: the packs in force.
        incident_id: the incident.
        at: when, in the agency's own zone.

    Raises:
        NotFound: no such incident.
    """
    roles = _asking(session, incident_id)
    decided = [
        decide_incident(session, packs, incident_id, at, audience=audience)
        for audience in (PUBLIC, *roles)
    ]
    _end_others(session, incident_id, {PUBLIC, *roles}, at)
    write_deletion(session, packs, decided[0], at)
    return decided


def _asking(session: Session, incident_id: str) -> list[str]:
    """The roles of open requests that have rights of their own."""
    roles = sa.select(RecordRequest.requester_role).where(
        RecordRequest.incident_id == incident_id,
        RecordRequest.state != RequestState.CLOSED,
        RecordRequest.requester_role.not_in(GENERAL_PUBLIC | {PUBLIC}),
    )
    return sorted(set(session.scalars(roles)))


def _end_others(session: Session, incident_id: str, audiences: set[str], at: datetime) -> None:
    """Nobody asks in that role any more: its decision stands no longer, its open duties lapse."""
    rows = sa.select(Decision).where(
        Decision.incident_id == incident_id,
        Decision.superseded_at.is_(None),
        Decision.audience.not_in(audiences),
    )
    for decision in session.scalars(rows).all():
        decision.superseded_at = at
        for duty in obligations_of(session, decision.id):
            if duty.state is ObligationState.OPEN:
                duty.state = ObligationState.LAPSED
    session.flush()
