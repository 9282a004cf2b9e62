"""One call: what each officer's camera had to record, what it did, and where the rest is."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.coverage_reading import read_call
from api.desk.templating import get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, narrowed_to
from bwc.catalog.views.people import badge_of, find_officer
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.export_groups import write_call_csv
from bwc.errors import NotFound
from bwc.house import House

router = APIRouter()
Reader = Annotated[Actor, may(Right.SEE_COVERAGE)]
Number = Annotated[str, Query(max_length=60)]


@router.get("/coverage/call")
def call(request: Request, house: HouseDep, actor: Reader, number: Number) -> Response:
    """Every officer on the call with this number; an officer sees his own part."""
    pages = get_pages(request)
    with house.catalog.read() as session:
        parts = parts_of_call(house, session, actor, number)
        names = names_of(session, parts)
    return pages.render(
        request,
        "call.html",
        number=number,
        parts=parts,
        names=names,
        zone=pages.zone,
        frame=frame_of(request, csv="/coverage/call.csv", json="/v1/coverage/call"),
    )


@router.get("/coverage/call.csv")
def call_csv(house: HouseDep, actor: Reader, number: Number) -> Response:
    """One line per officer."""
    with house.catalog.read() as session:
        parts = parts_of_call(house, session, actor, number)
    return csv_answer(f"call {number}", lambda stream: write_call_csv(parts, stream))


def parts_of_call(house: House, session: Session, actor: Actor, number: str) -> list[CallCoverage]:
    """What of the call is open to `actor`.

    Raises:
        NotFound: no call has that number, or he was not on it, which an officer is told alike.
    """
    own = narrowed_to(actor, Right.SEE_COVERAGE)
    badge = None if own is None else badge_of(session, own)
    parts = [
        part
        for part in read_call(house, session, number)
        if badge is None or part.coverage.badge == badge
    ]
    if badge is not None and not parts:
        raise NotFound("no call has this number", got=number)
    return parts


def names_of(session: Session, parts: Sequence[CallCoverage]) -> dict[str, str]:
    """Who was on the call, by badge."""
    return {
        badge: find_officer(session, badge).name for badge in (one.coverage.badge for one in parts)
    }


def call_link(number: str) -> str:
    """The address of a call's page; a number may hold any character."""
    return f"/coverage/call?{urlencode({'number': number})}"
