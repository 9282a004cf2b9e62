"""The report that a statute asks for, filled as far as the catalog knows."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.periods import Day, Period, read_period
from api.desk.templating import Pages, PagesDep, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.export_groups import write_statutory_csv
from bwc.coverage.statutory import (
    ReportText,
    StatutoryReport,
    packs_with_report,
    read_report_text,
    statutory_report,
)
from bwc.house import House
from bwc.in_force import folder_of, packs_in_force

router = APIRouter()
Reader = Annotated[Actor, may(Right.SEE_DEPARTMENT)]
Pack = Annotated[str, Query(max_length=60)]
DAYS_OF_A_MONTH = 30


@router.get("/coverage/statutory")
def statutory(
    request: Request,
    house: HouseDep,
    _actor: Reader,
    pack: Pack = "",
    first: Day = "",
    last: Day = "",
) -> Response:
    """The report of a pack; without one, of the pack in force whose statute asks for a report."""
    pages = get_pages(request)
    with house.catalog.read() as session:
        ruling = [one.id for one in packs_in_force(session, house.settings.department).packs]
        packs = packs_with_report(folder_of(house.settings.department))
        chosen = pack or _own_pack(ruling, packs)
        period, report = None, None
        if chosen:
            period, report = fill(session, house, pages, chosen, first, last)
    return pages.render(
        request,
        "statutory.html",
        packs=packs,
        ruling=ruling,
        chosen=chosen,
        texts={one: read_report_text(one, folder_of(house.settings.department)) for one in packs},
        report=report,
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
) -> Response:
    """One line per field."""
    with house.catalog.read() as session:
        period, report = fill(session, house, pages, pack, first, last)
    return csv_answer(
        f"statutory {report.pack} {period.first} {period.last}",
        lambda stream: write_statutory_csv(report, stream),
    )


def fill(
    session: Session, house: House, pages: Pages, pack: str, first: str, last: str
) -> tuple[Period, StatutoryReport]:
    """The filled report; its period is as long as the statute says unless another is asked for.

    Raises:
        NotFound: the pack states no report; without a pack, none of those in force does.
    """
    folder = folder_of(house.settings.department)
    ruling = [one.id for one in packs_in_force(session, house.settings.department).packs]
    pack = pack or _own_pack(ruling, packs_with_report(folder)) or ", ".join(ruling)
    text: ReportText = read_report_text(pack, folder)
    period = read_period(
        first,
        last,
        now=house.clock.now(),
        zone=pages.zone,
        usual_days=text.months * DAYS_OF_A_MONTH,
    )
    return period, statutory_report(session, period.span, pack=pack, text=text, zone=pages.zone)


def _own_pack(ruling: Sequence[str], packs: Sequence[str]) -> str:
    """The first pack in force whose statute asks for a report; empty where there is none."""
    return next((one for one in ruling if one in packs), "")
