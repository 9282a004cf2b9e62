"""Jobs as staff read them: what runs, what waits and for what, what died and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.incident import Incident
from bwc.catalog.job import Job, JobNeed, JobState, Queue
from bwc.catalog.link import RecipientLink
from bwc.catalog.recording import Recording
from bwc.catalog.release import Release
from bwc.catalog.views.copying import value_of
from bwc.errors import NotFound

ACTIVE = (JobState.RUNNING, JobState.WAITING)


class AboutKind(StrEnum):
    """What a job may be about, by the name of its pages."""

    RECORDING = "recordings"
    INCIDENT = "incidents"
    RELEASE = "releases"


@dataclass(frozen=True, slots=True)
class AboutLine:
    """What a job is about: its kind and the name that people know it by."""

    kind: AboutKind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job. `waits_for` says why it does not run yet; empty for every other state."""

    id: str
    kind: str
    queue: Queue
    subject_id: str | None
    state: JobState
    attempt: int
    failures: int
    max_attempts: int
    progress: float
    stage: str
    reason: str | None
    result: JsonObject | None
    requested_by: str
    cancel_requested_by: str | None
    created_at: datetime
    run_after: datetime
    finished_at: datetime | None
    waits_for: str
    about: AboutLine | None

    @property
    def percent(self) -> int:
        """Progress for people, 0 to 100."""
        return round(self.progress * 100)

    @property
    def is_active(self) -> bool:
        """Whether it runs or will run."""
        return self.state in ACTIVE


def list_jobs(session: Session, *, at: datetime, limit: int) -> list[JobLine]:
    """Jobs at work and waiting first, then those that ended, the newest first."""
    rank = sa.case({JobState.RUNNING: 0, JobState.WAITING: 1}, value=Job.state, else_=2)
    query = sa.select(Job).order_by(rank, Job.id.desc()).limit(limit)
    return _lines(session, list(session.scalars(query)), at=at)


def list_jobs_about(session: Session, subject_id: str, *, at: datetime) -> list[JobLine]:
    """The jobs about one thing, the newest first."""
    query = sa.select(Job).where(Job.subject_id == subject_id).order_by(Job.id.desc())
    return _lines(session, list(session.scalars(query)), at=at)


def view_job(session: Session, job_id: str, *, at: datetime) -> JobLine:
    """One job.

    Raises:
        NotFound: no such job.
    """
    row = session.get(Job, job_id)
    if row is None:
        raise NotFound("there is no such job", where=job_id)
    return _lines(session, [row], at=at)[0]


def list_unmended(session: Session, *, at: datetime) -> list[JobLine]:
    """Dead jobs that no later job of the same kind about the same thing made good.

    A copy for a link that is over is missed by nobody.
    """
    later = sa.orm.aliased(Job)
    mended = sa.exists().where(
        later.kind == Job.kind,
        later.subject_id == Job.subject_id,
        later.created_at > Job.created_at,
        later.state != JobState.DEAD,
    )
    over = sa.exists().where(
        RecipientLink.id == Job.subject_id,
        sa.or_(RecipientLink.revoked_at.is_not(None), RecipientLink.expires_at <= at),
    )
    query = sa.select(Job).where(Job.state == JobState.DEAD, ~mended, ~over).order_by(Job.id)
    return _lines(session, list(session.scalars(query)), at=at)


def _lines(session: Session, jobs: list[Job], *, at: datetime) -> list[JobLine]:
    waiting = [job.id for job in jobs if job.state is JobState.WAITING]
    needs = _open_needs(session, waiting)
    about = _about(session, [job.subject_id for job in jobs if job.subject_id])
    return [
        value_of(
            JobLine,
            job,
            waits_for=_why(job, needs.get(job.id, []), at),
            about=about.get(job.subject_id or ""),
        )
        for job in jobs
    ]


def _about(session: Session, ids: list[str]) -> dict[str, AboutLine]:
    """What these ids are, for those that have a page."""
    named = (
        (AboutKind.RECORDING, Recording.id, Recording.original_name),
        (AboutKind.INCIDENT, Incident.id, Incident.number),
        (AboutKind.RELEASE, Release.id, Release.title),
    )
    found = {
        found_id: AboutLine(kind, found_id, name)
        for kind, key, label in named
        for found_id, name in session.execute(sa.select(key, label).where(key.in_(ids)))
    }
    links = (
        sa.select(RecipientLink.id, Release.id, Release.title)
        .join(Release, Release.id == RecipientLink.release_id)
        .where(RecipientLink.id.in_(ids))
    )
    for link_id, release_id, title in session.execute(links):  # a link stands on its release's page
        found[link_id] = AboutLine(AboutKind.RELEASE, release_id, title)
    return found


def _why(job: Job, needs: list[Job], at: datetime) -> str:
    """Why a job does not run, as a sentence."""
    if job.state is not JobState.WAITING:
        return ""
    if needs:
        named = ", ".join(f"{need.kind.replace('_', ' ')} ({need.state.value})" for need in needs)
        return f"waits for another job: {named}"
    if job.run_after > at and job.failures:
        return f"tries again after failure {job.failures} of {job.max_attempts}: {job.reason}"
    if job.run_after > at:
        return "starts later"
    return f"next free worker of the queue {job.queue.value}"


def _open_needs(session: Session, job_ids: list[str]) -> dict[str, list[Job]]:
    query = (
        sa.select(JobNeed.job_id, Job)
        .join(Job, Job.id == JobNeed.needs_id)
        .where(JobNeed.job_id.in_(job_ids), Job.state != JobState.DONE)
    )
    needs: dict[str, list[Job]] = {}
    for job_id, needed in session.execute(query):
        needs.setdefault(job_id, []).append(needed)
    return needs
