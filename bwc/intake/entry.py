"""Writing down what was stored: the recording's row, its custody entries and the jobs it needs.

One function, one transaction: a new recording, one that leaves quarantine, or one that is there
already. A duplicate may add what was unknown of the recording; it never changes what was known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.people import Assignment, Camera, Officer
from bwc.catalog.recording import Recording, RecordingState, Upload, UploadState
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.ids import Sha256, new_id
from bwc.intake.clocks import keep_clock
from bwc.intake.names import base_name
from bwc.intake.sidecar import Claims
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.media.probe import MediaFacts

_FILLABLE = ("officer_id", "camera_id", "device_started_at", "started_at", "timezone")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file whose bytes lie in the vault. `fault` is why its claims could not be read."""

    sha256: Sha256
    size_bytes: int
    sent_name: str
    claims: Claims
    fault: str | None
    actor: str
    at: datetime
    upload_id: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What the stored bytes are: facts of a playable video, or why it is none."""

    facts: MediaFacts | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """The row an arrival ended in, and why it is in quarantine or no new one."""

    recording: Recording
    reason: str | None
    duplicate: bool


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a recording comes from, as rows of the catalog; `faults` are claims about nobody."""

    officer_id: str | None
    camera_id: str | None
    started_at: datetime | None
    faults: list[str]


def enter(session: Session, arrival: Arrival, findings: Findings) -> Entered:
    """Write down one arrival in the caller's transaction."""
    origin = _origin_of(session, arrival.claims)
    faults = _faults(arrival, findings, origin)
    known = session.scalars(sa.select(Recording).where(Recording.sha256 == arrival.sha256)).first()
    if known is None:
        entered = _enter_new(session, arrival, findings, origin, faults=faults)
    elif known.state is RecordingState.QUARANTINED and not faults:
        entered = _leave_quarantine(session, known, arrival, findings, origin=origin)
    else:
        entered = _enter_duplicate(session, known, arrival, origin, faults=faults)
    _close_upload(session, arrival.upload_id, entered)
    return entered


def _enter_new(
    session: Session, arrival: Arrival, findings: Findings, origin: _Origin, *, faults: list[str]
) -> Entered:
    """The first arrival of these bytes."""
    reason = "; ".join(faults) or None
    recording = Recording(
        id=new_id(),
        sha256=arrival.sha256,
        size_bytes=arrival.size_bytes,
        original_name=base_name(arrival.sent_name),
        state=RecordingState.QUARANTINED if faults else RecordingState.STORED,
        quarantine_reason=reason,
        received_at=arrival.at,
        clock_offset_seconds=arrival.claims.clock_offset_seconds or 0.0,
    )
    _set_facts(recording, findings.facts)
    _fill(recording, arrival, origin)
    session.add(recording)
    session.flush()
    _note(session, Act.INGESTION, recording, arrival, facts=findings.facts)
    if reason is not None:
        _note(session, Act.QUARANTINE, recording, arrival, reason=reason)
    else:
        keep_clock(session, recording, arrival.claims, by=arrival.actor, at=arrival.at)
    _ask_for_jobs(session, recording, arrival)
    return Entered(recording, reason, duplicate=False)


def _leave_quarantine(
    session: Session, known: Recording, arrival: Arrival, findings: Findings, *, origin: _Origin
) -> Entered:
    """Bytes that were in quarantine, sent again with nothing left to object to."""
    before: JsonObject = {"state": known.state.value, "reason": known.quarantine_reason}
    known.state = RecordingState.STORED
    known.quarantine_reason = None
    known.clock_offset_seconds = arrival.claims.clock_offset_seconds or known.clock_offset_seconds
    _set_facts(known, findings.facts)
    _fill(known, arrival, origin)
    _note(session, Act.INGESTION, known, arrival, facts=findings.facts, before=before)
    keep_clock(session, known, arrival.claims, by=arrival.actor, at=arrival.at)
    _ask_for_jobs(session, known, arrival)
    return Entered(known, None, duplicate=False)


def _enter_duplicate(
    session: Session, known: Recording, arrival: Arrival, origin: _Origin, *, faults: list[str]
) -> Entered:
    """Bytes that are there already: noted, and what was unknown of them is filled in."""
    reason = "; ".join([f"the same bytes are recording {known.id} already", *faults])
    before = {} if faults else _fill(known, arrival, origin)
    _note(session, Act.DUPLICATE_RECEIVED, known, arrival, reason=reason, before=before or None)
    if before and known.state is not RecordingState.QUARANTINED:
        keep_clock(session, known, arrival.claims, by=arrival.actor, at=arrival.at)
        _enqueue(session, JobKind.MATCH, known, arrival, key=None)
    return Entered(known, reason, duplicate=True)


def _faults(arrival: Arrival, findings: Findings, origin: _Origin) -> list[str]:
    """Everything that speaks against using this recording."""
    faults = [fault for fault in (findings.fault, arrival.fault) if fault is not None]
    claimed = arrival.claims.sha256
    if claimed is not None and claimed != arrival.sha256:
        faults.append(
            f"its bytes are not the announced ones (announced sha256 {claimed}, "
            f"received {arrival.sha256})"
        )
    return faults + origin.faults


def _origin_of(session: Session, claims: Claims) -> _Origin:
    """The rows behind the claimed badge, serial and times."""
    faults: list[str] = []
    officer_id = camera_id = started_at = None
    if claims.officer is not None:
        officer_id = session.scalar(sa.select(Officer.id).where(Officer.badge == claims.officer))
        if officer_id is None:
            faults.append(f"no officer has the badge {claims.officer!r}")
    if claims.camera is not None:
        camera_id = session.scalar(sa.select(Camera.id).where(Camera.serial == claims.camera))
        if camera_id is None:
            faults.append(f"no camera has the serial number {claims.camera!r}")
    if claims.device_started_at is not None:
        offset = timedelta(seconds=claims.clock_offset_seconds or 0.0)
        started_at = claims.device_started_at - offset
    if camera_id and started_at and claims.officer is None:
        officer_id = assigned_officer(session, camera_id, started_at)
    return _Origin(officer_id, camera_id, started_at, faults)


def assigned_officer(session: Session, camera_id: str, at: datetime) -> str | None:
    """Who had the camera at that moment; None where nobody did, or more than one on paper."""
    holders = session.scalars(
        sa.select(Assignment.officer_id)
        .where(Assignment.camera_id == camera_id, Assignment.starts_at <= at)
        .where(sa.or_(Assignment.ends_at.is_(None), Assignment.ends_at > at))
        .distinct()
    ).all()
    return holders[0] if len(holders) == 1 else None


def _set_facts(recording: Recording, facts: MediaFacts | None) -> None:
    """What the video is, where it could be found out."""
    if facts is None:
        return
    recording.container = facts.container.value
    recording.video_codec = facts.video_codec
    recording.width, recording.height = facts.width, facts.height
    recording.has_audio = facts.has_audio
    recording.duration_us = facts.duration_us


def _fill(recording: Recording, arrival: Arrival, origin: _Origin) -> JsonObject:
    """Set what is not known yet; the empty values that were replaced, by column."""
    claims = arrival.claims
    newly = {
        "officer_id": origin.officer_id,
        "camera_id": origin.camera_id,
        "device_started_at": claims.device_started_at,
        "started_at": origin.started_at,
        "timezone": claims.timezone,
    }
    if recording.started_at is None and origin.started_at is not None:
        recording.clock_offset_seconds = claims.clock_offset_seconds or 0.0
    before: JsonObject = {}
    for column in _FILLABLE:
        if getattr(recording, column) is None and newly[column] is not None:
            setattr(recording, column, newly[column])
            before[column] = None
    return before


def _note(
    session: Session,
    act: Act,
    recording: Recording,
    arrival: Arrival,
    *,
    facts: MediaFacts | None = None,
    reason: str | None = None,
    before: JsonObject | None = None,
) -> None:
    """One custody entry about this arrival."""
    detail: JsonObject = {
        "sha256": arrival.sha256,
        "size_bytes": str(arrival.size_bytes),
        "name": base_name(arrival.sent_name),
        "claims": arrival.claims.document(),
    }
    if arrival.sent_name != detail["name"]:
        detail["name_as_sent"] = arrival.sent_name.encode("utf-8", "replace").decode()[:1000]
    if arrival.upload_id is not None:
        detail["upload_id"] = arrival.upload_id
    if reason is not None:
        detail["reason"] = reason
    if facts is not None:
        detail["media"] = {
            "container": facts.container.value,
            "video_codec": facts.video_codec,
            "size": f"{facts.width}x{facts.height}",
            "seconds": str(facts.duration),
        }
    if recording.started_at is not None:
        detail["started_at"] = iso(recording.started_at)
    record(
        session,
        act,
        about=About(Subject.RECORDING, recording.id),
        actor=arrival.actor,
        at=arrival.at,
        detail=detail,
        before=before,
    )


def _ask_for_jobs(session: Session, recording: Recording, arrival: Arrival) -> None:
    """What follows storing: a hash check of everything, derivation and matching of what plays."""
    kinds = [JobKind.CHECK_FIXITY]
    if recording.state is not RecordingState.QUARANTINED:
        kinds += [JobKind.DERIVE, JobKind.MATCH]
    for kind in kinds:
        _enqueue(session, kind, recording, arrival, key=f"{kind.value}:{recording.id}")


def _enqueue(
    session: Session, kind: JobKind, recording: Recording, arrival: Arrival, *, key: str | None
) -> None:
    """One job about this recording."""
    enqueue(
        session, kind, requested_by=arrival.actor, at=arrival.at, subject_id=recording.id, key=key
    )


def _close_upload(session: Session, upload_id: str | None, entered: Entered) -> None:
    """The upload that brought it is done in the same transaction."""
    if upload_id is None:
        return
    upload = session.get_one(Upload, upload_id)
    upload.state = UploadState.DONE
    upload.recording_id = entered.recording.id
    upload.reason = entered.reason
