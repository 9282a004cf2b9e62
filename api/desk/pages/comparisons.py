"""Units or officers compared as if all had the department's mix of calls, and the equity tables."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.coverage_reading import read_comparison, read_equity, require_whole, rule_of
from api.desk.periods import Day, read_period
from api.desk.templating import PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.catalog.coverage_sum import CallGroup
from bwc.coverage.adjusting import Compared
from bwc.coverage.equity import Measure, Table
from bwc.coverage.export_groups import write_comparison_csv, write_equity_csv

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
        found = read_comparison(house, session, period, by)
    return pages.render(
        request,
        "comparison.html",
        by=by,
        compared=found,
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
        found = read_comparison(house, session, period, by)
    require_whole(found.missing)
    return csv_answer(
        f"comparison by {by.value} {period.first} {period.last}",
        lambda stream: write_comparison_csv(found.groups, stream),
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
        equity=found,
        tables=_by_measure(found.tables),
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
    require_whole(found.missing)
    return csv_answer(
        f"equity {period.first} {period.last}",
        lambda stream: write_equity_csv(found.tables, stream),
    )


def _by_measure(tables: Sequence[Table]) -> dict[Measure, dict[CallGroup, Table]]:
    """The tables of each measure by what they are grouped by."""
    found: dict[Measure, dict[CallGroup, Table]] = {measure: {} for measure in Measure}
    for table in tables:
        found[table.measure][table.by] = table
    return found
