"""What coverage pages and the API read, each in one place: by which rules is decided here.

A large department's figures come from its sums; what shows single calls is measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.desk.periods import Period
from bwc.catalog.coverage_sum import CallGroup
from bwc.coverage.adjusting import Compared, compare
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.compare import Adjusted, standardise
from bwc.coverage.day import OfficerDay, officer_day
from bwc.coverage.equity import Table
from bwc.coverage.equity_cases import equity_tables, summed_equity_tables
from bwc.coverage.groups import Grouping
from bwc.coverage.overview import is_small, overview
from bwc.coverage.report import (
    DepartmentReport,
    OfficerReport,
    department_coverage,
    officer_coverage,
    period_calls,
)
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.series import Series, series
from bwc.coverage.should_exist import call_footage
from bwc.coverage.sum_rules import SummedBy
from bwc.coverage.summed_groups import summed_groups
from bwc.coverage.summed_report import EVERYBODY, Page, SummedReport, summed_report
from bwc.coverage.summed_series import summed_series
from bwc.coverage.sums import Days
from bwc.coverage.trend import SeriesBreak
from bwc.coverage.units import UnitReport, unit_report
from bwc.errors import Conflict, NotFound
from bwc.house import House

USUAL_DAYS = {
    Grouping.DAY: 28,
    Grouping.WEEK: 84,
    Grouping.MONTH: 365,
    Grouping.QUARTER: 730,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Units or officers compared; `names` of officers by badge, `kinds` what may be compared here.

    From sums: `missing` are days in no figure, `made_by` what made the others.
    """

    groups: tuple[Adjusted, ...]
    rule: str
    names: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[date, ...] = ()
    made_by: tuple[SummedBy, ...] = ()
    kinds: tuple[Compared, ...] = tuple(Compared)


@dataclass(frozen=True, slots=True)
class Equity:
    """The tables; from sums, `missing` are days in no figure of coverage, `made_by` the others."""

    tables: tuple[Table, ...]
    missing: tuple[date, ...] = ()
    made_by: tuple[SummedBy, ...] = ()


def read_overview(
    house: House, session: Session, period: Period, page: Page
) -> DepartmentReport | SummedReport:
    """The department, or one unit: from sums where it is too large to be measured for a page."""
    rules = _rules(house, session)
    return overview(session, _days(period), page, zone=_zone(house), rules=rules)


def read_whole(
    house: House, session: Session, period: Period, page: Page
) -> DepartmentReport | SummedReport:
    """As `read_overview`, for a file that cannot say which days it lacks.

    Raises:
        Conflict: days of the period are in no sum yet.
    """
    report = read_overview(house, session, period, page)
    if isinstance(report, SummedReport):
        require_whole(report.missing)
    return report


def read_comparison(house: House, session: Session, period: Period, by: Compared) -> Comparison:
    """Units or officers under one mix of calls.

    Raises:
        Conflict: the officers of a large department; too many to measure for a page.
    """
    rules = _rules(house, session)
    if is_small(session, period.span):
        report = department_coverage(session, period.since, period.until, rules=rules)
        names = {line.officer.badge: line.officer.name for line in report.officers}
        return Comparison(tuple(compare(report, by)), report.rule, names)
    if by is Compared.OFFICER:
        raise Conflict(
            "so many officers are not compared on a page",
            expected="a comparison by unit, or a shorter period",
            advice="bwc coverage compare --by officer does it",
        )
    kinds = [CallGroup.CALL_TYPE]
    sums = summed_groups(session, _days(period), kinds, zone=_zone(house), rules=rules)
    groups = tuple(standardise(sums.by_unit(CallGroup.CALL_TYPE)))
    return Comparison(
        groups,
        rules.words(period.span),
        missing=sums.missing,
        made_by=sums.made_by,
        kinds=(Compared.UNIT,),
    )


def read_unit(
    house: House, session: Session, period: Period, name: str, *, by: Grouping
) -> tuple[UnitReport | SummedReport, Series]:
    """One unit, and its figures over the calendar; from sums in a large department.

    Raises:
        NotFound: no officer is in a unit of that name.
        InvalidInput: `by` is no calendar.
    """
    rules, zone = _rules(house, session), _zone(house)
    if not is_small(session, period.span):
        everybody, days = Page(0, EVERYBODY, name), _days(period)
        summed = summed_report(session, days, everybody, zone=zone, rules=rules)
        if not summed.crew:
            raise NotFound("no officer is in a unit of this name", got=name)
        return summed, summed_series(session, days, by, zone=zone, rules=rules, unit=name)
    whole = department_coverage(session, period.since, period.until, rules=rules)
    report = unit_report(whole, name)
    return report, series(report.calls, period.span, by, rules=rules, zone=zone)


def read_officer(house: House, session: Session, badge: str, period: Period) -> OfficerReport:
    """One officer over a period. Raises NotFound."""
    rules = _rules(house, session)
    return officer_coverage(session, badge, period.since, period.until, rules=rules)


def read_officer_series(
    house: House, session: Session, report: OfficerReport, period: Period, by: Grouping
) -> Series:
    """One officer's figures over the calendar. Raises InvalidInput where `by` is no calendar."""
    rules, zone = _rules(house, session), _zone(house)
    return series(report.calls, period.span, by, rules=rules, zone=zone)


def read_officer_day(house: House, session: Session, badge: str, day: date) -> OfficerDay:
    """One officer's day. Raises NotFound."""
    return officer_day(session, badge, day, _zone(house), rules=_rules(house, session))


def read_call(house: House, session: Session, number: str) -> list[CallCoverage]:
    """Every officer on one call, with the ledger's answer about him. Raises NotFound."""
    return call_footage(session, number, rules=_rules(house, session))


def read_series(
    house: House, session: Session, period: Period, by: Grouping, *, breaks: Sequence[SeriesBreak]
) -> Series:
    """The department over the calendar. Raises InvalidInput where `by` is no calendar."""
    rules, zone = _rules(house, session), _zone(house)
    if not is_small(session, period.span):
        return summed_series(session, _days(period), by, zone=zone, rules=rules, breaks=breaks)
    calls = period_calls(session, period.span, rules=rules)
    return series(calls, period.span, by, rules=rules, zone=zone, breaks=breaks)


def read_equity(house: House, session: Session, period: Period) -> Equity:
    """Every measure by district, kind of call and shift."""
    now, rules, zone = house.clock.now(), _rules(house, session), _zone(house)
    if is_small(session, period.span):
        return Equity(tuple(equity_tables(session, period.span, now=now, zone=zone, rules=rules)))
    sums = summed_groups(session, _days(period), list(CallGroup), zone=zone, rules=rules)
    found = summed_equity_tables(session, period.span, sums, now=now, zone=zone)
    return Equity(tuple(found), missing=sums.missing, made_by=sums.made_by)


def require_whole(missing: Sequence[date]) -> None:
    """A file cannot say which days it lacks.

    Raises:
        Conflict: days of the period are in no sum yet.
    """
    if missing:
        raise Conflict(
            "days of this period are not summed yet",
            got=", ".join(day.isoformat() for day in missing),
            advice="They are summed within the hour",
        )


def rule_of(house: House, session: Session, period: Period) -> str:
    """By which rules the calls of a period are counted, in words."""
    return _rules(house, session).words(period.span)


def _rules(house: House, session: Session) -> RuleBook:
    """Those of the packs in force, day by day."""
    return rules_in_force(session, house.settings.department)


def _days(period: Period) -> Days:
    """The days of a period."""
    return Days(period.first, period.last)


def _zone(house: House) -> ZoneInfo:
    """The department's clocks."""
    return ZoneInfo(house.settings.department.timezone)
