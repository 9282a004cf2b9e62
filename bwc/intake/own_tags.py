"""An officer ties a recording of his own to a call that he was on: nothing else, and no case.

A recording that belongs to an incident is evidence that others work on and that holds may cover;
whether it belongs there is not for the officer to say who is seen in it.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Call, CallUnit
from bwc.catalog.recording import Recording, RecordingState, Tag
from bwc.errors import Conflict, NotFound, NotPermitted
from bwc.intake.tagging import correct_tag, current_tag

FIXED = (RecordingState.QUARANTINED, RecordingState.DISPOSED)


def tie_own(
    session: Session,
    recording_id: str,
    *,
    call_number: str,
    officer_id: str,
    reason: str,
    author: str,
    at: datetime,
) -> Tag:
    """Tie a recording of the officer's own to a call of his own.

    Raises:
        NotFound: no such recording, or no such call.
        NotPermitted: another officer's recording, or a call he was not on.
        Conflict: it belongs to an incident, or is in quarantine or destroyed.
        InvalidInput: no reason.
    """
    recording = session.get(Recording, recording_id, with_for_update=True)
    if recording is None:
        raise NotFound("no recording has this id", where=recording_id)
    if recording.officer_id != officer_id:
        raise NotPermitted("this is another officer's recording")
    if recording.state in FIXED:
        raise Conflict("this recording is not tied any more", got=recording.state.value)
    tag = current_tag(session, recording_id)
    if tag is not None and tag.incident_id is not None:
        raise Conflict(
            "this recording belongs to an incident",
            where=recording.original_name,
            advice="Ask the records office to look at it; they can change it with a reason",
        )
    call = session.scalars(sa.select(Call).where(Call.number == call_number.strip())).first()
    if call is None:
        raise NotFound("no call has this number", where=call_number[:80])
    was_there = sa.select(CallUnit.id).where(
        CallUnit.call_id == call.id, CallUnit.officer_id == officer_id
    )
    if session.scalars(was_there.limit(1)).first() is None:
        raise NotPermitted("you were not on this call", advice="Name a call that you were sent to")
    return correct_tag(session, recording_id, call_id=call.id, reason=reason, author=author, at=at)
