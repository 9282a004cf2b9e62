"""Coverage of one officer: his day as a picture, his figures, and every call."""

from datetime import date
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from api.desk.coverage_charts import day_picture, trend_chart
from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.coverage_reading import read_officer, read_officer_day, read_officer_series
from api.desk.pages.calls import call_link
from api.desk.periods import Day, Period, read_period
from api.desk.templating import PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, allowed, require_for
from bwc.catalog.views.people import find_officer
from bwc.coverage.day import OfficerDay
from bwc.coverage.export import write_officer_csv
from bwc.coverage.groups import Grouping
from bwc.coverage.report import OfficerReport
from bwc.coverage.timeline_svg import Links, tabulate_officer_day
from bwc.coverage.trend import CALENDARS
from bwc.coverage.years import read_day
from bwc.house import House

router = APIRouter()
Auditor = Annotated[Actor, may(Right.SEE_COVERAGE)]


@router.get("/coverage/officers/{badge}")
def officer(
    request: Request,
    badge: str,
    house: HouseDep,
    actor: Auditor,
    first: Day = "",
    last: Day = "",
    day: Day = "",
    by: Grouping = Grouping.WEEK,
) -> Response:
    """One officer over a period, by calendar and call by call, and one day as a picture."""
    pages = get_pages(request)
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = officer_report(house, session, actor, badge=badge, period=period)
        busy = days_with_calls(report, pages.zone)
        shown_day = read_day(day) if day else (busy[-1] if busy else period.last)
        shown = read_officer_day(house, session, badge, shown_day)
        over_time = read_officer_series(house, session, report, period, by)
    links = _links(shown, actor)
    path = f"/coverage/officers/{quote(badge, safe='')}"
    frame = frame_of(request, period=period, csv=f"{path}/calls.csv", json=f"/v1{path}")
    return pages.render(
        request,
        "officer.html",
        report=report,
        zone=pages.zone,
        day=shown.day,
        before=max((one for one in busy if one < shown.day), default=None),
        after=min((one for one in busy if one > shown.day), default=None),
        picture=day_picture(shown, links),
        table=Markup(tabulate_officer_day(shown, links)),  # noqa: S704  it escapes
        by=by,
        calendars=CALENDARS,
        chart=trend_chart(over_time, period, frame, path),
        frame=frame,
    )


@router.get("/coverage/officers/{badge}/calls.csv")
def officer_csv(
    badge: str,
    house: HouseDep,
    pages: PagesDep,
    actor: Auditor,
    first: Day = "",
    last: Day = "",
) -> Response:
    """One line per call."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = officer_report(house, session, actor, badge=badge, period=period)
    return csv_answer(
        f"badge {badge} {period.first} {period.last}",
        lambda stream: write_officer_csv(report, stream),
    )


def officer_report(
    house: House, session: Session, actor: Actor, *, badge: str, period: Period
) -> OfficerReport:
    """The officer's figures, to whom they are open.

    Raises:
        NotFound: no officer has that badge.
        NotPermitted: an officer asks for another.
    """
    require_for(actor, Right.SEE_COVERAGE, find_officer(session, badge).id)
    return read_officer(house, session, badge, period)


def days_with_calls(report: OfficerReport, zone: ZoneInfo) -> list[date]:
    """The days of the period on which he had a call, in order."""
    return sorted({part.call.received.astimezone(zone).date() for part in report.calls})


def _links(day: OfficerDay, actor: Actor) -> Links:
    """Each bar leads to its call, or to its recording where he may see recordings."""
    recordings = {bar.name: f"/recordings/{bar.name}" for bar in day.bars}
    return Links(
        recordings=recordings if allowed(actor.role, Right.SEE_RECORDINGS) else {},
        calls={bar.name: call_link(bar.name) for bar in day.bars},
    )
