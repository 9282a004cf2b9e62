"""Who stays visible, decided at the desk: a new version of the plan, and its rendering.

The newest plan is changed and kept beside the older ones; nothing that was rendered before changes.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.job import Job
from bwc.catalog.rendering import Plan as PlanRow
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.redaction.by_hand import hide, unhide
from bwc.redaction.keep import keep_plan
from bwc.redaction.keep_persons import carry_persons
from bwc.redaction.order import last_manner, rendering_under_way, require_redactable
from bwc.redaction.plan import Plan, parse_plan


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom it is about, and whose word it is."""

    recording_id: str
    person: int
    by: str


def leave_visible(session: Session, choice: Choice, *, reason: str, at: datetime) -> Job:
    """Leave a person visible from the next rendering on; return the job that renders it.

    Raises:
        NotFound: no such recording, plan or person.
        Conflict: the recording cannot be redacted, or its rendering is under way.
        InvalidInput: without a reason.
    """
    row, plan = _newest(session, choice.recording_id)
    seen = unhide(plan, choice.person, reason=reason, by=choice.by)
    return _keep(session, row, seen, choice, at=at)


def hide_again(session: Session, choice: Choice, *, at: datetime) -> Job:
    """Hide a person again; return the job that renders it. Raises as `leave_visible` does."""
    row, plan = _newest(session, choice.recording_id)
    return _keep(session, row, hide(plan, choice.person, by=choice.by), choice, at=at)


def _newest(session: Session, recording_id: str) -> tuple[PlanRow, Plan]:
    """The plan to change, once the recording may be redacted and nothing renders it now."""
    require_redactable(session, recording_id)
    if rendering_under_way(session, recording_id) is not None:
        raise Conflict(
            "a rendering of this recording is under way",
            where=recording_id,
            advice="Wait for it, or cancel it",
        )
    plans = sa.select(PlanRow).where(PlanRow.recording_id == recording_id)
    row = session.scalars(plans.order_by(PlanRow.version.desc())).first()
    if row is None:
        raise NotFound("there is no plan of this recording yet", where=recording_id)
    return row, parse_plan(row.document, where=row.id)


def _keep(session: Session, before: PlanRow, plan: Plan, choice: Choice, *, at: datetime) -> Job:
    """Add the new version with its pictures, its rendering job and its custody entry."""
    row = keep_plan(
        session,
        plan,
        recording_id=choice.recording_id,
        author=choice.by,
        job_id=None,
        at=at,
    )
    carry_persons(session, before, row, at=at)
    job = enqueue(
        session,
        JobKind.RENDER,
        subject_id=choice.recording_id,
        arguments={"plan_id": row.id, **last_manner(session, choice.recording_id)},
        requested_by=choice.by,
        at=at,
    )
    record(
        session,
        Act.REDACTION_REQUESTED,
        about=About(Subject.RECORDING, choice.recording_id),
        actor=choice.by,
        at=at,
        detail={"plan_id": row.id, "render_job_id": job.id, "change": plan.history[-1].what},
    )
    return job
