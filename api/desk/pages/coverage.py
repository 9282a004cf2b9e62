"""Coverage of the department: the overview, and the same as CSV."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.coverage_reading import read_department
from api.desk.periods import Day, read_period
from api.desk.templating import PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, narrowed_to
from bwc.catalog.views.people import badge_of
from bwc.coverage.export import write_department_csv
from bwc.coverage.findings import FindingKind

router = APIRouter()


@router.get("/coverage")
def department(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_COVERAGE)],
    first: Day = "",
    last: Day = "",
) -> Response:
    """The department over a period; an officer is sent to his own page."""
    pages = get_pages(request)
    own = narrowed_to(actor, Right.SEE_COVERAGE)
    if own is not None:
        with house.catalog.read() as session:
            return RedirectResponse(
                f"/coverage/officers/{badge_of(session, own)}", HTTPStatus.SEE_OTHER
            )
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = read_department(session, period)
    return pages.render(
        request,
        "coverage.html",
        report=report,
        names={line.officer.badge: line.officer.name for line in report.officers},
        counts=[(kind, len(report.found(kind))) for kind in FindingKind],
        frame=frame_of(request, period=period, csv="/coverage.csv", json="/v1/coverage"),
    )


@router.get("/coverage.csv")
def department_csv(
    house: HouseDep,
    pages: PagesDep,
    _actor: Annotated[Actor, may(Right.SEE_DEPARTMENT)],
    first: Day = "",
    last: Day = "",
) -> Response:
    """One line per officer."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = read_department(session, period)
    return csv_answer(
        f"coverage {period.first} {period.last}",
        lambda stream: write_department_csv(report, stream),
    )
