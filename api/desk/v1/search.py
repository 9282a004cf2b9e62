"""Search over everything that a person may see."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.desk.finding import reach_of
from api.desk.v1.schemas import Read
from api.desk.visit import HouseDep, anyone_signed_in
from api.problems import problem_responses
from bwc.access.roles import Actor
from bwc.catalog.views.search import MOST, SHORTEST, Findable, search

router = APIRouter(tags=["search"])


class FoundRead(Read):
    """One thing that was found, and by what; `id` is the badge of an officer."""

    kind: Findable
    id: str
    name: str
    by: str
    incident_id: str | None


class FoundList(Read):
    """At most 25 of a kind."""

    items: list[FoundRead]


@router.get(
    "/search",
    responses=problem_responses(401, 403, 422),
    description=f"Numbers, titles, names, serials, and hashes by their beginning; {MOST} of a kind.",
)
def get_found(
    house: HouseDep,
    actor: Annotated[Actor, anyone_signed_in()],
    q: Annotated[str, Query(min_length=SHORTEST, max_length=200)],
) -> FoundList:
    """What `q` names."""
    with house.catalog.read() as session:
        found = search(session, q, reach_of(actor))
    return FoundList(items=[FoundRead.model_validate(one) for one in found])
