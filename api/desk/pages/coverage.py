"""Coverage of the department: the overview, and the same as CSV."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.coverage_reading import read_overview, read_whole
from api.desk.periods import Day, read_period
from api.desk.templating import PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, narrowed_to
from bwc.catalog.views.people import badge_of
from bwc.coverage.audit_results import period_results
from bwc.coverage.export import write_officers_csv
from bwc.coverage.report import DepartmentReport
from bwc.coverage.summed_report import EVERYBODY, Page, SummedReport

router = APIRouter()
OFFICERS_SHOWN = 50  # on one page of a large department
Unit = Annotated[str, Query(max_length=120, description="One unit of a large department")]
Place = Annotated[int, Query(ge=1, le=10_000, description="Page of a large department's officers")]


@router.get("/coverage")
def department(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_COVERAGE)],
    first: Day = "",
    last: Day = "",
    unit: Unit = "",
    page: Place = 1,
) -> Response:
    """The department, or one unit, over a period; an officer is sent to his own page."""
    pages = get_pages(request)
    own = narrowed_to(actor, Right.SEE_COVERAGE)
    if own is not None:
        with house.catalog.read() as session:
            return RedirectResponse(
                f"/coverage/officers/{badge_of(session, own)}", HTTPStatus.SEE_OTHER
            )
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = read_overview(house, session, period, shown_officers(unit, page))
        audits = None if unit else period_results(session, period.span)
    summed = report if isinstance(report, SummedReport) else None
    return pages.render(
        request,
        "coverage.html",
        report=report,
        summed=summed,
        audits=audits,
        unit=unit,
        place=page,
        places=-(-summed.crew // OFFICERS_SHOWN) if summed else 1,
        names=_names(report),
        frame=frame_of(request, period=period, csv="/coverage.csv", json="/v1/coverage"),
    )


@router.get("/coverage.csv")
def department_csv(
    house: HouseDep,
    pages: PagesDep,
    _actor: Annotated[Actor, may(Right.SEE_DEPARTMENT)],
    first: Day = "",
    last: Day = "",
    unit: Unit = "",
) -> Response:
    """One line per officer, all of them.

    Raises:
        Conflict: days of the period are in no sum yet, so that the figures would lack them.
    """
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = read_whole(house, session, period, Page(0, EVERYBODY, unit or None))
    return csv_answer(
        f"coverage {unit} {period.first} {period.last}",
        lambda stream: write_officers_csv(report.officers, stream),
    )


def shown_officers(unit: str, page: int) -> Page:
    """The officers of one page."""
    return Page((page - 1) * OFFICERS_SHOWN, OFFICERS_SHOWN, unit or None)


def _names(report: DepartmentReport | SummedReport) -> Mapping[str, str]:
    """The names by badge of the officers that were without a camera."""
    if isinstance(report, SummedReport):
        return {duty.badge: duty.name for duty in report.equipment.duties}
    return {line.officer.badge: line.officer.name for line in report.officers}
