"""Letters to a requester, made from the decision that stands, as a page to print."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.desk.letter_reading import read_letter
from api.desk.templating import get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.policy.letters import LetterKind

router = APIRouter()


@router.get("/incidents/{incident_id}/letters/{audience}/{kind}")
def letter_page(
    request: Request,
    incident_id: str,
    audience: str,
    kind: LetterKind,
    house: HouseDep,
    _actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
) -> Response:
    """The letter of one kind that the decision for one audience bears; others are refused."""
    read = read_letter(house, incident_id, audience, kind)
    return get_pages(request).render(
        request,
        "letter.html",
        incident=read.incident,
        letter=read.letter,
        unfinished=read.unfinished,
    )
