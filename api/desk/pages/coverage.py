"""Coverage: the department, one officer, and his day as a picture."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from api.desk.pages.calls import call_link
from api.desk.periods import read_day, read_period
from api.desk.templating import get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, allowed, narrowed_to, require_for
from bwc.catalog.views.people import badge_of, find_officer
from bwc.coverage.bars_svg import draw_coverage_bars
from bwc.coverage.day import officer_day
from bwc.coverage.overview import overview
from bwc.coverage.report import OfficerReport, officer_coverage
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.summed_report import Page, SummedReport
from bwc.coverage.sums import Days
from bwc.coverage.timeline_svg import Links, draw_officer_day, tabulate_officer_day

router = APIRouter()
Auditor = Annotated[Actor, may(Right.SEE_COVERAGE)]
Day = Annotated[str, Query(max_length=10)]
OFFICERS_SHOWN = 50  # on one page of a large department


@router.get("/coverage")
def department(
    request: Request,
    house: HouseDep,
    actor: Auditor,
    first: Day = "",
    last: Day = "",
    unit: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
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
        rules = rules_in_force(session, house.settings.department)
        shown = Page((page - 1) * OFFICERS_SHOWN, OFFICERS_SHOWN, unit or None)
        report = overview(
            session, Days(period.first, period.last), shown, zone=pages.zone, rules=rules
        )
    summed = report if isinstance(report, SummedReport) else None
    asked = f"?first={period.first}&last={period.last}"
    links = {
        line.officer.badge: f"/coverage/officers/{line.officer.badge}{asked}"
        for line in report.officers
    }
    return pages.render(
        request,
        "coverage.html",
        report=report,
        period=period,
        links=links,
        unit=unit,
        place=page,
        places=-(-summed.crew // OFFICERS_SHOWN) if summed else 1,
        summed=summed,
        bars=Markup(draw_coverage_bars(report.officers, links)),  # noqa: S704  it escapes
    )


@router.get("/coverage/officers/{badge}")
def officer(
    request: Request,
    badge: str,
    house: HouseDep,
    actor: Auditor,
    first: Day = "",
    last: Day = "",
    day: Day = "",
) -> Response:
    """One officer over a period, call by call, and one day as a picture."""
    pages = get_pages(request)
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        require_for(actor, Right.SEE_COVERAGE, find_officer(session, badge).id)
        rules = rules_in_force(session, house.settings.department)
        report = officer_coverage(session, badge, period.since, period.until, rules=rules)
        shown_day = _shown_day(day, report, zone=pages.zone, last=period.last)
        shown = officer_day(session, badge, shown_day, pages.zone, rules=rules)
    recordings = {bar.name: f"/recordings/{bar.name}" for bar in shown.bars}
    links = Links(
        recordings=recordings if allowed(actor.role, Right.SEE_RECORDINGS) else {},
        calls={bar.name: call_link(bar.name) for bar in shown.bars},
    )
    return pages.render(
        request,
        "officer.html",
        report=report,
        period=period,
        day=shown.day,
        zone=pages.zone,
        timeline=Markup(draw_officer_day(shown, links)),  # noqa: S704  it escapes
        table=Markup(tabulate_officer_day(shown, links)),  # noqa: S704  it escapes
    )


def _shown_day(asked: str, report: OfficerReport, *, zone: ZoneInfo, last: date) -> date:
    """The day asked for, else the last one with a call, else the last of the period."""
    if asked:
        return read_day(asked)
    received = [part.call.received for part in report.calls]
    return max(received).astimezone(zone).date() if received else last
