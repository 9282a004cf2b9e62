"""Who has a review open: two people who work on one recording know of each other while they read.

It binds nobody and proves nothing; custody knows who looked. Rows are kept for minutes.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.review import ReviewPresence
from bwc.catalog.user import User

NOW = timedelta(minutes=1)  # a page with script says every 20 seconds that it is open
LATELY = timedelta(minutes=10)  # one without says so once: that long it may still be read


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else, and whether he has it open this minute or had it lately."""

    username: str
    name: str
    seen_at: datetime
    is_now: bool


def note_presence(session: Session, recording_id: str, username: str, *, at: datetime) -> None:
    """Write down that a person has this review open; who left long ago is forgotten."""
    here = ReviewPresence.recording_id == recording_id
    session.execute(sa.delete(ReviewPresence).where(here, ReviewPresence.seen_at < at - LATELY))
    row = ReviewPresence(recording_id=recording_id, username=username, seen_at=at)
    with suppress(sa.exc.IntegrityError), session.begin_nested():  # of two windows one is enough
        session.merge(row)


def others_present(
    session: Session, recording_id: str, username: str, *, at: datetime
) -> list[Present]:
    """Who else has this review open or had it lately, the last seen first."""
    query = (
        sa.select(ReviewPresence.username, ReviewPresence.seen_at, User.name)
        .join(User, User.username == ReviewPresence.username)
        .where(
            ReviewPresence.recording_id == recording_id,
            ReviewPresence.username != username,
            ReviewPresence.seen_at >= at - LATELY,
        )
        .order_by(ReviewPresence.seen_at.desc())
    )
    return [
        Present(row.username, row.name, row.seen_at, row.seen_at >= at - NOW)
        for row in session.execute(query)
    ]
