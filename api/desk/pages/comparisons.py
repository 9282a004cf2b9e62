"""Units or officers compared as if all had the department's mix of calls, and the equity tables."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.coverage_reading import read_department, read_equity, rule_of
from api.desk.periods import Day, read_period
from api.desk.templating import PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.adjusting import Compared, compare
from bwc.coverage.equity import By, Measure, Table
from bwc.coverage.export_groups import write_comparison_csv, write_equity_csv
from bwc.coverage.report import DepartmentReport

router = APIRouter()
Reader = Annotated[Actor, may(Right.SEE_DEPARTMENT)]
Overseer = Annotated[Actor, may(Right.SEE_EQUITY)]


@router.get("/coverage/comparison")
def comparison(
    request: Request,
    house: HouseDep,
    _actor: Reader,
    by: Compared = Compared.UNIT,
    first: Day = "",
    last: Day = "",
) -> Response:
    """Each unit or officer with its own share and the adjusted one."""
    pages = get_pages(request)
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = read_department(house, session, period)
    return pages.render(
        request,
        "comparison.html",
        by=by,
        kinds=list(Compared),
        report=report,
        groups=compare(report, by),
        names=_names(report),
        frame=frame_of(
            request, period=period, csv="/coverage/comparison.csv", json="/v1/coverage/comparison"
        ),
    )


@router.get("/coverage/comparison.csv")
def comparison_csv(
    house: HouseDep,
    pages: PagesDep,
    _actor: Reader,
    by: Compared = Compared.UNIT,
    first: Day = "",
    last: Day = "",
) -> Response:
    """One line per unit or officer."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        groups = compare(read_department(house, session, period), by)
    return csv_answer(
        f"comparison by {by.value} {period.first} {period.last}",
        lambda stream: write_comparison_csv(groups, stream),
    )


@router.get("/coverage/equity")
def equity(
    request: Request, house: HouseDep, _actor: Overseer, first: Day = "", last: Day = ""
) -> Response:
    """Coverage, late release, withholding and redaction by district, kind of call and shift."""
    pages = get_pages(request)
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        found = read_equity(house, session, period)
        rule = rule_of(house, session, period)
    return pages.render(
        request,
        "equity.html",
        measures=list(Measure),
        tables=_by_measure(found),
        rule=rule,
        frame=frame_of(
            request, period=period, csv="/coverage/equity.csv", json="/v1/coverage/equity"
        ),
    )


@router.get("/coverage/equity.csv")
def equity_csv(
    house: HouseDep, pages: PagesDep, _actor: Overseer, first: Day = "", last: Day = ""
) -> Response:
    """One line per cell; suppressed ones without figures."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        found = read_equity(house, session, period)
    return csv_answer(
        f"equity {period.first} {period.last}", lambda stream: write_equity_csv(found, stream)
    )


def _names(report: DepartmentReport) -> Mapping[str, str]:
    """The officers' names by badge."""
    return {line.officer.badge: line.officer.name for line in report.officers}


def _by_measure(tables: list[Table]) -> dict[Measure, dict[By, Table]]:
    """The tables of each measure by what they are grouped by."""
    found: dict[Measure, dict[By, Table]] = {measure: {} for measure in Measure}
    for table in tables:
        found[table.measure][table.by] = table
    return found
