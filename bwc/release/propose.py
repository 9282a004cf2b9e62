"""Proposing a recording for the public record, in words that name nobody."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.release import Release, ReleaseState
from bwc.catalog.request import RecordRequest
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.ids import new_id
from bwc.release.public_text import public_text
from bwc.release.rows import PUBLIC, incident_of, recording_row, standing_decision

LONGEST_TITLE = 200
LONGEST_SUMMARY = 5_000


def propose(
    session: Session,
    *,
    recording_id: str,
    title: str,
    summary: str,
    by: str,
    at: datetime,
    request_id: str | None = None,
) -> Release:
    """Put a recording forward for publication; nothing is published before every gate is open.

    Raises:
        NotFound: no such recording or request.
        Conflict: it is quarantined, belongs to no incident, or is on its way already.
        InvalidInput: title or summary is empty, too long, or names an officer, camera or file.
    """
    recording = recording_row(session, recording_id)
    incident_id = _publishable(session, recording)
    if request_id is not None and session.get(RecordRequest, request_id) is None:
        raise NotFound("there is no such request", where=request_id)
    decision = standing_decision(session, incident_id, audience=PUBLIC)
    release = Release(
        id=new_id(),
        incident_id=incident_id,
        recording_id=recording_id,
        decision_id=decision.id if decision else None,
        request_id=request_id,
        audience=PUBLIC,
        title=public_text(session, title, field="title", longest=LONGEST_TITLE),
        summary=public_text(session, summary, field="summary", longest=LONGEST_SUMMARY),
        state=ReleaseState.PROPOSED,
        proposed_by=by,
        proposed_at=at,
    )
    session.add(release)
    record(
        session,
        Act.RELEASE_PROPOSED,
        about=About(Subject.RELEASE, release.id),
        actor=by,
        at=at,
        detail={
            "recording_id": recording_id,
            "incident_id": incident_id,
            "audience": PUBLIC,
            "title": release.title,
            "summary": release.summary,
        },
    )
    return release


def _publishable(session: Session, recording: Recording) -> str:
    """The incident of a recording that may be proposed."""
    if recording.state is RecordingState.QUARANTINED:
        raise Conflict("the recording is in quarantine", where=recording.id)
    if recording.state is RecordingState.DISPOSED:
        raise Conflict("the recording was disposed of", where=recording.id)
    incident_id = incident_of(session, recording.id)
    if incident_id is None:
        raise Conflict(
            "the recording belongs to no incident",
            where=recording.id,
            advice="Tie it to its incident first; rules decide about incidents.",
        )
    live = sa.select(Release).where(
        Release.recording_id == recording.id, Release.state != ReleaseState.WITHDRAWN
    )
    other = session.scalars(live).first()
    if other is not None:
        raise Conflict("the recording is on its way already", where=other.id, got=other.state.value)
    return incident_id
