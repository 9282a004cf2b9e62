"""Recordings as staff read them: in lists, and one with everything that was made of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.incident import Call, Incident
from bwc.catalog.people import Camera, Officer
from bwc.catalog.recording import Recording, RecordingState, Tag, TagSource
from bwc.catalog.rendering import Certificate, Plan, Rendering, Verdict
from bwc.catalog.views.copying import value_of
from bwc.errors import NotFound

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class RecordingLine:
    """One recording in a list. `incident_id` is what its newest tag says."""

    id: str
    sha256: str
    size_bytes: int
    original_name: str
    officer_id: str | None
    badge: str | None
    officer: str | None
    camera: str | None
    started_at: datetime | None
    duration_us: int | None
    received_at: datetime
    state: RecordingState
    quarantine_reason: str | None
    incident_id: str | None
    incident_number: str | None
    confidence: float | None

    @property
    def seconds(self) -> float | None:
        """Its length, rounded for people."""
        return None if self.duration_us is None else self.duration_us / MICROSECONDS


@dataclass(frozen=True, slots=True)
class TagLine:
    """One tie of a recording to a call and incident, and who made it."""

    incident_id: str | None
    incident_number: str | None
    call_number: str | None
    confidence: float
    explanation: str
    source: TagSource
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One version of what is to be hidden."""

    id: str
    version: int
    sha256: str
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RenderingLine:
    """One finished file, and what verification found in it."""

    id: str
    recording_id: str
    plan_id: str
    sha256: str
    size_bytes: int
    poster_sha256: str | None
    verdict: Verdict
    created_at: datetime
    certificate: JsonObject | None


@dataclass(frozen=True, slots=True)
class Media:
    """Which bytes of a recording a browser can show, and whose recording it is."""

    recording_id: str
    officer_id: str | None
    proxy_sha256: str | None
    poster_sha256: str | None
    outline_sha256: str | None


@dataclass(frozen=True, slots=True)
class RecordingView:
    """One recording with its history; the newest of each list comes first."""

    line: RecordingLine
    container: str | None
    video_codec: str | None
    width: int | None
    height: int | None
    has_audio: bool | None
    device_started_at: datetime | None
    clock_offset_seconds: float
    timezone: str | None
    fixity_checked_at: datetime | None
    has_proxy: bool
    has_poster: bool
    tags: list[TagLine]
    plans: list[PlanLine]
    renderings: list[RenderingLine]


def newest_tags() -> sa.Subquery:
    """The tag of each recording that counts: one row per recording that has any."""
    place = sa.func.row_number().over(
        partition_by=Tag.recording_id, order_by=(Tag.created_at.desc(), Tag.id.desc())
    )
    ranked = sa.select(
        Tag.recording_id, Tag.incident_id, Tag.call_id, Tag.confidence, place.label("place")
    ).subquery("ranked_tags")
    return sa.select(ranked).where(ranked.c.place == 1).subquery("newest_tags")


def list_recordings(
    session: Session,
    *,
    limit: int,
    before: str | None = None,
    officer_id: str | None = None,
    incident_id: str | None = None,
) -> list[RecordingLine]:
    """Recordings, the newest received first.

    Args:
        session: a session of the catalog.
        limit: how many at most.
        before: only those older than the recording of this id.
        officer_id: only this officer's.
        incident_id: only those whose newest tag names this incident.
    """
    query = _lines().order_by(Recording.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Recording.id < before)
    if officer_id is not None:
        query = query.where(Recording.officer_id == officer_id)
    if incident_id is not None:
        query = query.where(Incident.id == incident_id)
    return [value_of(RecordingLine, row) for row in session.execute(query)]


def list_needing_a_look(session: Session) -> list[RecordingLine]:
    """Recordings in quarantine, and those that a match was tried for and none found."""
    tags = newest_tags()
    untied = sa.select(tags.c.recording_id).where(
        tags.c.incident_id.is_(None), tags.c.call_id.is_(None)
    )
    query = _lines().where(
        sa.or_(Recording.state == RecordingState.QUARANTINED, Recording.id.in_(untied))
    )
    return [value_of(RecordingLine, row) for row in session.execute(query.order_by(Recording.id))]


def view_recording(session: Session, recording_id: str) -> RecordingView:
    """One recording with its tags, plans and renderings.

    Raises:
        NotFound: no such recording.
    """
    row = _recording(session, recording_id)
    line = session.execute(_lines().where(Recording.id == recording_id)).one()
    return value_of(
        RecordingView,
        row,
        line=value_of(RecordingLine, line),
        has_proxy=row.proxy_sha256 is not None,
        has_poster=row.poster_sha256 is not None,
        tags=_tags(session, recording_id),
        plans=_plans(session, recording_id),
        renderings=list_renderings(session, recording_id),
    )


def find_media(session: Session, recording_id: str) -> Media:
    """What a browser can show of a recording.

    Raises:
        NotFound: no such recording.
    """
    row = _recording(session, recording_id)
    return value_of(Media, row, recording_id=row.id)


def list_renderings(session: Session, recording_id: str) -> list[RenderingLine]:
    """The renderings of a recording, the newest first."""
    query = _renderings().where(Rendering.recording_id == recording_id)
    return [_rendering_line(made, found) for made, found in session.execute(query)]


def find_rendering(session: Session, rendering_id: str) -> RenderingLine:
    """One rendering.

    Raises:
        NotFound: no such rendering.
    """
    row = session.execute(_renderings().where(Rendering.id == rendering_id)).first()
    if row is None:
        raise NotFound("there is no such rendering", where=rendering_id)
    rendering, certificate = row
    return _rendering_line(rendering, certificate)


def _recording(session: Session, recording_id: str) -> Recording:
    row = session.get(Recording, recording_id)
    if row is None:
        raise NotFound("there is no such recording", where=recording_id)
    return row


def _lines() -> sa.Select[*tuple[Any, ...]]:
    tags = newest_tags()
    return (
        sa.select(
            Recording.id,
            Recording.sha256,
            Recording.size_bytes,
            Recording.original_name,
            Recording.officer_id,
            Officer.badge,
            Officer.name.label("officer"),
            Camera.serial.label("camera"),
            Recording.started_at,
            Recording.duration_us,
            Recording.received_at,
            Recording.state,
            Recording.quarantine_reason,
            Incident.id.label("incident_id"),
            Incident.number.label("incident_number"),
            tags.c.confidence,
        )
        .outerjoin(Officer, Officer.id == Recording.officer_id)
        .outerjoin(Camera, Camera.id == Recording.camera_id)
        .outerjoin(tags, tags.c.recording_id == Recording.id)
        .outerjoin(Incident, Incident.id == tags.c.incident_id)
    )


def _tags(session: Session, recording_id: str) -> list[TagLine]:
    query = (
        sa.select(Tag, Incident.number, Call.number)
        .outerjoin(Incident, Incident.id == Tag.incident_id)
        .outerjoin(Call, Call.id == Tag.call_id)
        .where(Tag.recording_id == recording_id)
        .order_by(Tag.created_at.desc(), Tag.id.desc())
    )
    return [
        value_of(TagLine, tag, incident_number=incident, call_number=call)
        for tag, incident, call in session.execute(query)
    ]


def _plans(session: Session, recording_id: str) -> list[PlanLine]:
    query = sa.select(Plan).where(Plan.recording_id == recording_id)
    return [value_of(PlanLine, row) for row in session.scalars(query.order_by(Plan.version.desc()))]


def _renderings() -> sa.Select[Rendering, Certificate]:
    return (
        sa.select(Rendering, Certificate)
        .outerjoin(Certificate, Certificate.rendering_id == Rendering.id)
        .order_by(Rendering.created_at.desc(), Rendering.id.desc())
    )


def _rendering_line(rendering: Rendering, certificate: Certificate | None) -> RenderingLine:
    document = certificate.document if certificate is not None else None
    return value_of(RenderingLine, rendering, certificate=document)
