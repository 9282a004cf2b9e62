"""Letters to a requester, made from the decision that stands, as a page to print."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.desk.templating import get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.catalog.views.cases import view_incident
from bwc.errors import NotFound
from bwc.policy.letters import LetterKind, letter

router = APIRouter()
UNFINISHED = "[NOT TO BE SENT"  # how a letter marks what a person must still do


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
    now = house.clock.now()
    department = house.settings.department
    with house.catalog.read() as session:
        view = view_incident(session, incident_id, at=now)
    line = next((one for one in view.decisions if one.audience == audience), None)
    if line is None:
        raise NotFound("no decision stands for this audience", where=view.number, got=audience)
    today = now.astimezone(ZoneInfo(department.timezone)).date()
    made = letter(line.document, kind, sender=department.name, on=today)
    return get_pages(request).render(
        request,
        "letter.html",
        incident=view,
        letter=made,
        unfinished=[text for text in made.paragraphs if text.startswith(UNFINISHED)],
    )
