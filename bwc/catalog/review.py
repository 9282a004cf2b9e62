"""What people know of each other's work in hand: comments on footage, who took what, who is at it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.catalog.base import Base, primary_key, reference


class ReviewComment(Base):
    """Something said of a recording's redaction, at `second` since the first picture or of it all.

    One that `sends_back` keeps the recording from release until it is settled.
    """

    __tablename__ = "review_comments"

    id: Mapped[str] = primary_key()
    recording_id: Mapped[str] = reference("recordings.id")
    second: Mapped[float | None]
    text: Mapped[str]
    sends_back: Mapped[bool]
    author: Mapped[str]
    created_at: Mapped[datetime]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]


class WorkClaim(Base):
    """Who has taken a piece of the queue's work; a piece is its step and what that is done to."""

    __tablename__ = "work_claims"

    step: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    username: Mapped[str]
    claimed_at: Mapped[datetime]


class ReviewPresence(Base):
    """When a person last had the review of a recording open. It binds nobody and is kept for minutes."""

    __tablename__ = "review_presences"

    recording_id: Mapped[str] = mapped_column(
        sa.String(36), sa.ForeignKey("recordings.id"), primary_key=True
    )
    username: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
