"""Publishing a period's coverage figures: the figures as they would be out, then a button."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk.coverage_frame import frame_of
from api.desk.notes import Note
from api.desk.periods import Day, read_period
from api.desk.publication import preview, publish
from api.desk.templating import PagesDep, back_to
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.public_figures import published_periods
from bwc.coverage.public_words import MEANINGS
from bwc.errors import Conflict, InvalidInput

router = APIRouter()
Publisher = Annotated[Actor, may(Right.PUBLISH_COVERAGE)]


@router.get("/coverage/publication")
def look(
    request: Request,
    house: HouseDep,
    pages: PagesDep,
    _actor: Publisher,
    first: Day = "",
    last: Day = "",
) -> Response:
    """What would be published of a period; without one, what is out."""
    now = house.clock.now()
    yesterday = now.astimezone(pages.zone).date() - timedelta(days=1)
    period = read_period(first, last or yesterday.isoformat(), now=now, zone=pages.zone)
    found, refusal = None, ""
    try:
        found = preview(house, period) if last.strip() else None
    except (InvalidInput, Conflict) as error:
        refusal = error.message()
    return pages.render(
        request,
        "coverage_publication.html",
        found=found,
        refusal=refusal,
        published=published_periods(house.public),
        meanings=MEANINGS,
        frame=frame_of(request, period=period),
    )


@router.post("/coverage/publication")
def put_out(
    house: HouseDep,
    pages: PagesDep,
    actor: Publisher,
    first: Annotated[str, Form()],
    last: Annotated[str, Form()],
    sha256: Annotated[str, Form()],
) -> Response:
    """Publish exactly what the page showed."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    publish(house, period, seen=sha256, by=actor.username)
    return back_to("/coverage/publication", Note.COVERAGE_PUBLISHED)
