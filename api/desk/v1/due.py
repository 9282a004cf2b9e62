"""Due work as an iCalendar feed, for whatever calendar a person keeps (RFC 5545)."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.house import House
from bwc.policy.ical import ical
from bwc.release.due_work import due_work

router = APIRouter(tags=["due work"], responses=problem_responses(422))
MEDIA_TYPE = "text/calendar; charset=utf-8"


class Calendar(Response):
    """An iCalendar file."""

    media_type = MEDIA_TYPE


@router.get("/due.ics", response_class=Calendar, responses=problem_responses(401, 403))
def get_due(
    house: HouseDep,
    _actor: Annotated[Actor, may(Right.SEE_QUEUE)],
    role: Annotated[str | None, Query(max_length=60)] = None,
) -> Response:
    """Every open duty and deadline at the moment it is due; with `role`, only what that role must do."""
    return due_calendar(house, role)


def due_calendar(house: House, role: str | None) -> Response:
    """The feed: case numbers, kinds of duty and offices; no person is named in it."""
    with house.catalog.read() as session:
        found = [due for due in due_work(session) if role in (None, due.role)]
    department = house.settings.department
    name = f"{department.name}: due work" + (f" of {role}" if role else "")
    return Calendar(ical(found, name=name, at=house.clock.now(), zone=department.timezone))
