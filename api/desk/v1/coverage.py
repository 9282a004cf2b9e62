"""Coverage of one officer, call by call."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import JsonValue, TypeAdapter

from api.desk.periods import read_period
from api.desk.templating import PagesDep
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right, require_for
from bwc.catalog.views.people import find_officer
from bwc.coverage.report import officer_coverage
from bwc.coverage.rules_in_force import rules_in_force

router = APIRouter(tags=["coverage"], responses=problem_responses(422))
AS_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
Day = Annotated[str, Query(description="A day on the agency's clock, such as 2026-03-01")]


@router.get("/coverage/officers/{badge}", responses=problem_responses(401, 403, 404, 422))
def get_officer_coverage(
    badge: str,
    house: HouseDep,
    pages: PagesDep,
    actor: Annotated[Actor, may(Right.SEE_COVERAGE)],
    first: Day = "",
    last: Day = "",
) -> JsonValue:
    """One officer from day to day, both included; default: the last four weeks."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        require_for(actor, Right.SEE_COVERAGE, find_officer(session, badge).id)
        rules = rules_in_force(session, house.settings.department)
        report = officer_coverage(session, badge, period.since, period.until, rules=rules)
    return AS_JSON.validate_python(report.document())
