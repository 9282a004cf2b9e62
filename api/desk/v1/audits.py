"""Random audits and the should-exist search, as the desk's pages show them."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import JsonValue, TypeAdapter

from api.desk.pages.audit_footage import read_footage
from api.desk.pages.audits import draw_of, review_of
from api.desk.pages.footage import answer_of, look
from api.desk.periods import read_period
from api.desk.templating import PagesDep
from api.desk.v1.schemas import AuditCreate, DrawReviewCreate, FootageAsked
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.canonical import Json
from bwc.coverage.audit_footage import open_draws
from bwc.coverage.audit_frames import frame_document_of, redraw
from bwc.coverage.audit_results import results
from bwc.coverage.audits import draw_lines, find_audit, list_audits
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.should_exist import find_answer
from bwc.house import House

router = APIRouter(tags=["audits"], responses=problem_responses(401, 403, 422))
AS_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
Reviewer = Annotated[Actor, may(Right.REVIEW_AUDIT)]
Asker = Annotated[Actor, may(Right.ANSWER_FOOTAGE)]
Words = Annotated[str, Query(max_length=60)]
NOT_FOUND = problem_responses(404)


@router.get("/audits")
def get_audits(house: HouseDep, _actor: Reviewer) -> JsonValue:
    """Every random audit, the newest first."""
    with house.catalog.read() as session:
        found = list_audits(session)
    return AS_JSON.validate_python([one.document() for one in found])


@router.post("/audits", status_code=HTTPStatus.CREATED)
def create_audit(
    house: HouseDep,
    pages: PagesDep,
    actor: Annotated[Actor, may(Right.DRAW_AUDIT)],
    body: AuditCreate,
    response: Response,
) -> JsonValue:
    """Draw officer-calls at random, from day to day, both included; default: the last four weeks."""
    days = read_period(body.first, body.last, now=house.clock.now(), zone=pages.zone)
    number = draw_of(house, days, size=body.size, seed=body.seed, by=actor.username)
    response.headers["location"] = f"/v1/audits/{number}"
    return _audit(house, actor, number)


@router.post(
    "/audits/draws/{draw_id}/reviews",
    status_code=HTTPStatus.CREATED,
    responses=problem_responses(404, 409),
)
def create_draw_review(
    house: HouseDep, actor: Reviewer, draw_id: str, body: DrawReviewCreate
) -> JsonValue:
    """Fill the form of one draw, once by each reviewer; the audit as it stands then."""
    number = review_of(house, draw_id, body.answers(), note=body.note, by=actor.username)
    return _audit(house, actor, number)


@router.get("/audits/{audit_number}", responses=NOT_FOUND)
def get_audit(house: HouseDep, actor: Reviewer, audit_number: str) -> JsonValue:
    """One audit: its results and its draws, with those whose footage you may watch now."""
    return _audit(house, actor, audit_number)


@router.get("/audits/{audit_number}/frame", responses=NOT_FOUND)
def get_audit_frame(house: HouseDep, _actor: Reviewer, audit_number: str) -> JsonValue:
    """The list that an audit drew from; `frame_sha256` is the hash of `frame` in canonical JSON."""
    with house.catalog.read() as session:
        found, _ = frame_document_of(session, find_audit(session, audit_number))
    return AS_JSON.validate_python(found)


@router.get("/audits/{audit_number}/redraw", responses=NOT_FOUND)
def get_audit_redraw(house: HouseDep, _actor: Reviewer, audit_number: str) -> JsonValue:
    """An audit drawn again from its kept list, and whether it is the same draw."""
    with house.catalog.read() as session:
        found = redraw(session, find_audit(session, audit_number)).document()
    return AS_JSON.validate_python(found)


@router.get("/audits/draws/{draw_id}/footage", responses=NOT_FOUND)
def get_drawn_footage(
    house: HouseDep, actor: Annotated[Actor, may(Right.WATCH_DRAWN)], draw_id: str
) -> JsonValue:
    """The recordings of a draw, for the auditor who drew it and has not yet reviewed it."""
    with house.catalog.read() as session:
        found = read_footage(house, session, draw_id, actor)
    return AS_JSON.validate_python(found.document())


@router.get("/footage", responses=NOT_FOUND)
def get_footage(
    house: HouseDep,
    pages: PagesDep,
    _actor: Asker,
    call: Words = "",
    incident: Words = "",
    badge: Words = "",
    moment: Words = "",
) -> JsonValue:
    """Is there footage of a call, of an incident, or of an officer at a time? Nothing is written."""
    asked = {"call": call, "incident": incident, "badge": badge, "moment": moment}
    with house.catalog.read() as session:
        rules = rules_in_force(session, house.settings.department)
        reply = look(session, asked, zone=pages.zone, rules=rules)
    return AS_JSON.validate_python(reply.document())


@router.post(
    "/footage/answers", status_code=HTTPStatus.CREATED, responses=problem_responses(404, 409)
)
def create_footage_answer(
    house: HouseDep, pages: PagesDep, actor: Asker, body: FootageAsked, response: Response
) -> JsonValue:
    """Write that there is none, with a number and a custody entry; refused where there is some."""
    number = answer_of(house, body.model_dump(), zone=pages.zone, by=actor.username)
    response.headers["location"] = f"/v1/footage/answers/{number}"
    return _answer(house, number)


@router.get("/footage/answers/{answer_number}", responses=NOT_FOUND)
def get_footage_answer(house: HouseDep, _actor: Asker, answer_number: str) -> JsonValue:
    """A written answer that there is none, as it was given."""
    return _answer(house, answer_number)


def _answer(house: House, number: str) -> JsonValue:
    with house.catalog.read() as session:
        found = dict(find_answer(session, number).document)
    return AS_JSON.validate_python(found)


def _audit(house: House, actor: Actor, number: str) -> JsonValue:
    """Results and draws of one audit, as `actor` may see them."""
    with house.catalog.read() as session:
        row = find_audit(session, number)
        opened = open_draws(session, row, actor=actor, at=house.clock.now())
        draws: list[Json] = [
            {**one.document(), "footage_open": one.id in opened} for one in draw_lines(session, row)
        ]
        found = {**results(session, row), "draws": draws}
    return AS_JSON.validate_python(found)
