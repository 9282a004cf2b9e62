"""What a second person says of a redaction: a comment on a moment, or sending it back.

The ledger names a comment by its hash: what is said of people stays out of it. Sending back closes
a gate until the comment is settled, so that nothing goes out meanwhile. Whose work was sent back
does not settle it: a second person looks again.
"""

import math
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import digest
from bwc.catalog.release import Release, ReleaseState
from bwc.catalog.review import ReviewComment
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound, NotPermitted
from bwc.ids import new_id
from bwc.release.gates import publish_if_ready
from bwc.release.rows import authors_of, newest_plan, recording_row

LONGEST = 2000
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """A comment; `second` is since the first picture, None where it is about all of it."""

    text: str
    second: float | None = None
    sends_back: bool = False
    is_settled: bool = False  # nothing is left to do, as of a place that was looked at and is fine


def comment(
    session: Session, recording_id: str, said: Said, *, by: str, at: datetime
) -> ReviewComment:
    """Say something of a recording's redaction.

    Raises:
        NotFound: no such recording.
        InvalidInput: nothing is said, or at no time of a recording.
    """
    recording = recording_row(session, recording_id)
    text = said.text.strip()
    if not 0 < len(text) <= LONGEST:
        raise InvalidInput("a comment says something", expected=f"1 to {LONGEST} characters")
    if said.sends_back and said.is_settled:
        raise InvalidInput("what is sent back is settled by and by, not at once")
    _require_inside(said.second, recording.duration_us)
    row = ReviewComment(
        id=new_id(),
        recording_id=recording_id,
        second=said.second,
        text=text,
        sends_back=said.sends_back,
        author=by,
        created_at=at,
        settled_by=by if said.is_settled else None,
        settled_at=at if said.is_settled else None,
    )
    session.add(row)
    session.flush()
    record(
        session,
        Act.REDACTION_SENT_BACK if said.sends_back else Act.REDACTION_COMMENTED,
        about=About(Subject.RECORDING, recording_id),
        actor=by,
        at=at,
        detail={"comment_id": row.id, "second": said.second, "text_sha256": digest(text)},
    )
    return row


def settle(session: Session, comment_id: str, *, by: str, at: datetime) -> ReviewComment:
    """Say that a comment is settled; releases that waited for it try their gates.

    Raises:
        NotFound: no such comment.
        Conflict: it is settled.
        NotPermitted: `by` made the plan or proposed the release that somebody else sent back.
    """
    row = session.get(ReviewComment, comment_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("there is no such comment", where=comment_id)
    if row.settled_at is not None:
        raise Conflict("this comment is settled", where=comment_id, got=row.settled_by)
    if row.sends_back and by != row.author and by in _whose_work(session, row.recording_id):
        raise NotPermitted(
            "whoever made what was sent back cannot settle it",
            where=comment_id,
            advice=f"Ask {row.author}, or another second person.",
        )
    row.settled_by, row.settled_at = by, at
    session.flush()
    record(
        session,
        Act.COMMENT_SETTLED,
        about=About(Subject.RECORDING, row.recording_id),
        actor=by,
        at=at,
        detail={"comment_id": row.id},
    )
    approved = sa.select(Release.id).where(
        Release.recording_id == row.recording_id, Release.state == ReleaseState.APPROVED
    )
    for release_id in session.scalars(approved):
        publish_if_ready(session, release_id, at)
    return row


def _require_inside(second: float | None, duration_us: int | None) -> None:
    """A moment lies in the recording, as far as its length is known."""
    if second is None:
        return
    last = math.inf if duration_us is None else duration_us / MICROSECONDS
    if not (math.isfinite(second) and 0 <= second <= last):
        raise InvalidInput(
            "a moment lies in the recording",
            expected="0 s or more" if last == math.inf else f"0 to {last:g} s",
            got=f"{second:g} s",
        )


def _whose_work(session: Session, recording_id: str) -> set[str]:
    """Who made the newest plan of a recording, or put it forward."""
    plan = newest_plan(session, recording_id)
    proposed = sa.select(Release.proposed_by).where(
        Release.recording_id == recording_id,
        Release.state.in_((ReleaseState.PROPOSED, ReleaseState.APPROVED)),
    )
    return {*session.scalars(proposed), *(authors_of(plan) if plan else ())}
