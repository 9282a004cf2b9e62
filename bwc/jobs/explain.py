"""Why a job stands where it stands, in one sentence a person can read."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.job import Job, JobNeed, JobState
from bwc.clock import iso


def why_waiting(session: Session, job: Job) -> str:
    """One sentence: what the job waits for, what it does, or how it ended."""
    match job.state:
        case JobState.WAITING:
            return _waits_for(session, job)
        case JobState.RUNNING if job.cancel_requested_by is not None:
            return f"Running; stops at its next report, as {job.cancel_requested_by} asked."
        case JobState.RUNNING:
            return f"Running ({job.stage or 'started'}, {job.progress:.0%}) on {job.worker}."
        case JobState.DONE:
            return "Done."
        case JobState.DEAD:
            return f"Dead: {_clause(job.reason)}."
        case JobState.CANCELLED:
            return f"Stopped: {_clause(job.reason)}."


def _waits_for(session: Session, job: Job) -> str:
    """What a waiting job waits for: other jobs, a time, or a worker."""
    needs = session.scalars(
        sa.select(Job)
        .join(JobNeed, JobNeed.needs_id == Job.id)
        .where(JobNeed.job_id == job.id, Job.state != JobState.DONE)
        .order_by(Job.created_at)
    ).all()
    if needs:
        named = ", ".join(f"{need.kind} ({_standing(need)})" for need in needs)
        return f"Waits for {named}."
    if job.failures > 0 and job.reason is not None:
        return (
            f"Tried again from {iso(job.run_after)} on, "
            f"after failure {job.failures} of {job.max_attempts}: {_clause(job.reason)}."
        )
    if job.run_after > job.created_at:
        return (
            f"Waits for a free worker of the {job.queue.value} queue from {iso(job.run_after)} on."
        )
    return f"Waits for a free worker of the {job.queue.value} queue."


def _standing(need: Job) -> str:
    """How far a needed job is, in a word or two."""
    if need.state is JobState.RUNNING:
        return f"running, {need.progress:.0%}"
    return need.state.value


def _clause(reason: str | None) -> str:
    """A reason without the full stop it may end in."""
    return (reason or "no reason was recorded").rstrip(".")
