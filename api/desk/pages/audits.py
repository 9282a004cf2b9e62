"""Random audits: draw, review on a form, and what the reviews say."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk.coverage_frame import csv_answer, frame_of
from api.desk.notes import Note
from api.desk.periods import Period, read_period
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.audit_footage import open_draws
from bwc.coverage.audit_frames import read_frame, redraw, write_frame_csv
from bwc.coverage.audit_results import audit_result, write_results_csv
from bwc.coverage.audit_reviews import Mark, Question, review
from bwc.coverage.audits import (
    LONGEST_SEED,
    audit_of_draw,
    draw_audit,
    draw_lines,
    find_audit,
    list_audits,
)
from bwc.coverage.rules_in_force import rules_in_force
from bwc.house import House

router = APIRouter()
Reviewer = Annotated[Actor, may(Right.REVIEW_AUDIT)]
Answer = Annotated[Mark, Form()]
Text = Annotated[str, Form(max_length=2000)]
MOST = 200
MOMENT = timedelta(microseconds=1)


@router.get("/audits")
def audits(request: Request, house: HouseDep, _actor: Reviewer) -> Response:
    """Every audit, the newest first, and the form to draw another."""
    pages = get_pages(request)
    period = read_period("", "", now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        found = list_audits(session)
    return pages.render(
        request,
        "audits.html",
        audits=found,
        period=period,
        most=MOST,
        frame=frame_of(request, json="/v1/audits"),
    )


@router.post("/audits")
def draw(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.DRAW_AUDIT)],
    first: Text,
    last: Text,
    size: Annotated[int, Form(ge=1, le=MOST)],
    seed: Annotated[str, Form(max_length=LONGEST_SEED)] = "",
) -> Response:
    """Draw officer-calls of a period; without a seed one is made."""
    days = read_period(first, last, now=house.clock.now(), zone=get_pages(request).zone)
    number = draw_of(house, days, size=size, seed=seed or None, by=actor.username)
    return back_to(f"/audits/{number}", Note.AUDIT_DRAWN)


@router.get("/audits/{audit_number}")
def audit(request: Request, house: HouseDep, actor: Reviewer, audit_number: str) -> Response:
    """One audit: its draws with their forms, and its results."""
    with house.catalog.read() as session:
        row = find_audit(session, audit_number)
        lines = draw_lines(session, row)
        found = audit_result(session, row)
        opened = open_draws(session, row, actor=actor, at=house.clock.now())
    zone = get_pages(request).zone
    return get_pages(request).render(
        request,
        "audit.html",
        result=found,
        first=found.period.start.astimezone(zone).date(),
        last=(found.period.end - MOMENT).astimezone(zone).date(),
        lines=lines,
        mine={line.id for line in lines if actor.username in line.reviewers},
        open=opened,
        questions=list(Question),
        marks=list(Mark),
        frame=frame_of(
            request, csv=f"/audits/{found.number}/results.csv", json=f"/v1/audits/{found.number}"
        ),
    )


@router.get("/audits/{audit_number}/redraw")
def draw_again(request: Request, house: HouseDep, _actor: Reviewer, audit_number: str) -> Response:
    """The audit drawn again from its kept list, beside what was drawn."""
    with house.catalog.read() as session:
        found = redraw(session, find_audit(session, audit_number))
    return get_pages(request).render(
        request,
        "audit_redraw.html",
        found=found,
        pairs=list(zip_longest(found.kept, found.again)),
        frame=frame_of(request, json=f"/v1/audits/{found.number}/redraw"),
    )


@router.get("/audits/{audit_number}/results.csv")
def results_csv(house: HouseDep, _actor: Reviewer, audit_number: str) -> Response:
    """What the reviews say: one line per question and stratum."""
    with house.catalog.read() as session:
        found = audit_result(session, find_audit(session, audit_number))
    return csv_answer(f"audit {found.number}", lambda stream: write_results_csv(found, stream))


@router.get("/audits/{audit_number}/frame.csv")
def frame_csv(house: HouseDep, _actor: Reviewer, audit_number: str) -> Response:
    """The list that the audit drew from: one line per officer-call."""
    with house.catalog.read() as session:
        row = find_audit(session, audit_number)
        frame, name = read_frame(session, row), row.number
    return csv_answer(f"list drawn from {name}", lambda stream: write_frame_csv(frame, stream))


@router.post("/audits/draws/{draw_id}/reviews")
def review_draw(
    draw_id: str,
    house: HouseDep,
    actor: Reviewer,
    activation: Answer,
    notice: Answer,
    deescalation: Answer,
    intervention: Answer,
    tag: Answer,
    note: Text = "",
) -> Response:
    """Fill the form of one draw."""
    marks = (activation, notice, deescalation, intervention, tag)
    answers = dict(zip(Question, marks, strict=True))
    number = review_of(house, draw_id, answers, note=note, by=actor.username)
    return back_to(f"/audits/{number}", Note.DRAW_REVIEWED)


def draw_of(house: House, days: Period, *, size: int, seed: str | None, by: str) -> str:
    """Draw officer-calls of some days by the rules in force; the number of the audit."""
    department = house.settings.department
    with house.catalog.write() as session:
        row = draw_audit(
            session,
            days.span,
            size=size,
            seed=seed,
            by=by,
            at=house.clock.now(),
            rules=rules_in_force(session, department),
            assembly_words=department.assembly_words,
        )
        number = row.number
        session.commit()
    return number


def review_of(
    house: House, draw_id: str, answers: Mapping[Question, Mark], *, note: str, by: str
) -> str:
    """Write down one reviewer's form; the number of the audit."""
    with house.catalog.write() as session:
        rules = rules_in_force(session, house.settings.department)
        review(session, draw_id, answers, note=note, by=by, at=house.clock.now(), rules=rules)
        number = audit_of_draw(session, draw_id)
        session.commit()
    return number
