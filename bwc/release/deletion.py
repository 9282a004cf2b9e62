"""The day by which footage must be destroyed, as one open duty of its incident.

Only a disposal meets it (`bwc retention`), and it ends with the last recording that must go. Where
a hold, a pending request, a question or an unknown fact keeps the footage, there is no such duty.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.recording import RecordingState
from bwc.catalog.release import DELETION, Decision, Obligation, ObligationState
from bwc.ids import new_id
from bwc.policy.facts import Facts
from bwc.policy.moments import show
from bwc.policy.retention import retain
from bwc.policy.rules import Packs
from bwc.release.due import due_moment
from bwc.release.kept import kept_facts
from bwc.release.obligations import OWNER
from bwc.release.rows import obligations_of, recordings_of


@dataclass(frozen=True, slots=True, order=True)
class _Ceiling:
    """When a recording must be gone, and the rule that says so."""

    by: datetime
    rule: str


def write_deletion(session: Session, packs: Packs, decision: Decision, at: datetime) -> None:
    """Bring the duty under a standing decision up to date: it is due when the first recording is.

    Args:
        session: a writing session of the catalog.
        packs: the packs in force.
        decision: the public's, which stands.
        at: when, in the agency's own zone.
    """
    first = _first(session, packs, decision.incident_id, at)
    wanted = first and (first.by, first.rule)
    for row in obligations_of(session, decision.id):
        if row.kind != DELETION or row.state is not ObligationState.OPEN:
            continue
        if (row.due_at, row.element) == wanted:
            wanted = None
        else:
            row.state = ObligationState.LAPSED
    if first is not None and wanted is not None:
        session.add(_row(decision, first))
    session.flush()


def _first(session: Session, packs: Packs, incident_id: str, at: datetime) -> _Ceiling | None:
    """The earliest ceiling of the incident's recordings that nothing stops."""
    if not any(rule.then.delete_by or rule.then.destroy for rule in packs.rules):
        return None
    kept = [
        kept_facts(session, recording, incident_id, at)
        for recording in recordings_of(session, incident_id)
        if recording.state is not RecordingState.DISPOSED
    ]
    found = (_ceiling(packs, facts, at) for facts in kept)
    return min((ceiling for ceiling in found if ceiling is not None), default=None)


def _ceiling(packs: Packs, facts: JsonObject, at: datetime) -> _Ceiling | None:
    """When one recording must be gone; None where nothing says so or something stops it."""
    said = retain(packs, Facts.from_document(facts), on=at)
    if said.delete_by is None or said.holds:
        return None
    return _Ceiling(due_moment(show(said.delete_by), local=at), said.deleting_rule or "")


def _row(decision: Decision, first: _Ceiling) -> Obligation:
    return Obligation(
        id=new_id(),
        incident_id=decision.incident_id,
        decision_id=decision.id,
        kind=DELETION,
        element=first.rule,
        owner_role=OWNER,
        due_at=first.by,
        blocks_release=False,
        state=ObligationState.OPEN,
    )
