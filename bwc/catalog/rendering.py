"""What redaction leaves: plans, renderings and their certificates."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key, reference, sha256_column


class Plan(Base):
    """What is hidden, where and why, as one canonical JSON document. Never changed: a new version.

    `job_id` is the analysis that made it; the same job run again finds its plan.
    """

    __tablename__ = "plans"

    id: Mapped[str] = primary_key()
    recording_id: Mapped[str] = reference("recordings.id")
    version: Mapped[int]
    sha256: Mapped[str] = sha256_column()
    document: Mapped[dict[str, Json]]
    author: Mapped[str]
    job_id: Mapped[str | None] = reference("jobs.id")
    created_at: Mapped[datetime]


class PersonCrop(Base):
    """A picture of one person of a plan, in the vault under `sha256`; staff alone may see it.

    It shows what the plan hides, so it dies with its recording, and its row too.
    """

    __tablename__ = "person_crops"

    id: Mapped[str] = primary_key()
    recording_id: Mapped[str] = reference("recordings.id")
    plan_id: Mapped[str] = reference("plans.id")
    person: Mapped[int]
    sha256: Mapped[str] = sha256_column()
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("plan_id", "person"),)


class Verdict(StrEnum):
    """What verification said of a rendered file."""

    PASSED = "passed"
    FAILED = "failed"


class Rendering(Base):
    """A finished file made from one original and one plan; it lies in the vault under `sha256`.

    `original_sha256` is the original as it was hashed again right before rendering.
    """

    __tablename__ = "renderings"

    id: Mapped[str] = primary_key()
    recording_id: Mapped[str] = reference("recordings.id")
    plan_id: Mapped[str] = reference("plans.id")
    job_id: Mapped[str | None] = reference("jobs.id")
    original_sha256: Mapped[str] = sha256_column()
    sha256: Mapped[str] = sha256_column()
    size_bytes: Mapped[int]
    poster_sha256: Mapped[str | None] = sha256_column()
    verdict: Mapped[Verdict] = enum_column(Verdict)
    created_at: Mapped[datetime]


class Certificate(Base):
    """What verification found in a rendering: in full for staff, as counts for the public."""

    __tablename__ = "certificates"

    id: Mapped[str] = primary_key()
    rendering_id: Mapped[str] = reference("renderings.id")
    sha256: Mapped[str] = sha256_column()
    document: Mapped[dict[str, Json]]
    public_document: Mapped[dict[str, Json]]
    created_at: Mapped[datetime]
