"""Proposing a recording for the public record, or for one person, in words that name nobody."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.release import Release, ReleaseState
from bwc.catalog.request import RecordRequest, RequestState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.ids import new_id
from bwc.release.public_text import public_text
from bwc.release.recipient import covers, is_one_of_the_public
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
    if request_id is not None and session.get(RecordRequest, request_id) is None:
        raise NotFound("there is no such request", where=request_id)
    words = _words(session, title, summary)
    return _put_forward(
        session, recording_id, words, audience=PUBLIC, request_id=request_id, by=by, at=at
    )


def propose_to_requester(
    session: Session,
    request_id: str,
    *,
    recording_id: str,
    title: str,
    summary: str,
    by: str,
    at: datetime,
) -> Release:
    """Put a recording forward for the one person who asked for it in a right of his own.

    It never goes onto the portal: once approved, a link is issued for him (`bwc.release.links`).

    Raises:
        NotFound: no such recording or request.
        Conflict: what `propose` says; or he asks as one of the public, his request is closed, about
            another incident, or for other recordings.
        InvalidInput: title or summary is empty, too long, or names somebody.
    """
    request = session.get(RecordRequest, request_id)
    if request is None:
        raise NotFound("there is no such request", where=request_id)
    if is_one_of_the_public(request.requester_role):
        raise Conflict(
            "he asks as one of the public, and is given what the public is given",
            where=request.number,
            got=request.requester_role,
            advice="Propose it for the public; or correct the request if he has another right.",
        )
    if request.state is RequestState.CLOSED or not covers(request, recording_id):
        why = "closed" if request.state is RequestState.CLOSED else "for other recordings"
        raise Conflict(f"the request is {why}", where=request.number)
    words = _words(session, title, summary)
    release = _put_forward(
        session,
        recording_id,
        words,
        audience=request.requester_role,
        request_id=request_id,
        by=by,
        at=at,
    )
    if request.incident_id != release.incident_id:
        raise Conflict("the request is about another incident", where=request.number)
    return release


def _put_forward(
    session: Session,
    recording_id: str,
    words: tuple[str, str],
    *,
    audience: str,
    request_id: str | None,
    by: str,
    at: datetime,
) -> Release:
    """The proposed release, with its custody entry; `words` are its title and summary."""
    recording = recording_row(session, recording_id)
    incident_id = _publishable(session, recording)
    _require_alone(session, recording_id, audience=audience, request_id=request_id)
    decision = standing_decision(session, incident_id, audience=audience)
    title, summary = words
    release = Release(
        id=new_id(),
        incident_id=incident_id,
        recording_id=recording_id,
        decision_id=decision.id if decision else None,
        request_id=request_id,
        audience=audience,
        title=title,
        summary=summary,
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
            "audience": audience,
            "title": title,
            "summary": summary,
        },
    )
    return release


def _words(session: Session, title: str, summary: str) -> tuple[str, str]:
    return (
        public_text(session, title, field="title", longest=LONGEST_TITLE),
        public_text(session, summary, field="summary", longest=LONGEST_SUMMARY),
    )


def _require_alone(
    session: Session, recording_id: str, *, audience: str, request_id: str | None
) -> None:
    """Conflict where it is on its way to the same people already."""
    live = sa.select(Release).where(
        Release.recording_id == recording_id,
        Release.audience == audience,
        Release.state != ReleaseState.WITHDRAWN,
    )
    if audience != PUBLIC:
        live = live.where(Release.request_id == request_id)
    other = session.scalars(live).first()
    if other is not None:
        raise Conflict("the recording is on its way already", where=other.id, got=other.state.value)


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
    return incident_id
