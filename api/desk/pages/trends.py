"""Coverage over the calendar, with the breaks that an auditor names."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.coverage_charts import trend_chart
from api.desk.coverage_frame import csv_answer, frame_of, with_query
from api.desk.coverage_reading import USUAL_DAYS, read_series, require_whole
from api.desk.periods import USUAL_DAYS as USUALLY
from api.desk.periods import Day, Period, read_period
from api.desk.templating import Pages, PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.export_groups import write_trend_csv
from bwc.coverage.groups import Grouping
from bwc.coverage.trend import CALENDARS, read_break

router = APIRouter()
Reader = Annotated[Actor, may(Right.SEE_DEPARTMENT)]
MOST_BREAKS = 12
Breaks = Annotated[
    list[str],
    Query(alias="break", max_length=MOST_BREAKS, description="2026-03-05=what changed"),
]
Why = Annotated[str, Query(max_length=120)]
NO_BREAKS: list[str] = []


@router.get("/coverage/trend")
def trend(
    request: Request,
    house: HouseDep,
    _actor: Reader,
    by: Grouping = Grouping.WEEK,
    first: Day = "",
    last: Day = "",
    breaks: Breaks = NO_BREAKS,
    break_day: Day = "",
    break_why: Why = "",
) -> Response:
    """The department by day, week, month or quarter; a break just named joins the address.

    Raises:
        InvalidInput: `by` is no calendar, or a break has no day or no reason.
    """
    pages = get_pages(request)
    if break_day or break_why:
        return _add_break(request, f"{break_day}={break_why}")
    period = trend_period(by, first, last, pages)
    marked = [read_break(text) for text in breaks]
    with house.catalog.read() as session:
        found = read_series(house, session, period, by, breaks=marked)
    frame = frame_of(request, period=period, csv="/coverage/trend.csv", json="/v1/coverage/trend")
    return pages.render(
        request,
        "trend.html",
        by=by,
        calendars=CALENDARS,
        chart=trend_chart(found, period, frame, "/coverage"),
        named=[(one, _without(request, text)) for one, text in zip(marked, breaks, strict=True)],
        of_rules=[one for one in found.breaks if one not in marked],
        rule=found.rule,
        series=found,
        texts=breaks,
        frame=frame,
    )


@router.get("/coverage/trend.csv")
def trend_csv(
    house: HouseDep,
    pages: PagesDep,
    _actor: Reader,
    by: Grouping = Grouping.WEEK,
    first: Day = "",
    last: Day = "",
    breaks: Breaks = NO_BREAKS,
) -> Response:
    """One line per day, week, month or quarter."""
    period = trend_period(by, first, last, pages)
    marked = [read_break(text) for text in breaks]
    with house.catalog.read() as session:
        found = read_series(house, session, period, by, breaks=marked)
    require_whole(found.missing)
    return csv_answer(
        f"trend by {by.value} {period.first} {period.last}",
        lambda stream: write_trend_csv(found.points, stream),
    )


def trend_period(by: Grouping, first: str, last: str, pages: Pages) -> Period:
    """The period asked for, else long enough to show a trend."""
    now, usual = pages.house.clock.now(), USUAL_DAYS.get(by, USUALLY)
    return read_period(first, last, now=now, zone=pages.zone, usual_days=usual)


def _add_break(request: Request, text: str) -> RedirectResponse:
    """The same page with one more break in its address, so that it can be kept and sent."""
    read_break(text)
    query = [
        pair
        for pair in request.query_params.multi_items()
        if pair[0] not in ("break_day", "break_why")
    ]
    return RedirectResponse(
        with_query("/coverage/trend", [*query, ("break", text)]), HTTPStatus.SEE_OTHER
    )


def _without(request: Request, text: str) -> str:
    """The address of the same page without one break."""
    query = [pair for pair in request.query_params.multi_items() if pair != ("break", text)]
    return with_query("/coverage/trend", query)
