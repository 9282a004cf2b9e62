"""Letters to a requester, made from the decision that stands."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from api.desk.letter_reading import read_letter
from api.desk.v1.schemas import Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.policy.letters import LetterKind

router = APIRouter(tags=["cases"], responses=problem_responses(401, 403, 404, 409, 422))


class LetterRead(Read):
    """A letter as paragraphs; those in `unfinished` wait for a person, and it is not sent before."""

    subject: str
    paragraphs: list[str]
    unfinished: list[str]
    on: date


@router.get("/incidents/{incident_id}/letters/{audience}/{kind}")
def get_letter(
    incident_id: str,
    audience: str,
    kind: LetterKind,
    house: HouseDep,
    _actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
) -> LetterRead:
    """The letter of one kind that the decision for one audience bears; others are refused."""
    read = read_letter(house, incident_id, audience, kind)
    zone = ZoneInfo(house.settings.department.timezone)
    return LetterRead(
        subject=read.letter.subject,
        paragraphs=list(read.letter.paragraphs),
        unfinished=read.unfinished,
        on=house.clock.now().astimezone(zone).date(),
    )
