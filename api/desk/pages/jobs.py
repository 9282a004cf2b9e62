"""Jobs: what runs, what waits and why, what died; live by events, or by reloading the page."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.desk.notes import Note
from api.desk.templating import Back, back_to, get_pages, inside
from api.desk.visit import HouseDep, find_visit, may
from bwc.access.roles import Actor, Right
from bwc.catalog.views.jobs import JobLine, list_jobs
from bwc.house import House
from bwc.jobs.endings import cancel, retry_dead

router = APIRouter()
MOST = 100
LOOK_EVERY_SECONDS = 1.0
LOOKS = 25  # then the browser connects anew, so that no connection outlives its session for long


@router.get("/jobs")
def jobs(
    request: Request, house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_JOBS)]
) -> Response:
    """Jobs at work and waiting first."""
    found = _jobs(house)
    return get_pages(request).render(
        request, "jobs.html", jobs=found, live=any(job.is_active for job in found)
    )


@router.get("/jobs/events")
def events(
    request: Request, house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_JOBS)]
) -> Response:
    """What changes, as server-sent events; it keeps no session alive."""
    return StreamingResponse(
        _events(request, house), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


@router.post("/jobs/{job_id}/cancel")
def cancel_job(
    job_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.CANCEL_JOB)]
) -> Response:
    """Tell a job to stop."""
    with house.catalog.write() as session:
        cancel(session, job_id, by=actor.username, now=house.clock.now())
        session.commit()
    return back_to("/jobs", Note.JOB_CANCELLED)


@router.post("/jobs/{job_id}/retry")
def retry_job(
    job_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.CANCEL_JOB)],
    back: Back = "",
) -> Response:
    """Give a dead job another life."""
    with house.catalog.write() as session:
        retry_dead(session, job_id, by=actor.username, now=house.clock.now())
        session.commit()
    return back_to(inside(back or "/jobs"), Note.JOB_RETRIED)


async def _events(request: Request, house: House) -> AsyncIterator[str]:
    """The jobs whenever something about them changed, for as long as the session is good."""
    last = ""
    yield "retry: 1000\n\n"
    for _ in range(LOOKS):
        if await run_in_threadpool(find_visit, request, house) is None:
            return
        found = await run_in_threadpool(_jobs, house)
        now = json.dumps([_event(job) for job in found])
        if now != last:
            last = now
            yield f"data: {now}\n\n"
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _jobs(house: House) -> list[JobLine]:
    with house.catalog.read() as session:
        return list_jobs(session, at=house.clock.now(), limit=MOST)


def _event(job: JobLine) -> dict[str, str | int]:
    return {
        "id": job.id,
        "state": job.state.value,
        "percent": job.percent,
        "stage": job.stage,
        "why": job.waits_for or job.reason or "",
    }
