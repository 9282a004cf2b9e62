"""What audits leave: findings with their history, answers about footage, random draws and reviews.

Events, answers, draws and reviews are appended, never changed; a finding's `state` is the state of
its newest event. `coverage_days` holds sums that can be made again from calls and recordings.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key, reference, sha256_column


class FindingState(StrEnum):
    """Where a finding stands. EXPLAINED by the officer; EXCUSED or SUSTAINED by a supervisor."""

    OPEN = "open"
    EXPLAINED = "explained"
    EXCUSED = "excused"
    SUSTAINED = "sustained"


class FindingRow(Base):
    """One thing that the records show to be wrong. `key` makes the same finding the same row.

    `gone_at` is set while the records no longer show it (a late file came, a tag was corrected);
    the row and its history stay.
    """

    __tablename__ = "findings"

    id: Mapped[str] = primary_key()
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(index=True)
    officer_id: Mapped[str | None] = reference("officers.id")
    call_id: Mapped[str | None] = reference("calls.id")
    camera_id: Mapped[str | None] = reference("cameras.id")
    recording_id: Mapped[str | None] = reference("recordings.id")
    incident_id: Mapped[str | None] = reference("incidents.id")
    starts_at: Mapped[datetime | None] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    why: Mapped[str]
    state: Mapped[FindingState] = enum_column(FindingState, index=True)
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]


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


class CoverageSpanKind(StrEnum):
    """How long a line of `coverage_sums` is."""

    DAY = "day"
    MONTH = "month"


class CoverageSum(Base):
    """Sums of one officer's calls over a day or month of the department's calendar.

    `period` is `2026-03-01` or `2026-03`. Made again when recordings arrive and at night.
    """

    __tablename__ = "coverage_sums"

    id: Mapped[str] = primary_key()
    kind: Mapped[CoverageSpanKind] = enum_column(CoverageSpanKind)
    period: Mapped[str] = mapped_column(sa.String(10))
    officer_id: Mapped[str] = reference("officers.id", index=False)
    calls: Mapped[int]
    excluded: Mapped[int]
    covered_fully: Mapped[int]
    partial: Mapped[int]
    without_video: Mapped[int]
    expected_us: Mapped[int] = mapped_column(sa.BigInteger)
    covered_us: Mapped[int] = mapped_column(sa.BigInteger)
    late_calls: Mapped[int]
    late_us: Mapped[int] = mapped_column(sa.BigInteger)
    early_calls: Mapped[int]
    early_us: Mapped[int] = mapped_column(sa.BigInteger)
    gap_calls: Mapped[int]
    gaps: Mapped[int]
    made_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("kind", "period", "officer_id"),)


class CoverageDayRule(Base):
    """By which activation rule the sums of one day were made; `rule` cites it with its version."""

    __tablename__ = "coverage_day_rules"

    id: Mapped[str] = primary_key()
    day: Mapped[str] = mapped_column(sa.String(10), unique=True)
    rule: Mapped[str]
    rule_sha256: Mapped[str] = sha256_column()
    made_at: Mapped[datetime]
