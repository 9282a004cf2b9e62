"""Recordings as they came from the cameras, unfinished uploads, and what they were matched to."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key, reference, sha256_column


class RecordingState(StrEnum):
    """Where a recording stands. DISPOSED is an end: its bytes are gone, a tombstone keeps the rest."""

    STORED = "stored"
    READY = "ready"
    QUARANTINED = "quarantined"
    DISPOSED = "disposed"


class Recording(Base):
    """One file of one camera. The original lies in the vault under its sha256, unaltered.

    `device_started_at` is what the camera's clock said at the first frame; `started_at` is that
    minus `clock_offset_seconds` (camera clock minus true time), which follows the drift between
    measurements of the camera's clock; `clock_corrected_at` is when that last moved it.
    `duration_us` is in microseconds. `quarantine_reason` is set exactly where the state says so.
    """

    __tablename__ = "recordings"

    id: Mapped[str] = primary_key()
    sha256: Mapped[str] = sha256_column(unique=True)
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    original_name: Mapped[str]
    container: Mapped[str | None]
    video_codec: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    has_audio: Mapped[bool | None]
    duration_us: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    officer_id: Mapped[str | None] = reference("officers.id")
    camera_id: Mapped[str | None] = reference("cameras.id")
    device_started_at: Mapped[datetime | None]
    clock_offset_seconds: Mapped[float] = mapped_column(default=0.0)
    started_at: Mapped[datetime | None] = mapped_column(index=True)
    clock_corrected_at: Mapped[datetime | None] = mapped_column(index=True)
    timezone: Mapped[str | None]
    state: Mapped[RecordingState] = enum_column(RecordingState, index=True)
    quarantine_reason: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(index=True)
    poster_sha256: Mapped[str | None] = sha256_column()
    proxy_sha256: Mapped[str | None] = sha256_column()
    outline_sha256: Mapped[str | None] = sha256_column()
    fixity_checked_at: Mapped[datetime | None]


class UploadState(StrEnum):
    """Where a resumable upload stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class Upload(Base):
    """A resumable upload: `received_bytes` of `size_bytes` lie in the spool folder."""

    __tablename__ = "uploads"

    id: Mapped[str] = primary_key()
    file_name: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    received_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    expected_sha256: Mapped[str | None] = sha256_column()
    sidecar: Mapped[dict[str, Json]]
    state: Mapped[UploadState] = enum_column(UploadState)
    reason: Mapped[str | None]
    recording_id: Mapped[str | None] = reference("recordings.id")
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class TagSource(StrEnum):
    """Who tied a recording to a call or incident."""

    MATCHER = "matcher"
    PERSON = "person"


class Tag(Base):
    """A recording tied to a call and its incident, or, with both empty, to none.

    Appended, never overwritten: the newest tag of a recording counts.
    """

    __tablename__ = "tags"

    id: Mapped[str] = primary_key()
    recording_id: Mapped[str] = reference("recordings.id")
    call_id: Mapped[str | None] = reference("calls.id")
    incident_id: Mapped[str | None] = reference("incidents.id")
    confidence: Mapped[float]
    explanation: Mapped[str]
    source: Mapped[TagSource] = enum_column(TagSource)
    author: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
