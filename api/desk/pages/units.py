"""Coverage by unit: the list of units, and one with its officers over the calendar."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.desk.coverage_charts import trend_chart
from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.coverage_reading import read_overview, read_unit, read_whole, require_whole
from api.desk.periods import Day, read_period
from api.desk.templating import PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.export import write_officers_csv
from bwc.coverage.export_groups import write_units_csv
from bwc.coverage.groups import Grouping
from bwc.coverage.overview import unit_lines
from bwc.coverage.summed_report import NOBODY, SummedReport
from bwc.coverage.trend import CALENDARS

router = APIRouter()
Reader = Annotated[Actor, may(Right.SEE_DEPARTMENT)]
Name = Annotated[str, Query(max_length=120)]


@router.get("/coverage/units")
def units(
    request: Request, house: HouseDep, _actor: Reader, first: Day = "", last: Day = ""
) -> Response:
    """Every unit with its figures."""
    pages = get_pages(request)
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = read_overview(house, session, period, NOBODY)
    return pages.render(
        request,
        "units.html",
        report=report,
        summed=report if isinstance(report, SummedReport) else None,
        units=unit_lines(report),
        frame=frame_of(
            request, period=period, csv="/coverage/units.csv", json="/v1/coverage/units"
        ),
    )


@router.get("/coverage/units.csv")
def units_csv(
    house: HouseDep, pages: PagesDep, _actor: Reader, first: Day = "", last: Day = ""
) -> Response:
    """One line per unit."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        found = unit_lines(read_whole(house, session, period, NOBODY))
    return csv_answer(
        f"units {period.first} {period.last}", lambda stream: write_units_csv(found, stream)
    )


@router.get("/coverage/unit")
def unit(
    request: Request,
    house: HouseDep,
    _actor: Reader,
    name: Name,
    by: Grouping = Grouping.WEEK,
    first: Day = "",
    last: Day = "",
) -> Response:
    """One unit: its officers, and its figures by day, week, month or quarter.

    Raises:
        NotFound: no officer is in a unit of that name.
        InvalidInput: `by` is no calendar.
    """
    pages = get_pages(request)
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report, found = read_unit(house, session, period, name, by=by)
    frame = frame_of(request, period=period, csv="/coverage/unit.csv", json="/v1/coverage/unit")
    return pages.render(
        request,
        "unit.html",
        report=report,
        name=name,
        summed=report if isinstance(report, SummedReport) else None,
        by=by,
        calendars=CALENDARS,
        chart=trend_chart(found, period, frame, "/coverage/unit", name=name),
        frame=frame,
    )


@router.get("/coverage/unit.csv")
def unit_csv(
    house: HouseDep, pages: PagesDep, _actor: Reader, name: Name, first: Day = "", last: Day = ""
) -> Response:
    """One line per officer of the unit."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report, _ = read_unit(house, session, period, name, by=Grouping.WEEK)
    if isinstance(report, SummedReport):
        require_whole(report.missing)
    return csv_answer(
        f"unit {name} {period.first} {period.last}",
        lambda stream: write_officers_csv(report.officers, stream),
    )
