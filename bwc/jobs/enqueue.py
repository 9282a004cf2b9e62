"""Asking for work: a job row in the transaction of whatever needs it."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.job import Job, JobNeed, JobState
from bwc.ids import new_id
from bwc.jobs.kinds import QUEUE_OF, JobKind

MAX_ATTEMPTS = 5


def enqueue(
    session: Session,
    kind: JobKind,
    *,
    requested_by: str,
    at: datetime,
    subject_id: str | None = None,
    arguments: JsonObject | None = None,
    key: str | None = None,
    needs: Iterable[Job] = (),
) -> Job:
    """Write a waiting job; workers hear of it after the commit.

    Args:
        session: the writing session whose commit makes the job real.
        kind: what is to be done; it decides the queue.
        requested_by: the username or part that asked.
        at: when it was asked, aware; it may start from then on.
        subject_id: the row the work is about.
        arguments: small JSON for the step: ids, never objects.
        key: where set, asking again finds the same job instead of making a second.
        needs: jobs that must be done before this one starts.
    """
    job = Job(
        id=new_id(),
        kind=kind.value,
        queue=QUEUE_OF[kind],
        key=key,
        subject_id=subject_id,
        arguments=arguments or {},
        state=JobState.WAITING,
        max_attempts=MAX_ATTEMPTS,
        run_after=at,
        requested_by=requested_by,
        created_at=at,
    )
    if key is not None:
        known = _known(session, key) or _add_first(session, job, key)
        if known is not None:
            return known
    else:
        session.add(job)
        session.flush()
    session.add_all(JobNeed(job_id=job.id, needs_id=need.id) for need in needs)
    session.flush()
    return job


def _known(session: Session, key: str) -> Job | None:
    """The job under that key."""
    return session.scalars(sa.select(Job).where(Job.key == key)).first()


def _add_first(session: Session, job: Job, key: str) -> Job | None:
    """Add `job`, or return the one that somebody else added under its key a moment before."""
    try:
        with session.begin_nested():
            session.add(job)
    except sa.exc.IntegrityError:
        known = _known(session, key)
        if known is None:
            raise
        return known
    return None
