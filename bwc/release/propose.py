"""Proposing a recording for the public record, in words that name nobody."""

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.people import Camera, Officer
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.release import Release, ReleaseState
from bwc.catalog.request import Complaint, RecordRequest
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import new_id
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
        title=_public_text(session, title, field="title", longest=LONGEST_TITLE),
        summary=_public_text(session, summary, field="summary", longest=LONGEST_SUMMARY),
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


def _public_text(session: Session, text: str, *, field: str, longest: int) -> str:
    """`text` as the public will read it, with nobody named by the catalog in it."""
    said = " ".join(text.split()) if field == "title" else text.strip()
    if not said or len(said) > longest:
        raise InvalidInput(
            "the public must be told what this is",
            where=field,
            expected=f"1 to {longest} characters",
            got=f"{len(said)} characters",
        )
    for kind, name in _names(session):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said, re.IGNORECASE):
            raise InvalidInput(
                f"the public text names {kind}",
                where=field,
                advice="Describe what happened without names, serial numbers or file names.",
            )
    return said


def _names(session: Session) -> list[tuple[str, str]]:
    """What the catalog knows that would identify someone: never printed, only searched for."""
    columns = (
        ("an officer", Officer.name),
        ("a camera", Camera.serial),
        ("a file of the camera", Recording.original_name),
        ("a requester", RecordRequest.requester_name),
        ("a complaint's number", Complaint.log_number),
    )
    return [
        (kind, name.strip())
        for kind, column in columns
        for name in session.scalars(sa.select(column).where(column.is_not(None)))
        if name and name.strip()
    ]
