"""Finding jobs: by where they stand, and by id."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.job import Job, JobState
from bwc.errors import NotFound


def list_jobs(session: Session, *, state: JobState | None, limit: int) -> list[Job]:
    """The newest jobs first: those in `state`, or all of them."""
    query = sa.select(Job).order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Job.state == state)
    return list(session.scalars(query))


def list_dead(session: Session) -> list[str]:
    """The ids of all dead jobs, oldest first, so that a need comes before what needs it."""
    dead = sa.select(Job.id).where(Job.state == JobState.DEAD)
    return list(session.scalars(dead.order_by(Job.created_at, Job.id)))


def get_job(session: Session, job_id: str) -> Job:
    """One job.

    Raises:
        NotFound: no such job.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound("there is no such job", where=job_id, advice="`bwc jobs list` lists them")
    return job
