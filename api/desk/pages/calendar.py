"""Due work under an address of one's own, for calendar programs that cannot sign in."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk.v1.due import Calendar, due_calendar
from api.desk.visit import HouseDep
from api.problems import EdgeProblem
from bwc.access.calendars import calendar_reader
from bwc.access.roles import Right, allowed_in_part

router = APIRouter()


@router.get("/calendar/{secret}.ics", response_class=Calendar)
def calendar(
    house: HouseDep,
    secret: str,
    role: Annotated[str | None, Query(max_length=60)] = None,
) -> Response:
    """What `/v1/due.ics` tells the person whose secret this is; every other address is not found.

    Raises:
        EdgeProblem: no such address, or its person may not see the queue any more: told alike.
    """
    with house.catalog.read() as session:
        reader = calendar_reader(session, secret)
    if reader is None or not allowed_in_part(reader.role, Right.SEE_QUEUE):
        raise EdgeProblem(
            HTTPStatus.NOT_FOUND, code="not-found", detail="There is no such calendar"
        )
    return due_calendar(house, role)
