"""The report that a statute asks for, filled as far as the catalog knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.desk.coverage_frame import csv_answer, frame_of, with_query
from api.desk.periods import Day, Period, read_period
from api.desk.templating import Pages, PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.export_groups import write_statutory_csv
from bwc.coverage.stated import read_stated, with_stated
from bwc.coverage.statute_days import report_days
from bwc.coverage.statutory import (
    FieldText,
    ReportText,
    StatutoryReport,
    packs_with_report,
    read_report_text,
    statutory_report,
)
from bwc.coverage.years import read_day
from bwc.house import House
from bwc.in_force import folder_of, packs_in_force

router = APIRouter()
Reader = Annotated[Actor, may(Right.SEE_DEPARTMENT)]
Pack = Annotated[str, Query(max_length=60)]
Stated = Annotated[
    list[str],
    Query(
        alias="state",
        max_length=20,
        description="A figure that is not counted here and its value, such as request_costs=1200",
    ),
]
NONE_STATED: list[str] = []
Part = Annotated[str, Query(max_length=200)]


@router.get("/coverage/statutory")
def statutory(
    request: Request,
    house: HouseDep,
    _actor: Reader,
    pack: Pack = "",
    first: Day = "",
    last: Day = "",
    stated: Stated = NONE_STATED,
    figure: Part = "",
    value: Part = "",
) -> Response:
    """The report of a pack; without one, of the pack in force whose statute asks for a report.

    A `figure` with its `value` joins what the address states.
    """
    pages = get_pages(request)
    if figure:
        return _add_stated(request, f"{figure}={value}")
    with house.catalog.read() as session:
        ruling = [one.id for one in packs_in_force(session, house.settings.department).packs]
        packs = packs_with_report(folder_of(house.settings.department))
        chosen = pack or _own_pack(ruling, packs)
        period, report = None, None
        if chosen:
            period, report = fill(session, house, pages, Filing(chosen, first, last, stated))
    return pages.render(
        request,
        "statutory.html",
        packs=packs,
        ruling=ruling,
        chosen=chosen,
        texts={one: read_report_text(one, folder_of(house.settings.department)) for one in packs},
        report=report,
        unknown=[] if report is None else unknown_fields(report),
        frame=frame_of(
            request,
            period=period,
            csv="/coverage/statutory.csv" if report else None,
            json="/v1/coverage/statutory" if report else None,
        ),
    )


@router.get("/coverage/statutory.csv")
def statutory_csv(
    house: HouseDep,
    pages: PagesDep,
    _actor: Reader,
    pack: Pack = "",
    first: Day = "",
    last: Day = "",
    stated: Stated = NONE_STATED,
) -> Response:
    """One line per field."""
    with house.catalog.read() as session:
        period, report = fill(session, house, pages, Filing(pack, first, last, stated))
    return csv_answer(
        f"statutory {report.pack} {period.first} {period.last}",
        lambda stream: write_statutory_csv(report, stream),
    )


@dataclass(frozen=True, slots=True)
class Filing:
    """What a request asks for: whose report, over which days, and what it states itself."""

    pack: str
    first: str
    last: str
    stated: Sequence[str]


def fill(
    session: Session, house: House, pages: Pages, filing: Filing
) -> tuple[Period, StatutoryReport]:
    """The filled report; its period is that of the statute unless another is asked for.

    Raises:
        NotFound: the pack states no report; without a pack, none of those in force does.
        InvalidInput: what is stated is no field of the report, or is counted.
    """
    folder = folder_of(house.settings.department)
    ruling = [one.id for one in packs_in_force(session, house.settings.department).packs]
    pack = filing.pack or _own_pack(ruling, packs_with_report(folder)) or ", ".join(ruling)
    text: ReportText = read_report_text(pack, folder)
    now = house.clock.now()
    days = report_days(
        text.months,
        today=now.astimezone(pages.zone).date(),
        first=read_day(filing.first) if filing.first.strip() else None,
        last=read_day(filing.last) if filing.last.strip() else None,
    )
    period = read_period(*(day.isoformat() for day in days), now=now, zone=pages.zone)
    report = statutory_report(session, period.span, pack=pack, text=text, zone=pages.zone)
    return period, with_stated(report, read_stated(filing.stated))


def unknown_fields(report: StatutoryReport) -> list[FieldText]:
    """The fields that whoever files the report may still state."""
    return [one for one in report.text.fields if report.counted[one.figure].value is None]


def _add_stated(request: Request, text: str) -> RedirectResponse:
    """The address of the same page that states one more figure."""
    query = [
        pair for pair in request.query_params.multi_items() if pair[0] not in ("figure", "value")
    ]
    return RedirectResponse(
        with_query(request.url.path, [*query, ("state", text)]), HTTPStatus.SEE_OTHER
    )


def _own_pack(ruling: Sequence[str], packs: Sequence[str]) -> str:
    """The first pack in force whose statute asks for a report; empty where there is none."""
    return next((one for one in ruling if one in packs), "")
