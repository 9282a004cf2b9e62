"""What coverage pages and the API read, each in one place: by which rules is decided here."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.desk.periods import Period
from bwc.coverage.day import OfficerDay, officer_day
from bwc.coverage.equity import Table
from bwc.coverage.equity_cases import equity_tables
from bwc.coverage.expected import ON_SCENE
from bwc.coverage.groups import Grouping
from bwc.coverage.report import (
    CallCoverage,
    DepartmentReport,
    OfficerReport,
    call_coverage,
    department_coverage,
    officer_coverage,
    period_calls,
)
from bwc.coverage.series import Series, series
from bwc.coverage.trend import SeriesBreak

USUAL_DAYS = {
    Grouping.DAY: 28,
    Grouping.WEEK: 84,
    Grouping.MONTH: 365,
    Grouping.QUARTER: 730,
}


def read_department(session: Session, period: Period) -> DepartmentReport:
    """Every officer and call of a period."""
    return department_coverage(session, period.since, period.until)


def read_officer(session: Session, badge: str, period: Period) -> OfficerReport:
    """One officer over a period. Raises NotFound."""
    return officer_coverage(session, badge, period.since, period.until)


def read_officer_day(session: Session, badge: str, day: date, zone: ZoneInfo) -> OfficerDay:
    """One officer's day. Raises NotFound."""
    return officer_day(session, badge, day, zone)


def read_call(session: Session, number: str) -> list[CallCoverage]:
    """Every officer on one call. Raises NotFound."""
    return call_coverage(session, number)


def rule_of_calls() -> str:
    """How the calls that `read_call` gives are counted, in words."""
    return ON_SCENE.reference


def read_series(
    session: Session,
    period: Period,
    by: Grouping,
    *,
    zone: ZoneInfo,
    breaks: list[SeriesBreak],
) -> Series:
    """The department over the calendar. Raises InvalidInput where `by` is no calendar."""
    calls = period_calls(session, period.span)
    return series(calls, period.span, by, zone=zone, breaks=breaks)


def read_equity(session: Session, period: Period, *, now: datetime, zone: ZoneInfo) -> list[Table]:
    """Every measure by district, kind of call and shift."""
    return equity_tables(session, period.span, now=now, zone=zone)
