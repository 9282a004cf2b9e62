"""Comments on a recording's redaction, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.review import ReviewComment
from bwc.catalog.views.copying import value_of


@dataclass(frozen=True, slots=True)
class CommentLine:
    """One comment."""

    id: str
    second: float | None
    text: str
    sends_back: bool
    author: str
    created_at: datetime
    settled_by: str | None
    settled_at: datetime | None


def list_comments(session: Session, recording_id: str) -> list[CommentLine]:
    """The comments on a recording: open ones first, then by their moment."""
    query = (
        sa.select(ReviewComment)
        .where(ReviewComment.recording_id == recording_id)
        .order_by(ReviewComment.settled_at.is_not(None), ReviewComment.second, ReviewComment.id)
    )
    return [value_of(CommentLine, row) for row in session.scalars(query)]


def sent_back(session: Session, recording_ids: list[str]) -> dict[str, CommentLine]:
    """The oldest comment that keeps each recording back, by recording."""
    query = sa.select(ReviewComment).where(
        ReviewComment.recording_id.in_(recording_ids),
        ReviewComment.sends_back.is_(True),
        ReviewComment.settled_at.is_(None),
    )
    rows = session.scalars(query.order_by(ReviewComment.id.desc()))
    return {row.recording_id: value_of(CommentLine, row) for row in rows}
