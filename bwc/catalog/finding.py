"""What audits leave: findings with their history, answers about footage, random draws and reviews.

Events, answers, draws, their lists and reviews are appended, never changed; a finding's `state` is the state of
its newest event.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key, reference, sha256_column
from bwc.ids import SHA256_LENGTH


class FindingState(StrEnum):
    """Where a finding stands. EXPLAINED by the officer; EXCUSED or SUSTAINED by a supervisor."""

    OPEN = "open"
    EXPLAINED = "explained"
    EXCUSED = "excused"
    SUSTAINED = "sustained"


class FindingRow(Base):
    """One thing that the records show to be wrong. `key` makes the same finding the same row.

    `gone_at` is set while the records no longer show it (a late file came, a tag was corrected);
    the row and its history stay. `reason` is the newest code that an explanation gave.
    """

    __tablename__ = "findings"

    id: Mapped[str] = primary_key()
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    officer_id: Mapped[str | None] = reference("officers.id", index=False)
    call_id: Mapped[str | None] = reference("calls.id")
    camera_id: Mapped[str | None] = reference("cameras.id")
    recording_id: Mapped[str | None] = reference("recordings.id")
    incident_id: Mapped[str | None] = reference("incidents.id")
    starts_at: Mapped[datetime | None] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    why: Mapped[str]
    state: Mapped[FindingState] = enum_column(FindingState)
    reason: Mapped[str | None]
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]

    __table_args__ = (
        # What stands is counted by kind, of all or of some officers, from the index alone.
        sa.Index("ix_findings_of_kind", "kind", "gone_at", "starts_at", "reason"),
        sa.Index("ix_findings_in_state", "state", "kind", "starts_at"),
        sa.Index("ix_findings_of_officer", "officer_id", "gone_at", "starts_at", "kind"),
    )


class FindingEvent(Base):
    """One step of a finding: who said what, with which reason code."""

    __tablename__ = "finding_events"

    id: Mapped[str] = primary_key()
    finding_id: Mapped[str] = reference("findings.id")
    state: Mapped[FindingState] = enum_column(FindingState)
    reason: Mapped[str | None]
    note: Mapped[str]
    author: Mapped[str]
    created_at: Mapped[datetime]


class FootageAnswer(Base):
    """An answer to "is there footage of X?", numbered, as it was given. Never changed."""

    __tablename__ = "footage_answers"

    id: Mapped[str] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    question: Mapped[str]
    answer: Mapped[str]
    document: Mapped[dict[str, Json]]
    sha256: Mapped[str] = sha256_column()
    answered_by: Mapped[str]
    answered_at: Mapped[datetime]


class Audit(Base):
    """A random draw from all officer-calls of a period; the seed and the frame make it again."""

    __tablename__ = "audits"

    id: Mapped[str] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    seed: Mapped[str]
    size: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    strata: Mapped[dict[str, Json]]
    frame_sha256: Mapped[str] = sha256_column()
    drawn_by: Mapped[str]
    drawn_at: Mapped[datetime]


class AuditFrame(Base):
    """The list that audits drew from, named by the sha256 of its canonical JSON. Never changed.

    `packed` is that JSON, compressed by gzip and written as base64: a backup holds text alone.
    """

    __tablename__ = "audit_frames"

    sha256: Mapped[str] = mapped_column(sa.String(SHA256_LENGTH), primary_key=True)
    packed: Mapped[str]


class AuditDraw(Base):
    """One officer-call that was drawn; it may have no video."""

    __tablename__ = "audit_draws"

    id: Mapped[str] = primary_key()
    audit_id: Mapped[str] = reference("audits.id")
    place: Mapped[int]
    stratum: Mapped[str]
    call_id: Mapped[str] = reference("calls.id")
    officer_id: Mapped[str] = reference("officers.id")
    had_video: Mapped[bool]

    __table_args__ = (sa.UniqueConstraint("audit_id", "place"),)


class AuditReview(Base):
    """One reviewer's form on one draw; two reviewers of a draw measure their agreement."""

    __tablename__ = "audit_reviews"

    id: Mapped[str] = primary_key()
    draw_id: Mapped[str] = reference("audit_draws.id")
    reviewer: Mapped[str]
    answers: Mapped[dict[str, Json]]
    looked_at: Mapped[list[Json]]
    note: Mapped[str]
    reviewed_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("draw_id", "reviewer"),)
