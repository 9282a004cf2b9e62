"""Jobs: how far, why not yet, stop, and try again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter

from api.desk.v1.paging import Limit
from api.desk.v1.schemas import JobList, JobRead
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.views.jobs import list_jobs, view_job
from bwc.jobs.endings import cancel, retry_dead

router = APIRouter(tags=["jobs"], responses=problem_responses(422))


@router.get("/jobs", responses=problem_responses(401, 403, 422))
def get_jobs(
    house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_JOBS)], limit: Limit = 50
) -> JobList:
    """Jobs at work and waiting first, then those that ended."""
    with house.catalog.read() as session:
        found = list_jobs(session, at=house.clock.now(), limit=limit)
    return JobList(items=[JobRead.model_validate(job) for job in found])


@router.get("/jobs/{job_id}", responses=problem_responses(401, 403, 404))
def get_job(job_id: str, house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_JOBS)]) -> JobRead:
    """One job with its progress, and why it waits."""
    with house.catalog.read() as session:
        return JobRead.model_validate(view_job(session, job_id, at=house.clock.now()))


@router.post(
    "/jobs/{job_id}/cancel",
    status_code=HTTPStatus.ACCEPTED,
    responses=problem_responses(401, 403, 404, 409),
)
def cancel_job(
    job_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.CANCEL_JOB)]
) -> JobRead:
    """Tell a job to stop; a running one stops at its next report."""
    now = house.clock.now()
    with house.catalog.write() as session:
        cancel(session, job_id, by=actor.username, now=now)
        read = JobRead.model_validate(view_job(session, job_id, at=now))
        session.commit()
    return read


@router.post(
    "/jobs/{job_id}/retry",
    status_code=HTTPStatus.ACCEPTED,
    responses=problem_responses(401, 403, 404, 409),
)
def retry_job(
    job_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.CANCEL_JOB)]
) -> JobRead:
    """Give a dead job another life, and those that died because they need it."""
    now = house.clock.now()
    with house.catalog.write() as session:
        retry_dead(session, job_id, by=actor.username, now=now)
        session.flush()
        read = JobRead.model_validate(view_job(session, job_id, at=now))
        session.commit()
    return read
