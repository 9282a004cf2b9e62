"""The department over some days, for a page: measured afresh where it is small, else from sums."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.coverage.day import local_day
from bwc.coverage.fresh_days import MEASURED_CALLS
from bwc.coverage.report import DepartmentReport, department_coverage
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.summed_report import Page, SummedReport, summed_report
from bwc.coverage.sums import Days
from bwc.coverage.units import UnitLine, unit_reports
from bwc.timeline import Span

MEASURED_OFFICERS = 200


def overview(
    session: Session,
    days: Days,
    page: Page,
    *,
    zone: ZoneInfo,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> DepartmentReport | SummedReport:
    """Every officer of a small department as the records stand; a page of those of a large one."""
    period = Span(local_day(days.first, zone).start, local_day(days.last, zone).end)
    if page.unit is None and is_small(session, period):
        return department_coverage(session, period.start, period.end, rules=rules)
    return summed_report(session, days, page, zone=zone, rules=rules)


def unit_lines(report: DepartmentReport | SummedReport) -> tuple[UnitLine, ...]:
    """Every unit that has an officer, by name."""
    if isinstance(report, SummedReport):
        return report.units
    return tuple(one.line() for one in unit_reports(report))


def units_document(report: DepartmentReport | SummedReport) -> JsonObject:
    """The units as JSON, with the days that are in no figure."""
    lines: list[Json] = [one.document() for one in unit_lines(report)]
    days = report.missing if isinstance(report, SummedReport) else ()
    missing: list[Json] = [day.isoformat() for day in days]
    return {"rule": report.rule, "units": lines, "missing": missing}


def is_small(session: Session, period: Span[datetime]) -> bool:
    """Whether measuring takes no longer than a person waits; nothing is counted beyond that."""
    row = tables.Call
    officers = sa.select(tables.Officer.id).limit(MEASURED_OFFICERS + 1)
    calls = (
        sa.select(row.id)
        .where(row.received_at >= period.start, row.received_at < period.end)
        .limit(MEASURED_CALLS + 1)
    )
    return all(
        (session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0) <= most
        for some, most in ((officers, MEASURED_OFFICERS), (calls, MEASURED_CALLS))
    )
