"""Coverage as the desk's pages show it: department, units, officers, calls, trend, equity."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import JsonValue, TypeAdapter

from api.desk.coverage_reading import (
    Comparison,
    Equity,
    read_comparison,
    read_equity,
    read_officer_day,
    read_officer_series,
    read_overview,
    read_series,
    read_unit,
    rule_of,
)
from api.desk.pages.calls import names_of, parts_of_call
from api.desk.pages.coverage import Place, Unit, shown_officers
from api.desk.pages.officers import officer_report
from api.desk.pages.statutory import NONE_STATED, Filing, Stated, fill
from api.desk.pages.trends import NO_BREAKS, Breaks, trend_period
from api.desk.periods import Day, read_period
from api.desk.templating import PagesDep
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right, require_for
from bwc.canonical import Json, JsonObject
from bwc.catalog.views.people import find_officer
from bwc.coverage.adjusting import Compared, comparison_document
from bwc.coverage.audit_results import period_results, results_document
from bwc.coverage.equity_cases import equity_document
from bwc.coverage.groups import Grouping
from bwc.coverage.overview import units_document
from bwc.coverage.summed_report import NOBODY
from bwc.coverage.trend import read_break
from bwc.coverage.years import read_day

router = APIRouter(
    prefix="/coverage", tags=["coverage"], responses=problem_responses(401, 403, 422)
)
AS_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
Reader = Annotated[Actor, may(Right.SEE_DEPARTMENT)]
InPart = Annotated[Actor, may(Right.SEE_COVERAGE)]
Overseer = Annotated[Actor, may(Right.SEE_EQUITY)]
NOT_FOUND = problem_responses(404)


@router.get("")
def get_department_coverage(
    house: HouseDep,
    pages: PagesDep,
    _actor: Reader,
    first: Day = "",
    last: Day = "",
    unit: Unit = "",
    page: Place = 1,
) -> JsonValue:
    """The department from day to day, both included; default: the last four weeks.

    A large one is shown from sums, its officers a page at a time; `missing` are days in no figure.
    `audits` are the random audits that drew from these days; they are of no single unit.
    """
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = read_overview(house, session, period, shown_officers(unit, page))
        audits = {} if unit else results_document(period_results(session, period.span))
    return AS_JSON.validate_python({**report.document(), **audits})


@router.get("/units")
def get_units_coverage(
    house: HouseDep, pages: PagesDep, _actor: Reader, first: Day = "", last: Day = ""
) -> JsonValue:
    """Every unit with its figures; small shares are null."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = read_overview(house, session, period, NOBODY)
    return AS_JSON.validate_python(units_document(report))


@router.get("/unit", responses=NOT_FOUND)
def get_unit_coverage(
    house: HouseDep,
    pages: PagesDep,
    _actor: Reader,
    name: Annotated[str, Query(max_length=120)],
    by: Grouping = Grouping.WEEK,
    first: Day = "",
    last: Day = "",
) -> JsonValue:
    """One unit with its officers, and its figures by day, week, month or quarter."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report, found = read_unit(house, session, period, name, by=by)
    return AS_JSON.validate_python({**report.document(), "series": found.document()})


@router.get("/trend")
def get_coverage_trend(
    house: HouseDep,
    pages: PagesDep,
    _actor: Reader,
    by: Grouping = Grouping.WEEK,
    first: Day = "",
    last: Day = "",
    breaks: Breaks = NO_BREAKS,
) -> JsonValue:
    """The department by day, week, month or quarter; default: long enough to show a trend."""
    period = trend_period(by, first, last, pages)
    marked = [read_break(text) for text in breaks]
    with house.catalog.read() as session:
        found = read_series(house, session, period, by, breaks=marked)
    return AS_JSON.validate_python(found.document())


@router.get("/comparison")
def get_coverage_comparison(
    house: HouseDep,
    pages: PagesDep,
    _actor: Reader,
    by: Compared = Compared.UNIT,
    first: Day = "",
    last: Day = "",
) -> JsonValue:
    """Units or officers as if all had the department's mix of calls; no ranking."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        found = read_comparison(house, session, period, by)
    document = comparison_document(found.groups, by, rule=found.rule)
    return AS_JSON.validate_python({**document, **_sums(found)})


@router.get("/equity")
def get_equity(
    house: HouseDep, pages: PagesDep, _actor: Overseer, first: Day = "", last: Day = ""
) -> JsonValue:
    """Coverage, late release, withholding and redaction by district, kind of call and shift."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        found = read_equity(house, session, period)
        rule = rule_of(house, session, period)
    document = equity_document(period.span, found.tables, rule=rule)
    return AS_JSON.validate_python({**document, **_sums(found)})


@router.get("/statutory", responses=NOT_FOUND)
def get_statutory_report(
    house: HouseDep,
    pages: PagesDep,
    _actor: Reader,
    pack: Annotated[str, Query(max_length=60)] = "",
    first: Day = "",
    last: Day = "",
    stated: Stated = NONE_STATED,
) -> JsonValue:
    """The report that a pack's statute asks for; default: the first pack in force with one."""
    with house.catalog.read() as session:
        _, report = fill(session, house, pages, Filing(pack, first, last, stated))
    return AS_JSON.validate_python(report.document())


@router.get("/call", responses=NOT_FOUND)
def get_call_coverage(
    house: HouseDep, actor: InPart, number: Annotated[str, Query(max_length=60)]
) -> JsonValue:
    """Every officer on one call; an officer sees his own part."""
    with house.catalog.read() as session:
        parts = parts_of_call(house, session, actor, number)
        names = names_of(session, parts)
    return AS_JSON.validate_python(
        [{**part.document(), "name": names[part.coverage.badge]} for part in parts]
    )


@router.get("/officers/{badge}", responses=NOT_FOUND)
def get_officer_coverage(
    badge: str,
    house: HouseDep,
    pages: PagesDep,
    actor: InPart,
    by: Grouping = Grouping.WEEK,
    first: Day = "",
    last: Day = "",
) -> JsonValue:
    """One officer from day to day, both included, and by day, week, month or quarter."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    with house.catalog.read() as session:
        report = officer_report(house, session, actor, badge=badge, period=period)
        found = read_officer_series(house, session, report, period, by)
    return AS_JSON.validate_python({**report.document(), "series": found.document()})


@router.get("/officers/{badge}/days/{day}", responses=NOT_FOUND)
def get_officer_day(
    badge: str,
    day: Annotated[str, Path(description="A day on the agency's clock, such as 2026-03-01")],
    house: HouseDep,
    actor: InPart,
) -> JsonValue:
    """One officer's day: shifts, calls, recordings and what is missing, each with its times."""
    with house.catalog.read() as session:
        require_for(actor, Right.SEE_COVERAGE, find_officer(session, badge).id)
        found = read_officer_day(house, session, badge, read_day(day))
    return AS_JSON.validate_python(found.document())


def _sums(found: Comparison | Equity) -> JsonObject:
    """Of which days figures from sums are, and what made them."""
    missing: list[Json] = [day.isoformat() for day in found.missing]
    made_by: list[Json] = [one.document() for one in found.made_by]
    return {"missing": missing, "made_by": made_by}
