"""The administrator's own page: how the house is, and where everything is changed; the dry run."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.desk.templating import get_pages
from api.desk.upkeep_reading import read_dry_run, read_health
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.catalog.views.staff import list_staff
from bwc.coverage.cameras import list_cameras

router = APIRouter()


@router.get("/administration")
def administration(
    request: Request, house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_HEALTH)]
) -> Response:
    """How the house is, and what there is to change."""
    with house.catalog.read() as session:
        staff = list_staff(session)
        _, cameras = list_cameras(session, "", at=house.clock.now(), limit=1)
    return get_pages(request).render(
        request,
        "administration.html",
        health=read_health(house),
        accounts=sum(one.active for one in staff),
        without_factor=sum(one.active and not one.has_second_factor for one in staff),
        cameras=cameras,
    )


@router.get("/retention")
def retention(
    request: Request,
    house: HouseDep,
    _actor: Annotated[Actor, may(Right.SEE_RETENTION)],
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """What would be destroyed today, and what stays and why: nothing is done."""
    return get_pages(request).render(
        request, "retention.html", run=read_dry_run(house, after=after), after=after
    )
