"""Findings as work: the officer explains his own, a supervisor excuses or sustains."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from pydantic import BeforeValidator
from sqlalchemy.orm import Session

from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.notes import Note
from api.desk.periods import Day, Period, read_period
from api.desk.templating import Back, PagesDep, back_to, get_pages, inside
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, narrowed_to
from bwc.catalog.finding import FindingState
from bwc.catalog.views.people import badge_of
from bwc.coverage.export_groups import write_findings_csv
from bwc.coverage.finding_list import Asked, how_many, list_findings
from bwc.coverage.findings import FindingKind
from bwc.coverage.refreshing import refresh
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.workflow import Reason, excuse, explain, reopen, sustain

router = APIRouter()
SHOWN = 100  # on one page
Reader = Annotated[Actor, may(Right.SEE_FINDINGS)]
Text = Annotated[str, Form(max_length=2000)]


def _none_if_empty(text: object) -> object:
    """What a form sends for "all kinds"."""
    return text or None


Place = Annotated[int, Query(ge=1, le=1_000_000, description="Page of the findings")]
Kind = Annotated[FindingKind | None, BeforeValidator(_none_if_empty)]


class Ruling(StrEnum):
    """What a supervisor does with a finding."""

    EXCUSE = "excuse"
    SUSTAIN = "sustain"
    REOPEN = "reopen"


RULINGS = {Ruling.EXCUSE: excuse, Ruling.SUSTAIN: sustain, Ruling.REOPEN: reopen}


@router.get("/findings")
def findings(
    request: Request,
    house: HouseDep,
    actor: Reader,
    first: Day = "",
    last: Day = "",
    state: FindingState | None = None,
    kind: Kind = None,
    page: Place = 1,
) -> Response:
    """The findings of a period with their history, page by page; an officer sees his own."""
    pages = get_pages(request)
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        asked = asked_by(session, actor, period, state, kind)
        total = how_many(session, asked)
        found = list_findings(session, asked, skip=(page - 1) * SHOWN, most=SHOWN)
    return pages.render(
        request,
        "finding_list.html",
        findings=found,
        total=total,
        place=page,
        places=max(1, -(-total // SHOWN)),
        state=state,
        kind=kind,
        states=list(FindingState),
        kinds=list(FindingKind),
        reasons=list(Reason),
        frame=frame_of(request, period=period, csv="/findings.csv", json="/v1/findings"),
    )


@router.get("/findings.csv")
def findings_csv(
    house: HouseDep,
    pages: PagesDep,
    actor: Reader,
    first: Day = "",
    last: Day = "",
    state: FindingState | None = None,
    kind: Kind = None,
) -> Response:
    """One line per finding, all of them."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        found = list_findings(session, asked_by(session, actor, period, state, kind))
    return csv_answer(
        f"findings {period.first} {period.last}", lambda stream: write_findings_csv(found, stream)
    )


def asked_by(
    session: Session,
    actor: Actor,
    period: Period,
    state: FindingState | None,
    kind: FindingKind | None,
) -> Asked:
    """Those findings of a period that `actor` may see."""
    own = narrowed_to(actor, Right.SEE_FINDINGS)
    return Asked(
        period.span,
        state=state,
        badge=None if own is None else badge_of(session, own),
        kind=None if kind is None else kind.value,
    )


@router.post("/findings/refresh")
def refresh_findings(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.DRAW_AUDIT)],
    first: Text = "",
    last: Text = "",
) -> Response:
    """Bring the findings of a period up to what the records show."""
    now = house.clock.now()
    period = read_period(first, last, now=now, zone=get_pages(request).zone)
    with house.catalog.write() as session:
        rules = rules_in_force(session, house.settings.department)
        refresh(session, period.span, by=actor.username, at=now, rules=rules)
        session.commit()
    return back_to("/findings", Note.FINDINGS_REFRESHED)


@router.post("/findings/{finding_id}/explanation")
def explain_finding(
    finding_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.EXPLAIN_FINDING)],
    reason: Annotated[Reason, Form()],
    note: Text = "",
    back: Back = "",
) -> Response:
    """The officer says why."""
    with house.catalog.write() as session:
        explain(
            session,
            finding_id,
            reason=reason,
            note=note,
            by=actor.username,
            officer_id=actor.officer_id,
            at=house.clock.now(),
        )
        session.commit()
    return back_to(inside(back or "/findings"), Note.FINDING_EXPLAINED)


@router.post("/findings/{finding_id}/ruling")
def decide_finding(
    finding_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.DECIDE_FINDING)],
    ruling: Annotated[Ruling, Form()],
    note: Text = "",
    back: Back = "",
) -> Response:
    """A supervisor excuses, sustains or takes a decision back."""
    with house.catalog.write() as session:
        RULINGS[ruling](session, finding_id, note=note, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to(inside(back or "/findings"), Note.FINDING_DECIDED)
