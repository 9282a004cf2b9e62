"""Findings over JSON: read, brought up to date, explained by the officer, ruled on by a supervisor."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, JsonValue, TypeAdapter
from sqlalchemy.orm import Session

from api.desk.pages.findings import RULINGS, Ruling, asked_by
from api.desk.periods import Day, read_period
from api.desk.templating import PagesDep
from api.desk.v1.schemas import Body
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.finding import FindingState
from bwc.coverage.finding_list import list_findings, view_finding
from bwc.coverage.findings import FindingKind
from bwc.coverage.refreshing import refresh
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.workflow import Reason, explain

router = APIRouter(tags=["findings"], responses=problem_responses(401, 403, 422))
AS_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
CHANGES = problem_responses(404, 409)


class Days(Body):
    """From day to day, both included; left out: the last four weeks."""

    first: str = Field("", max_length=10)
    last: str = Field("", max_length=10)


class ExplanationCreate(Body):
    """Why the camera did not run, in the officer's words."""

    reason: Reason
    note: str = Field("", max_length=2000)


class RulingCreate(Body):
    """What a supervisor makes of it."""

    ruling: Ruling
    note: str = Field("", max_length=2000)


@router.get("/findings")
def get_findings(
    house: HouseDep,
    pages: PagesDep,
    actor: Annotated[Actor, may(Right.SEE_FINDINGS)],
    first: Day = "",
    last: Day = "",
    state: FindingState | None = None,
    kind: FindingKind | None = None,
) -> JsonValue:
    """The findings of a period with their history; an officer sees his own."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        found = list_findings(session, asked_by(session, actor, period, state, kind))
    return AS_JSON.validate_python([one.document() for one in found])


@router.post("/findings/refresh")
def refresh_findings(
    body: Days,
    house: HouseDep,
    pages: PagesDep,
    actor: Annotated[Actor, may(Right.DRAW_AUDIT)],
) -> JsonValue:
    """Bring the findings of a period up to what the records show; how many came, stayed, went."""
    now = house.clock.now()
    period = read_period(body.first, body.last, now=now, zone=pages.zone)
    with house.catalog.write() as session:
        rules = rules_in_force(session, house.settings.department)
        done = refresh(session, period.span, by=actor.username, at=now, rules=rules)
        session.commit()
    return AS_JSON.validate_python(done.document())


@router.post("/findings/{finding_id}/explanation", responses=CHANGES)
def explain_finding(
    finding_id: str,
    body: ExplanationCreate,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.EXPLAIN_FINDING)],
) -> JsonValue:
    """The officer says why; the finding as it stands then."""
    with house.catalog.write() as session:
        explain(
            session,
            finding_id,
            reason=body.reason,
            note=body.note,
            by=actor.username,
            officer_id=actor.officer_id,
            at=house.clock.now(),
        )
        found = _read(session, finding_id)
        session.commit()
    return found


@router.post("/findings/{finding_id}/ruling", responses=CHANGES)
def decide_finding(
    finding_id: str,
    body: RulingCreate,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.DECIDE_FINDING)],
) -> JsonValue:
    """A supervisor excuses, sustains or takes a decision back; the finding as it stands then."""
    now = house.clock.now()
    with house.catalog.write() as session:
        RULINGS[body.ruling](session, finding_id, note=body.note, by=actor.username, at=now)
        found = _read(session, finding_id)
        session.commit()
    return found


def _read(session: Session, finding_id: str) -> JsonValue:
    session.flush()
    return AS_JSON.validate_python(view_finding(session, finding_id).document())
