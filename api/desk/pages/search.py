"""Search over everything that a person may see."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.desk.finding import page_of, reach_of
from api.desk.templating import get_pages
from api.desk.visit import HouseDep, anyone_signed_in
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.views.search import MOST, SHORTEST, Findable, search

router = APIRouter()


@router.get("/search")
def find(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, anyone_signed_in()],
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """What the words in the box name, kind by kind."""
    with house.catalog.read() as session:
        found = search(session, q, reach_of(actor))
    may_take = allowed(actor.role, Right.TAKE_REQUEST)
    kinds = {
        kind: [(one, page_of(one, may_take=may_take)) for one in found if one.kind is kind]
        for kind in Findable
    }
    return get_pages(request).render(
        request,
        "search.html",
        q=q,
        kinds={kind: lines for kind, lines in kinds.items() if lines},
        total=len(found),
        is_short=len(q.strip()) < SHORTEST,
        most=MOST,
    )
