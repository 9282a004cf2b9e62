"""What coverage pages and the API read, each in one place: by which rules is decided here.

The overview and the list of units of a large department come from its sums; what shows single
calls, or compares by them, measures the period.
"""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.desk.periods import Period
from bwc.coverage.day import OfficerDay, officer_day
from bwc.coverage.equity import Table
from bwc.coverage.equity_cases import equity_tables
from bwc.coverage.groups import Grouping
from bwc.coverage.overview import overview
from bwc.coverage.report import (
    CallCoverage,
    DepartmentReport,
    OfficerReport,
    call_coverage,
    department_coverage,
    officer_coverage,
    period_calls,
)
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.series import Series, series
from bwc.coverage.summed_report import Page, SummedReport
from bwc.coverage.sums import Days
from bwc.coverage.trend import SeriesBreak
from bwc.coverage.units import UnitReport, unit_report
from bwc.errors import Conflict
from bwc.house import House

USUAL_DAYS = {
    Grouping.DAY: 28,
    Grouping.WEEK: 84,
    Grouping.MONTH: 365,
    Grouping.QUARTER: 730,
}


def read_overview(
    house: House, session: Session, period: Period, page: Page
) -> DepartmentReport | SummedReport:
    """The department, or one unit: from sums where it is too large to be measured for a page."""
    days = Days(period.first, period.last)
    rules = _rules(house, session)
    return overview(session, days, page, zone=_zone(house), rules=rules)


def read_whole(
    house: House, session: Session, period: Period, page: Page
) -> DepartmentReport | SummedReport:
    """As `read_overview`, for a file that cannot say which days it lacks.

    Raises:
        Conflict: days of the period are in no sum yet.
    """
    report = read_overview(house, session, period, page)
    if isinstance(report, SummedReport) and report.missing:
        raise Conflict(
            "days of this period are not summed yet",
            got=", ".join(day.isoformat() for day in report.missing),
            advice="They are summed within the hour",
        )
    return report


def read_department(house: House, session: Session, period: Period) -> DepartmentReport:
    """Every officer and call of a period, measured."""
    rules = _rules(house, session)
    return department_coverage(session, period.since, period.until, rules=rules)


def read_unit(
    house: House, session: Session, period: Period, name: str, *, by: Grouping
) -> tuple[UnitReport, Series]:
    """One unit, and its figures over the calendar.

    Raises:
        NotFound: no officer is in a unit of that name.
        InvalidInput: `by` is no calendar.
    """
    rules = _rules(house, session)
    whole = department_coverage(session, period.since, period.until, rules=rules)
    report = unit_report(whole, name)
    return report, series(report.calls, period.span, by, rules=rules, zone=_zone(house))


def read_officer(house: House, session: Session, badge: str, period: Period) -> OfficerReport:
    """One officer over a period. Raises NotFound."""
    rules = _rules(house, session)
    return officer_coverage(session, badge, period.since, period.until, rules=rules)


def read_officer_day(house: House, session: Session, badge: str, day: date) -> OfficerDay:
    """One officer's day. Raises NotFound."""
    return officer_day(session, badge, day, _zone(house), rules=_rules(house, session))


def read_call(house: House, session: Session, number: str) -> list[CallCoverage]:
    """Every officer on one call. Raises NotFound."""
    return call_coverage(session, number, rules=_rules(house, session))


def read_series(
    house: House, session: Session, period: Period, by: Grouping, *, breaks: Sequence[SeriesBreak]
) -> Series:
    """The department over the calendar. Raises InvalidInput where `by` is no calendar."""
    rules = _rules(house, session)
    calls = period_calls(session, period.span, rules=rules)
    return series(calls, period.span, by, rules=rules, zone=_zone(house), breaks=breaks)


def read_equity(house: House, session: Session, period: Period) -> list[Table]:
    """Every measure by district, kind of call and shift."""
    now, rules = house.clock.now(), _rules(house, session)
    return equity_tables(session, period.span, now=now, zone=_zone(house), rules=rules)


def rule_of(house: House, session: Session, period: Period) -> str:
    """By which rules the calls of a period are counted, in words."""
    return _rules(house, session).words(period.span)


def _rules(house: House, session: Session) -> RuleBook:
    """Those of the packs in force, day by day."""
    return rules_in_force(session, house.settings.department)


def _zone(house: House) -> ZoneInfo:
    """The department's clocks."""
    return ZoneInfo(house.settings.department.timezone)
