"""Ordering a redaction: what the records officer's button does."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.job import Job, JobState
from bwc.catalog.recording import Recording, RecordingState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind


def order_redaction(session: Session, recording_id: str, *, by: str, at: datetime) -> Job:
    """Ask for a recording to be analysed and then rendered; return the rendering job.

    Asking while an order is under way returns that order's job: pressing twice is pressing once.

    Raises:
        NotFound: no such recording.
        Conflict: it is in quarantine, so its pictures cannot be trusted, or was disposed of.
    """
    require_redactable(session, recording_id)
    under_way = rendering_under_way(session, recording_id)
    if under_way is not None:
        return under_way
    analyse = enqueue(session, JobKind.ANALYSE, subject_id=recording_id, requested_by=by, at=at)
    render = enqueue(
        session,
        JobKind.RENDER,
        subject_id=recording_id,
        arguments={"analyse_job_id": analyse.id},
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
        detail={"analyse_job_id": analyse.id, "render_job_id": render.id},
    )
    return render


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


def rendering_under_way(session: Session, recording_id: str) -> Job | None:
    """The rendering job of a recording that has not ended yet."""
    return session.scalars(
        sa.select(Job).where(
            Job.kind == JobKind.RENDER.value,
            Job.subject_id == recording_id,
            Job.state.in_([JobState.WAITING, JobState.RUNNING]),
        )
    ).first()
