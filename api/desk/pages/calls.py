"""One call: what each officer's camera had to record, what it did, and where the rest is."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.desk.templating import get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, narrowed_to
from bwc.catalog.views.people import badge_of
from bwc.coverage.report import call_coverage
from bwc.coverage.rules_in_force import rules_in_force
from bwc.errors import NotFound

router = APIRouter()


@router.get("/coverage/call")
def call(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_COVERAGE)],
    number: Annotated[str, Query(max_length=60)],
) -> Response:
    """Every officer on the call with this number; an officer sees his own part.

    Raises:
        NotFound: no call has that number, or he was not on it, which an officer is told alike.
    """
    pages = get_pages(request)
    own = narrowed_to(actor, Right.SEE_COVERAGE)
    with house.catalog.read() as session:
        badge = None if own is None else badge_of(session, own)
        rules = rules_in_force(session, house.settings.department)
        parts = [
            part
            for part in call_coverage(session, number, rules=rules)
            if badge is None or part.coverage.badge == badge
        ]
    if badge is not None and not parts:
        raise NotFound("no call has this number", got=number)
    return pages.render(request, "call.html", number=number, parts=parts, zone=pages.zone)


def call_link(number: str) -> str:
    """The address of a call's page; a number may hold any character."""
    return f"/coverage/call?{urlencode({'number': number})}"
