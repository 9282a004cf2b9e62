"""Tags: which call and incident a recording belongs to, as the matcher or a person says.

Tags are only ever added; the newest of a recording counts. The matcher never overrules a person,
and saying the same again adds nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.canonical import JsonObject
from bwc.catalog.incident import Call, CallUnit, Incident
from bwc.catalog.people import Camera, Officer
from bwc.catalog.recording import Recording, RecordingState, Tag, TagSource
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import InvalidInput, NotFound
from bwc.ids import new_id
from bwc.intake.entry import assigned_officer
from bwc.intake.matching import Footage, Match, Presence, match, no_match
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.timeline import Span

MATCHER = "matcher"
LONGEST_CALL = timedelta(days=2)  # a call that was never cleared is not open for ever


def match_recording(session: Session, recording_id: str, at: datetime) -> Tag:
    """Tie the recording to the call it overlaps, or to none; returns the tag that now counts.

    Raises:
        NotFound: no recording has that id.
    """
    recording = _recording(session, recording_id)
    current = current_tag(session, recording_id)
    if current is not None and current.source is TagSource.PERSON:
        return current
    found = _find_match(session, recording)
    if current is not None and _says(current) == found:
        return current
    tag = _add_tag(session, recording, found, source=TagSource.MATCHER, author=MATCHER, at=at)
    _note(session, Act.MATCHING, tag, before=current)
    _decide_again(session, tag, before=current)
    return tag


def correct_tag(
    session: Session,
    recording_id: str,
    *,
    reason: str,
    author: str,
    at: datetime,
    call_id: str | None = None,
    incident_id: str | None = None,
) -> Tag:
    """Tie the recording to the call or incident a person names, or with neither to none.

    The incident of a call is the call's own, so naming another beside it is refused.

    Raises:
        InvalidInput: no reason, or a call of another incident.
        NotFound: no such recording, call or incident.
    """
    if not reason.strip():
        raise InvalidInput("a correction needs its reason", where="reason")
    recording = _recording(session, recording_id)
    chosen = Match(call_id, _incident_of(session, call_id, incident_id), 1.0, reason.strip())
    before = current_tag(session, recording_id)
    tag = _add_tag(session, recording, chosen, source=TagSource.PERSON, author=author, at=at)
    _note(session, Act.TAG_CORRECTION, tag, before=before)
    _decide_again(session, tag, before=before)
    return tag


def current_tag(session: Session, recording_id: str) -> Tag | None:
    """The tag that counts: the newest."""
    newest = (
        sa.select(Tag)
        .where(Tag.recording_id == recording_id)
        .order_by(Tag.created_at.desc(), Tag.id.desc())
    )
    return session.scalars(newest.limit(1)).first()


def unmatched(session: Session) -> Sequence[Recording]:
    """Usable recordings that are tied to nothing now, newest first."""
    newer = aliased(Tag)
    is_newest = ~sa.exists().where(
        newer.recording_id == Tag.recording_id,
        sa.or_(
            newer.created_at > Tag.created_at,
            sa.and_(newer.created_at == Tag.created_at, newer.id > Tag.id),
        ),
    )
    tied = sa.exists().where(
        Tag.recording_id == Recording.id,
        is_newest,
        sa.or_(Tag.call_id.is_not(None), Tag.incident_id.is_not(None)),
    )
    return session.scalars(
        sa.select(Recording)
        .where(~tied, Recording.state != RecordingState.QUARANTINED)
        .order_by(Recording.received_at.desc(), Recording.id.desc())
    ).all()


def match_again(session: Session, *, by: str, at: datetime) -> int:
    """Ask for a new match of everything that is tied to nothing, as after an import of calls.

    Returns:
        How many recordings will be looked at.
    """
    waiting = unmatched(session)
    for recording in waiting:
        enqueue(session, JobKind.MATCH, requested_by=by, at=at, subject_id=recording.id)
    return len(waiting)


def _find_match(session: Session, recording: Recording) -> Match:
    """What the matcher says of this recording now."""
    if recording.started_at is None:
        return no_match("It is not known when this recording began.")
    if not recording.duration_us:
        return no_match("It is not known how long this recording is.")
    camera = session.get(Camera, recording.camera_id) if recording.camera_id else None
    officers = _officers(session, recording, camera)
    if not officers:
        return no_match("It is not known who made this recording: no officer, and no camera that "
                        "was assigned to one at that time.")  # fmt: skip
    end = recording.started_at + timedelta(microseconds=recording.duration_us)
    footage = Footage(
        span=Span(recording.started_at, end),
        officers=officers,
        pre_event_seconds=camera.pre_event_seconds if camera else 0,
        clock_offset_seconds=recording.clock_offset_seconds,
    )
    return match(footage, _presences(session, footage))


def _officers(session: Session, recording: Recording, camera: Camera | None) -> dict[str, str]:
    """Who may have made the recording, by id, with how that is known."""
    known: dict[str, str] = {}
    if camera is not None and recording.started_at is not None:
        holder = assigned_officer(session, camera.id, recording.started_at)
        if holder is not None:
            badge = session.get_one(Officer, holder).badge
            known[holder] = f"Officer {badge}, to whom camera {camera.serial} was assigned,"
    if recording.officer_id is not None and recording.officer_id not in known:
        badge = session.get_one(Officer, recording.officer_id).badge
        known[recording.officer_id] = f"Officer {badge}, who is named as its maker,"
    return known


def _presences(session: Session, footage: Footage) -> list[Presence]:
    """When the officers of the footage were on calls around that time."""
    begins = sa.func.coalesce(CallUnit.dispatched_at, CallUnit.arrived_at, Call.received_at)
    rows = session.execute(
        sa.select(CallUnit, Call)
        .join(Call, Call.id == CallUnit.call_id)
        .where(CallUnit.officer_id.in_(footage.officers))
        .where(begins > footage.span.start - LONGEST_CALL)
        .where(begins < footage.span.end + timedelta(seconds=footage.pre_event_seconds))
    )
    found = []
    for unit, call in rows:
        start = unit.dispatched_at or unit.arrived_at or call.received_at
        end = unit.cleared_at or start + LONGEST_CALL
        if start < end:
            span = Span(start, end)
            found.append(Presence(call.id, call.number, call.incident_id, unit.officer_id, span))
    return found


def _incident_of(session: Session, call_id: str | None, incident_id: str | None) -> str | None:
    """The incident of a correction, checked against what is there."""
    if incident_id is not None and session.get(Incident, incident_id) is None:
        raise NotFound("no incident has this id", where=incident_id)
    if call_id is None:
        return incident_id
    call = session.get(Call, call_id)
    if call is None:
        raise NotFound("no call has this id", where=call_id)
    if incident_id not in {None, call.incident_id}:
        raise InvalidInput("this call belongs to another incident", where=call.number)
    return call.incident_id


def _decide_again(session: Session, tag: Tag, *, before: Tag | None) -> None:
    """Have the rules look at every incident that gained or lost the recording."""
    for incident_id in {tag.incident_id, before.incident_id if before else None} - {None}:
        enqueue(
            session,
            JobKind.DECIDE,
            requested_by=tag.author,
            at=tag.created_at,
            subject_id=incident_id,
        )


def _recording(session: Session, recording_id: str) -> Recording:
    """The recording's row."""
    recording = session.get(Recording, recording_id)
    if recording is None:
        raise NotFound("no recording has this id", where=recording_id)
    return recording


def _add_tag(
    session: Session,
    recording: Recording,
    found: Match,
    *,
    source: TagSource,
    author: str,
    at: datetime,
) -> Tag:
    """A new tag; it counts from now on."""
    tag = Tag(
        id=new_id(),
        recording_id=recording.id,
        call_id=found.call_id,
        incident_id=found.incident_id,
        confidence=found.confidence,
        explanation=found.explanation,
        source=source,
        author=author,
        created_at=at,
    )
    session.add(tag)
    session.flush()
    return tag


def _note(session: Session, act: Act, tag: Tag, *, before: Tag | None) -> None:
    """The custody entry of a new tag, with the one it replaces."""
    record(
        session,
        act,
        about=About(Subject.RECORDING, tag.recording_id),
        actor=tag.author,
        at=tag.created_at,
        detail=_document(tag),
        before=_document(before) if before is not None else None,
    )


def _document(tag: Tag) -> JsonObject:
    """A tag as the ledger keeps it."""
    return {
        "tag_id": tag.id,
        "call_id": tag.call_id,
        "incident_id": tag.incident_id,
        "confidence": tag.confidence,
        "explanation": tag.explanation,
        "source": tag.source.value,
    }


def _says(tag: Tag) -> Match:
    """What a tag says, as the matcher would say it."""
    return Match(tag.call_id, tag.incident_id, tag.confidence, tag.explanation)
