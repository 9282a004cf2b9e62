"""How a job ends other than well: retried, dead, cancelled, and what that does to its dependents.

TransientError is the only error that is tried again. Every other one makes the job dead with its
reason, and a dead or cancelled job ends whatever needs it. Each end is an entry in the ledger.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.canonical import JsonObject
from bwc.catalog.job import Job, JobNeed, JobState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import BwcError, Conflict, NotFound, TransientError
from bwc.jobs.lease import HeldJob, holds

ACTOR = "worker"
MAX_BACKOFF = timedelta(hours=1)
UNHAPPY = (JobState.DEAD, JobState.CANCELLED)


def fail(
    session: Session, held: HeldJob, *, error: Exception, now: datetime, backoff: timedelta
) -> JobState | None:
    """Put down that the step raised `error`; where the job stands now, None if it is not ours.

    A transient error makes the job wait for `backoff`, doubled with each failure; the last
    allowed failure, and any other error at once, make it dead.
    """
    job = session.scalars(_locked(sa.select(Job).where(holds(held)))).one_or_none()
    if job is None:
        return None
    job.failures += 1
    if job.cancel_requested_by is not None:
        _end(job, JobState.CANCELLED, reason=f"cancelled by {job.cancel_requested_by}", now=now)
    elif isinstance(error, TransientError) and job.failures < job.max_attempts:
        job.state = JobState.WAITING
        job.reason = str(error)
        job.run_after = now + min(backoff * 2 ** (job.failures - 1), MAX_BACKOFF)
        job.lease_until = None
    else:
        bury(session, job, reason=_worded(error, job), code=_code(error), now=now)
    session.flush()
    end_dependents(session, now=now)
    return job.state


def stop(session: Session, held: HeldJob, *, now: datetime) -> None:
    """End a running job that learned it was cancelled; nothing happens where it is not ours."""
    job = session.scalars(_locked(sa.select(Job).where(holds(held)))).one_or_none()
    if job is not None:
        _end(job, JobState.CANCELLED, reason=f"cancelled by {job.cancel_requested_by}", now=now)
        session.flush()
        end_dependents(session, now=now)


def cancel(session: Session, job_id: str, *, by: str, now: datetime) -> Job:
    """Stop a job: at once where it waits, at its next report where it runs.

    Raises:
        NotFound: there is no such job.
        Conflict: it has ended already.
    """
    job = _get(session, job_id)
    if job.state not in (JobState.WAITING, JobState.RUNNING):
        raise Conflict(
            "only a job that waits or runs can be cancelled", where=job_id, got=job.state.value
        )
    if job.cancel_requested_by is not None:
        return job
    before: JsonObject = {"state": job.state.value}
    job.cancel_requested_by = by
    if job.state is JobState.WAITING:
        _end(job, JobState.CANCELLED, reason=f"cancelled by {by}", now=now)
    record(
        session,
        Act.JOB_CANCELLED,
        about=About(Subject.JOB, job.id),
        actor=by,
        at=now,
        detail=_facts(job),
        before=before,
    )
    end_dependents(session, now=now)
    return job


def retry_dead(session: Session, job_id: str, *, by: str, now: datetime) -> list[Job]:
    """Let a dead job, and those that died because they need it, try again from the start.

    Raises:
        NotFound: there is no such job.
        Conflict: it is not dead, or a job that it needs is dead or cancelled.
    """
    job = _get(session, job_id)
    if job.state is not JobState.DEAD:
        raise Conflict("only a dead job is retried", where=job_id, got=job.state.value)
    for need in session.scalars(_needs_of(job_id)):
        if need.state in UNHAPPY:
            raise Conflict(
                f"it needs a job that is {need.state.value}",
                where=job_id,
                got=need.id,
                advice="Retry that one first",
            )
    return _revive(session, job, by=by, now=now)


def bury(session: Session, job: Job, *, reason: str, code: str, now: datetime) -> None:
    """Make a job dead, and write it into the ledger."""
    before: JsonObject = {"state": job.state.value}
    _end(job, JobState.DEAD, reason=reason, now=now)
    record(
        session,
        Act.JOB_DEAD,
        about=About(Subject.JOB, job.id),
        actor=ACTOR,
        at=now,
        detail=_facts(job) | {"error": code, "failures": job.failures},
        before=before,
    )


def end_dependents(session: Session, *, now: datetime) -> int:
    """End every waiting job that needs a dead or cancelled one, and so on down; how many."""
    ended = 0
    while hopeless := session.execute(_hopeless()).all():
        for job, need in hopeless:
            if job.state is not JobState.WAITING:
                continue  # it has two such needs, and the first has ended it
            ended += 1
            reason = f"needs the job {need.kind} ({need.id}), which is {need.state.value}"
            if need.state is JobState.DEAD:
                bury(session, job, reason=f"{reason}: {need.reason}", code="need-dead", now=now)
            else:
                _cancel_with(session, job, need, reason=reason, now=now)
        session.flush()
    return ended


def end_abandoned(session: Session, *, now: datetime) -> int:
    """End running jobs whose holder is silent and which may not be tried again; how many.

    Those are the ones that a person cancelled, and those that have cost a worker too often.
    """
    silent = sa.select(Job).where(Job.state == JobState.RUNNING, Job.lease_until < now)
    ended = 0
    for job in session.scalars(_locked(silent.where(_abandoned()))):
        ended += 1
        if job.cancel_requested_by is not None:
            by = job.cancel_requested_by
            _end(job, JobState.CANCELLED, reason=f"cancelled by {by}", now=now)
            continue
        job.failures += 1
        reason = f"its worker was lost {job.failures} times in the midst of it"
        bury(session, job, reason=reason, code="worker-lost", now=now)
    session.flush()
    end_dependents(session, now=now)
    return ended


def _abandoned() -> sa.ColumnElement[bool]:
    """A job that nobody may claim again."""
    return sa.or_(Job.cancel_requested_by.is_not(None), Job.failures + 1 >= Job.max_attempts)


def _hopeless() -> sa.Select[Job, Job]:
    """Waiting jobs, each with a need that has ended other than well.

    One that somebody else is changing right now is left out: the sweeper looks again.
    """
    need = aliased(Job)
    return (
        sa.select(Job, need)
        .join(JobNeed, JobNeed.job_id == Job.id)
        .join(need, need.id == JobNeed.needs_id)
        .where(Job.state == JobState.WAITING, need.state.in_(UNHAPPY))
        .order_by(Job.id)
        .with_for_update(of=Job, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _cancel_with(session: Session, job: Job, need: Job, *, reason: str, now: datetime) -> None:
    """Cancel a waiting job because what it needs was cancelled."""
    before: JsonObject = {"state": job.state.value}
    _end(job, JobState.CANCELLED, reason=reason, now=now)
    record(
        session,
        Act.JOB_CANCELLED,
        about=About(Subject.JOB, job.id),
        actor=ACTOR,
        at=now,
        detail=_facts(job) | {"needs_id": need.id},
        before=before,
    )


def _revive(session: Session, job: Job, *, by: str, now: datetime) -> list[Job]:
    """Make a dead job wait again, then the dead ones that need it."""
    before: JsonObject = {"state": job.state.value, "failures": job.failures}
    job.state, job.failures, job.reason = JobState.WAITING, 0, None
    job.run_after, job.finished_at, job.sent_at = now, None, None
    session.flush()
    record(
        session,
        Act.JOB_RETRIED,
        about=About(Subject.JOB, job.id),
        actor=by,
        at=now,
        detail=_facts(job),
        before=before,
    )
    dependents = (
        sa.select(Job)
        .join(JobNeed, JobNeed.job_id == Job.id)
        .where(JobNeed.needs_id == job.id, Job.state == JobState.DEAD)
        .order_by(Job.id)
    )
    revived = [job]
    for dependent in session.scalars(dependents).all():
        if not any(need.state in UNHAPPY for need in session.scalars(_needs_of(dependent.id))):
            revived += _revive(session, dependent, by=by, now=now)
    return revived


def _end(job: Job, state: JobState, *, reason: str, now: datetime) -> None:
    """Set the columns of an end."""
    job.state, job.reason, job.finished_at, job.lease_until = state, reason, now, None


def _get(session: Session, job_id: str) -> Job:
    """The job, locked until the transaction ends."""
    job = session.scalars(_locked(sa.select(Job).where(Job.id == job_id))).one_or_none()
    if job is None:
        raise NotFound("there is no such job", where=job_id)
    return job


def _needs_of(job_id: str) -> sa.Select[Job]:
    """The jobs that this one needs."""
    return sa.select(Job).join(JobNeed, JobNeed.needs_id == Job.id).where(JobNeed.job_id == job_id)


def _locked(query: sa.Select[Job]) -> sa.Select[Job]:
    """The same rows, fresh from the database and locked until the transaction ends."""
    return query.with_for_update(of=Job).execution_options(populate_existing=True)


def _facts(job: Job) -> JsonObject:
    """What the ledger says about a job: names and numbers, never a message with a path in it."""
    return {"kind": job.kind, "subject_id": job.subject_id, "attempt": job.attempt}


def _code(error: Exception) -> str:
    """A name for the error that carries nothing of its text."""
    return error.code if isinstance(error, BwcError) else type(error).__name__


def _worded(error: Exception, job: Job) -> str:
    """The reason as people read it."""
    text = str(error) if isinstance(error, BwcError) else f"{type(error).__name__}: {error}"
    if isinstance(error, TransientError):
        return f"gave up after {job.failures} failures: {text}"
    return text
