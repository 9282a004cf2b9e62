"""A second person's signature under a plan that is not rendered yet, and what became of it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from bwc.catalog.base import Base, enum_column, primary_key, reference, sha256_column

WAITS = sa.text("state = 'waiting'")


class SignatureState(StrEnum):
    """Where a signature stands. All but WAITING are ends."""

    WAITING = "waiting"
    IN_FORCE = "in force"
    LAPSED = "lapsed"
    TAKEN_BACK = "taken back"


class Signature(Base):
    """Exactly what was seen and signed: that plan, under that decision. A release has one that waits.

    `job_id` is the job that lets it take effect once its plan is rendered and verified. `signed_for`
    is who asks, where the release is to one person. `ended_at` and `ended_why` say when and why it
    stopped to wait.
    """

    __tablename__ = "signatures"

    id: Mapped[str] = primary_key()
    release_id: Mapped[str] = reference("releases.id")
    plan_id: Mapped[str] = reference("plans.id")
    plan_sha256: Mapped[str] = sha256_column()
    decision_id: Mapped[str] = reference("decisions.id")
    captions_sha256: Mapped[str | None] = sha256_column()
    job_id: Mapped[str] = reference("jobs.id")
    signed_by: Mapped[str]
    signed_at: Mapped[datetime]
    signed_for: Mapped[str | None]
    accepts_draft: Mapped[bool]
    state: Mapped[SignatureState] = enum_column(SignatureState)
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]

    __table_args__ = (
        sa.Index(
            "uq_signatures_waiting",
            "release_id",
            unique=True,
            sqlite_where=WAITS,
            postgresql_where=WAITS,
        ),
    )
