"""Which jobs the workers must be told of: the catalog's answer to a broker that forgets.

A job is told of once, as soon as it may start. It is told of again when its message must have been
lost: its queue in the broker holds none, and nobody has claimed it for a while. So a broker that
was emptied is filled again within seconds, and one that is merely busy does not fill up with
copies. A message too many does no harm: the second worker finds nothing to claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.catalog.job import Job, JobNeed, JobState, Queue
from bwc.jobs.endings import UNHAPPY, end_abandoned, end_dependents
from bwc.jobs.lease import is_due

RESEND_AFTER = timedelta(seconds=3)  # a worker that is free has claimed by then
BATCH = 500  # messages in one sweep
RESEND_ANYWAY_AFTER = timedelta(minutes=10)  # one lost message among many that are still queued


@dataclass(frozen=True, slots=True)
class Message:
    """What a worker is told: look at this job."""

    job_id: str
    queue: Queue


def tidy(session: Session, *, now: datetime) -> int:
    """End what can no longer run: jobs with a dead need, abandoned ones; how many."""
    return end_abandoned(session, now=now) + end_dependents(session, now=now)


def needs_tidying(session: Session, *, now: datetime) -> bool:
    """Whether `tidy` may find something, asked without locking anything."""
    need = aliased(Job)
    hopeless = (
        sa.select(sa.literal(1))
        .select_from(JobNeed)
        .join(Job, Job.id == JobNeed.job_id)
        .join(need, need.id == JobNeed.needs_id)
        .where(Job.state == JobState.WAITING, need.state.in_(UNHAPPY))
    )
    silent = sa.select(sa.literal(1)).select_from(Job).where(_is_silent(now))
    return bool(session.scalar(sa.select(sa.or_(hopeless.exists(), silent.exists()))))


def unsent(session: Session, *, now: datetime, depths: Mapping[Queue, int]) -> list[Message]:
    """The jobs to tell of now, oldest first.

    Args:
        session: a session that may only read.
        now: the present moment.
        depths: how many messages each queue of the broker holds.
    """
    empty = [queue for queue in Queue if depths.get(queue, 0) == 0]
    untold = sa.or_(
        Job.sent_at.is_(None),
        sa.and_(Job.queue.in_(empty), Job.sent_at < now - RESEND_AFTER),
        Job.sent_at < now - RESEND_ANYWAY_AFTER,
    )
    waiting = sa.select(Job.id, Job.queue).where(sa.or_(is_due(now), _is_silent(now)), untold)
    rows = session.execute(waiting.order_by(Job.run_after, Job.id).limit(BATCH))
    return [Message(job_id, queue) for job_id, queue in rows]


def mark_sent(session: Session, messages: list[Message], *, now: datetime) -> None:
    """Remember that the workers were told of these jobs; those claimed since are left alone."""
    session.execute(
        sa.update(Job)
        .where(Job.id.in_([message.job_id for message in messages]))
        .where(sa.or_(Job.state == JobState.WAITING, _is_silent(now)))
        .values(sent_at=now)
        .execution_options(synchronize_session=False)
    )


def _is_silent(now: datetime) -> sa.ColumnElement[bool]:
    """A running job whose holder has let the lease run out."""
    return sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now)
