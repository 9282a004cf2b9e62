"""The custody ledger, newest entries first, and whether the chain holds."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.desk.templating import get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.catalog.views.custody import list_newest
from bwc.custody.checked import checked

router = APIRouter()
MOST = 200


@router.get("/custody")
def custody(
    request: Request,
    house: HouseDep,
    _actor: Annotated[Actor, may(Right.SEE_CUSTODY)],
    before: int | None = None,
) -> Response:
    """The newest acts, whoever and whatever they were about."""
    with house.catalog.read() as session:
        entries = list_newest(session, limit=MOST, before=before)
        chain = checked(session)
    more = entries[-1].position if len(entries) == MOST else None
    return get_pages(request).render(
        request, "custody.html", entries=entries, chain=chain, more=more
    )
