"""Is there footage of X? The should-exist ledger, and its numbered answers."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.desk.coverage_frame import frame_of
from api.desk.forms import optional_moment
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.should_exist import (
    Reply,
    answer_none,
    find_answer,
    footage_at,
    footage_of_call,
    footage_of_incident,
)
from bwc.errors import BwcError, InvalidInput
from bwc.house import House

router = APIRouter()
Asker = Annotated[Actor, may(Right.ANSWER_FOOTAGE)]
Words = Annotated[str, Query(max_length=60)]
Text = Annotated[str, Form(max_length=60)]


@router.get("/footage")
def ask(
    request: Request,
    house: HouseDep,
    _actor: Asker,
    call: Words = "",
    incident: Words = "",
    badge: Words = "",
    moment: Words = "",
) -> Response:
    """The search, and its answer where something was asked."""
    pages = get_pages(request)
    asked = {"call": call, "incident": incident, "badge": badge, "moment": moment}
    reply, problem = None, None
    if any(text.strip() for text in asked.values()):
        try:
            with house.catalog.read() as session:
                rules = rules_in_force(session, house.settings.department)
                reply = look(session, asked, zone=pages.zone, rules=rules)
        except BwcError as error:
            problem = str(error)
    return pages.render(
        request,
        "footage.html",
        asked=asked,
        reply=reply,
        problem=problem,
        answer=None,
        frame=frame_of(request, json="/v1/footage" if reply else None),
    )


@router.post("/footage/answers")
def write_answer(
    request: Request,
    house: HouseDep,
    actor: Asker,
    call: Text = "",
    incident: Text = "",
    badge: Text = "",
    moment: Text = "",
) -> RedirectResponse:
    """Write that there is none, with a number and a custody entry."""
    asked = {"call": call, "incident": incident, "badge": badge, "moment": moment}
    number = answer_of(house, asked, zone=get_pages(request).zone, by=actor.username)
    return back_to(f"/footage/answers/{number}")


@router.get("/footage/answers/{answer_number}")
def answer(request: Request, house: HouseDep, _actor: Asker, answer_number: str) -> Response:
    """An answer as it was given."""
    with house.catalog.read() as session:
        found = find_answer(session, answer_number)
        document = dict(found.document)
    empty = dict.fromkeys(("call", "incident", "badge", "moment"), "")
    return get_pages(request).render(
        request,
        "footage.html",
        asked=empty,
        reply=None,
        problem=None,
        answer=document,
        frame=frame_of(request, json=f"/v1/footage/answers/{answer_number}"),
    )


def answer_of(house: House, asked: dict[str, str], *, zone: ZoneInfo, by: str) -> str:
    """Write that there is no footage of what was asked, in one transaction; the answer's number."""
    with house.catalog.write() as session:
        rules = rules_in_force(session, house.settings.department)
        reply = look(session, asked, zone=zone, rules=rules)
        number = answer_none(session, reply, by=by, at=house.clock.now()).number
        session.commit()
    return number


def look(session: Session, asked: dict[str, str], *, zone: ZoneInfo, rules: RuleBook) -> Reply:
    """The ledger's answer to what was typed: a call, an incident, or an officer and a time."""
    typed = {name: text.strip() for name, text in asked.items()}
    if typed["call"]:
        return footage_of_call(session, typed["call"], badge=typed["badge"] or None, rules=rules)
    if typed["incident"]:
        return footage_of_incident(session, typed["incident"], rules=rules)
    moment = optional_moment(typed["moment"], zone=zone)
    if not typed["badge"] or moment is None:
        raise InvalidInput(
            "nothing to look for", expected="a call, an incident, or a badge and a time"
        )
    return footage_at(session, typed["badge"], moment)
