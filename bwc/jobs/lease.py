"""Holding a job: claim it, keep the lease, finish it.

A worker may work on a job only between a claim and the moment somebody else claims it. The claim
adds one to `attempt`; that number is the fence: whoever holds an older one can neither report nor
finish, however late it wakes up. Each function here is one conditional UPDATE, so two workers
that reach for the same job at the same moment cannot both get it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.canonical import JsonObject
from bwc.catalog.job import Job, JobNeed, JobState
from bwc.errors import Cancelled
from bwc.ids import JobId


class LeaseLost(Cancelled):
    """Another worker has taken the job over; whatever this one did does not count."""

    code = "lease-lost"


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A claimed job, free of any session."""

    id: JobId
    kind: str
    subject_id: str | None
    arguments: JsonObject
    requested_by: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: a share from 0 to 1, and the name of what is being done."""

    share: float
    stage: str


def claim(
    session: Session, job_id: str, *, worker: str, now: datetime, lease: timedelta
) -> HeldJob | None:
    """Take the job for `lease`; None where it is not (or no longer) to be had.

    To be had is a waiting job whose time has come and whose needs are all done, and a running job
    whose holder has been silent for longer than its lease. A lost holder counts as one failure.
    """
    lost = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now)
    taken = session.execute(
        sa.update(Job)
        .where(Job.id == job_id, sa.or_(is_due(now), lost), Job.cancel_requested_by.is_(None))
        .where(Job.failures + sa.case((lost, 1), else_=0) < Job.max_attempts)
        .values(
            failures=Job.failures + sa.case((lost, 1), else_=0),
            state=JobState.RUNNING,
            attempt=Job.attempt + 1,
            worker=worker,
            lease_until=now + lease,
            sent_at=None,
            reason=None,
            progress=0.0,
            stage="",
        )
        .execution_options(synchronize_session=False)
    )
    if _changed(taken) == 0:
        return None
    job = session.get_one(Job, job_id, populate_existing=True)
    return HeldJob(
        id=JobId(job.id),
        kind=job.kind,
        subject_id=job.subject_id,
        arguments=job.arguments,
        requested_by=job.requested_by,
        attempt=job.attempt,
    )


def renew(
    session: Session,
    held: HeldJob,
    *,
    now: datetime,
    lease: timedelta,
    progress: Progress | None = None,
) -> None:
    """Keep the lease for another `lease`, and say how far the work is.

    Raises:
        Cancelled: a person asked to stop.
        LeaseLost: somebody else holds the job now.
    """
    values: dict[str, object] = {"lease_until": now + lease}
    if progress is not None:
        values |= {"progress": progress.share, "stage": progress.stage}
    _change_held(session, held, values)


def finish(session: Session, held: HeldJob, *, result: JsonObject, now: datetime) -> None:
    """End the job as done, in the transaction that holds what the work brought.

    Raises:
        Cancelled: a person asked to stop before this moment.
        LeaseLost: somebody else holds the job now.
    """
    values = {
        "state": JobState.DONE,
        "progress": 1.0,
        "stage": "",
        "result": result,
        "lease_until": None,
        "finished_at": now,
    }
    _change_held(session, held, values)


def hand_back(session: Session, *, workers: str, now: datetime) -> int:
    """Make the running jobs of workers that were stopped on purpose wait again; how many.

    One that a person has cancelled does not: its lease ends now, and the sweeper ends it.

    Args:
        session: a writing session.
        workers: what the names of those workers start with; they must have ended.
        now: from when the jobs may start again.
    """
    theirs = sa.and_(Job.state == JobState.RUNNING, Job.worker.startswith(workers, autoescape=True))
    session.execute(
        sa.update(Job)
        .where(theirs, Job.cancel_requested_by.is_not(None))
        .values(lease_until=now)
        .execution_options(synchronize_session=False)
    )
    given_back = session.execute(
        sa.update(Job)
        .where(theirs, Job.cancel_requested_by.is_(None))
        .values(state=JobState.WAITING, run_after=now, lease_until=None, sent_at=None)
        .execution_options(synchronize_session=False)
    )
    return _changed(given_back)


def is_due(now: datetime) -> sa.ColumnElement[bool]:
    """The condition of a waiting job that may start: its time has come, its needs are done."""
    need = aliased(Job)
    open_need = (
        sa.select(sa.literal(1))
        .select_from(JobNeed)
        .join(need, need.id == JobNeed.needs_id)
        .where(JobNeed.job_id == Job.id, need.state != JobState.DONE)
        .correlate(Job)
        .exists()
    )
    return sa.and_(Job.state == JobState.WAITING, Job.run_after <= now, ~open_need)


def holds(held: HeldJob) -> sa.ColumnElement[bool]:
    """The fence: the job is running, and by this very claim."""
    return sa.and_(Job.id == held.id, Job.state == JobState.RUNNING, Job.attempt == held.attempt)


def _change_held(session: Session, held: HeldJob, values: dict[str, object]) -> None:
    """Change the job behind its fence, unless somebody asked to stop it."""
    changed = session.execute(
        sa.update(Job)
        .where(holds(held), Job.cancel_requested_by.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if _changed(changed) == 1:
        return
    asked_by = session.scalar(sa.select(Job.cancel_requested_by).where(holds(held)))
    if asked_by is not None:
        raise Cancelled("the job was cancelled", where=held.id, got=f"a request by {asked_by}")
    raise LeaseLost(
        "this worker no longer holds the job",
        where=held.id,
        expected=f"attempt {held.attempt} to be running",
    )


def _changed(result: sa.Result[Any]) -> int:
    """How many rows an UPDATE changed."""
    if not isinstance(result, sa.CursorResult):
        raise TypeError("only an UPDATE tells how many rows it changed")
    return result.rowcount
