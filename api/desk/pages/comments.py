"""Forms by which people comment on a redaction, send it back, and settle what was said."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.desk.notes import Note
from api.desk.templating import back_to
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.errors import InvalidInput
from bwc.release.comments import Said, comment, settle

router = APIRouter()
Reviewer = Annotated[Actor, may(Right.WATCH_RENDERINGS)]


@router.post("/recordings/{recording_id}/comments")
def add_comment(
    recording_id: str,
    house: HouseDep,
    actor: Reviewer,
    text: Annotated[str, Form()],
    second: Annotated[str, Form()] = "",
    sends_back: Annotated[bool, Form()] = False,
    is_settled: Annotated[bool, Form()] = False,
    release_id: Annotated[str, Form()] = "",
) -> Response:
    """Say something of a moment, or send the redaction back."""
    said = Said(text, _seconds(second), sends_back, is_settled)
    with house.catalog.write() as session:
        comment(session, recording_id, said, by=actor.username, at=house.clock.now())
        session.commit()
    place = f"/releases/{release_id}" if release_id else f"/recordings/{recording_id}/review"
    return back_to(place, Note.SENT_BACK if sends_back else Note.COMMENTED)


@router.post("/comments/{comment_id}/settle")
def settle_comment(comment_id: str, house: HouseDep, actor: Reviewer) -> Response:
    """Say that what was said is settled."""
    with house.catalog.write() as session:
        row = settle(session, comment_id, by=actor.username, at=house.clock.now())
        recording_id = row.recording_id
        session.commit()
    return back_to(f"/recordings/{recording_id}/review", Note.SETTLED)


def _seconds(text: str) -> float | None:
    """Seconds as typed, `75.5` or `1:15.5`; None where it is empty."""
    if not text.strip():
        return None
    try:
        minutes, _, rest = text.strip().rpartition(":")
        return 60 * int(minutes or 0) + float(rest)
    except (ValueError, OverflowError) as exc:
        raise InvalidInput(
            "is no moment of a recording", expected="75.5 or 1:15.5", got=text[:20]
        ) from exc
