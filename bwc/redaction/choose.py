"""Who stays visible, decided at the desk: a new version of the plan, and its rendering.

The newest plan is changed and kept beside the older ones; nothing that was rendered before changes.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bwc.catalog.job import Job
from bwc.redaction.by_hand import hide, unhide
from bwc.redaction.revise import Revision, render_newest, revise


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom it is about, and whose word it is."""

    recording_id: str
    person: int
    by: str


def leave_visible(session: Session, choice: Choice, *, reason: str, at: datetime) -> Job:
    """Leave a person visible from the next rendering on; return the job that renders it.

    Raises:
        NotFound: no such recording, plan or person.
        Conflict: the recording cannot be redacted, or its rendering is under way.
        InvalidInput: without a reason.
    """
    revision = Revision(choice.recording_id, choice.by)
    revise(
        session,
        revision,
        lambda plan: unhide(plan, choice.person, reason=reason, by=choice.by),
        at=at,
    )
    return render_newest(session, revision, at=at)


def hide_again(session: Session, choice: Choice, *, at: datetime) -> Job:
    """Hide a person again; return the job that renders it. Raises as `leave_visible` does."""
    revision = Revision(choice.recording_id, choice.by)
    revise(session, revision, lambda plan: hide(plan, choice.person, by=choice.by), at=at)
    return render_newest(session, revision, at=at)
