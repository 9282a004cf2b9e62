"""Ordering a redaction: what the records officer's button does."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.job import Job, JobState
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.rendering import Plan as PlanRow
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.jobs.lease import HeldJob
from bwc.redaction.asked import Asked
from bwc.redaction.plan import Plan, parse_plan

LIVE = (JobState.WAITING, JobState.RUNNING)
EXACT = "exact"  # of a rendering's arguments: verification adds nothing to its plan


def order_redaction(
    session: Session, recording_id: str, *, asked: Asked | None = None, by: str, at: datetime
) -> Job:
    """Ask for a recording to be analysed and then rendered; return the rendering job.

    Asking while the same order is under way returns its job: pressing twice is pressing once.

    Raises:
        NotFound: no such recording.
        Conflict: it is in quarantine, so its pictures cannot be trusted, or was disposed of, or
            is being redacted in another way, or its plan is still being worked on.
    """
    require_redactable(session, recording_id)
    arguments: JsonObject = (asked or Asked()).model_dump(mode="json", exclude_defaults=True)
    under_way = rendering_under_way(session, recording_id)
    if under_way is not None:
        _require_same(session, under_way, arguments)
        return under_way
    standing = newest_plan_row(session, recording_id)
    if standing is not None:
        require_settled(session, recording_id, parse_plan(standing.document, where=standing.id))
    analyse = enqueue(
        session,
        JobKind.ANALYSE,
        subject_id=recording_id,
        arguments=arguments,
        requested_by=by,
        at=at,
    )
    render = enqueue(
        session,
        JobKind.RENDER,
        subject_id=recording_id,
        arguments={"analyse_job_id": analyse.id, **manner(arguments)},
        requested_by=by,
        at=at,
        needs=[analyse],
    )
    record(
        session,
        Act.REDACTION_REQUESTED,
        about=About(Subject.RECORDING, recording_id),
        actor=by,
        at=at,
        detail={"analyse_job_id": analyse.id, "render_job_id": render.id, "asked": arguments},
    )
    return render


def call_for_help(
    session: Session, job: HeldJob, *, part: JobKind, most: int, at: datetime
) -> None:
    """Ask for jobs of kind `part`, at most `most`, that share the work of `job`, a recording's.

    Those that were asked for before and have not ended count.
    """
    coming = sa.select(Job.arguments).where(
        Job.kind == part.value, Job.subject_id == job.subject_id, Job.state.in_(LIVE)
    )
    known = sum(arguments.get("of") == job.id for arguments in session.scalars(coming))
    for _ in range(most - known):
        enqueue(
            session,
            part,
            subject_id=job.subject_id,
            arguments={"of": job.id},
            requested_by=job.requested_by,
            at=at,
        )


def manner(arguments: JsonObject) -> JsonObject:
    """Of a job's arguments, how it is rendered, where that is not as usual."""
    return {name: value for name, value in arguments.items() if name == "render"}


def last_manner(session: Session, recording_id: str) -> JsonObject:
    """How a recording was rendered last, where that was not as usual."""
    rendered = sa.select(Job).where(
        Job.kind == JobKind.RENDER.value, Job.subject_id == recording_id
    )
    last = session.scalars(rendered.order_by(Job.id.desc())).first()
    return {} if last is None else manner(last.arguments)


def require_redactable(session: Session, recording_id: str) -> None:
    """Refuse to redact what cannot be trusted or is gone. Raises NotFound, Conflict."""
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFound("there is no such recording", where=recording_id)
    if recording.state is RecordingState.QUARANTINED:
        raise Conflict(
            "a recording in quarantine cannot be redacted",
            where=recording_id,
            got=recording.quarantine_reason,
        )
    if recording.state is RecordingState.DISPOSED:
        raise Conflict(
            "the recording was disposed of; only its tombstone is left", where=recording_id
        )


def require_settled(session: Session, recording_id: str, plan: Plan) -> None:
    """Refuse to render or to begin anew what is still being worked on. Raises Conflict."""
    if carrying(session, recording_id):
        raise Conflict(
            "the tracker still carries what was drawn",
            where=recording_id,
            advice="Wait for it, or cancel it under Jobs",
        )
    if plan.proposed:
        raise Conflict(
            "what a transcript gave away is not decided yet",
            where=recording_id,
            got=f"{len(plan.proposed)} stretches of sound",
            advice="Take each out, or let it be heard",
        )


def _require_same(session: Session, under_way: Job, arguments: JsonObject) -> None:
    """Refuse to take another order for the one that is under way. Raises Conflict."""
    analyse = session.get(Job, str(under_way.arguments.get("analyse_job_id")))
    if analyse is None or analyse.arguments != arguments:
        raise Conflict(
            "the recording is being redacted in another way",
            where=under_way.id,
            advice="Wait for that job, or cancel it",
        )


def newest_plan_row(session: Session, recording_id: str) -> PlanRow | None:
    """The newest version of a recording's plan that can be read."""
    made = sa.select(PlanRow).where(PlanRow.recording_id == recording_id)
    row = session.scalars(made.order_by(PlanRow.version.desc()).limit(1)).first()
    return row if row is not None and row.document else None


def rendering_under_way(session: Session, recording_id: str) -> Job | None:
    """The rendering job of a recording that has not ended yet."""
    return session.scalars(
        sa.select(Job).where(
            Job.kind == JobKind.RENDER.value,
            Job.subject_id == recording_id,
            Job.state.in_(LIVE),
        )
    ).first()


def carrying(session: Session, recording_id: str) -> list[Job]:
    """The jobs that carry something drawn on a recording and have not ended yet."""
    active = sa.select(Job).where(
        Job.kind == JobKind.CARRY.value,
        Job.subject_id == recording_id,
        Job.state.in_([JobState.WAITING, JobState.RUNNING]),
    )
    return list(session.scalars(active.order_by(Job.id)))
