"""The jobs of coverage: sums of days that changed, every hour; at night the findings too."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bwc.canonical import JsonObject
from bwc.coverage.day import local_day
from bwc.coverage.refreshing import refresh
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.stale_days import confirm_sums, days_to_refresh
from bwc.coverage.sums import Days, refresh_sums
from bwc.timeline import Span
from workers.context import StepContext

WORKER = "worker"
FINDING_DAYS = 28


def refresh_coverage(context: StepContext) -> None:
    """Bring sums and findings up to what the records show; run twice, it changes nothing more."""
    zone = ZoneInfo(context.settings.department.timezone)
    now = context.clock.now()
    today = now.astimezone(zone).date()
    summed = _sum_days(context, today, zone)
    context.report(0.9, "findings")
    first = local_day(today - timedelta(days=FINDING_DAYS), zone).start
    with context.finish({"days": summed}) as session:
        rules = rules_in_force(session, context.settings.department)
        weeks = Span(first, local_day(today, zone).start)
        refresh(session, weeks, by=WORKER, at=now, rules=rules)


def sum_coverage(context: StepContext) -> None:
    """Sum today so far, and the days whose records came or changed since they were summed."""
    zone = ZoneInfo(context.settings.department.timezone)
    now = context.clock.now()
    today = now.astimezone(zone).date()
    done: JsonObject = {"days": _sum_days(context, today, zone) + 1}
    with context.finish(done) as session:
        rules = rules_in_force(session, context.settings.department)
        refresh_sums(session, Days(today, today), zone=zone, at=now, rules=rules)


def _sum_days(context: StepContext, today: date, zone: ZoneInfo) -> int:
    """Make the sums of past days that are missing or old, each kept once it is made."""
    now = context.clock.now()
    with context.catalog.read() as session:
        rules = rules_in_force(session, context.settings.department)
        stale = days_to_refresh(session, today, zone=zone, rules=rules)
    for place, day in enumerate(stale):
        context.report(0.8 * place / len(stale), f"summing {day.isoformat()}")
        with context.catalog.write() as session:
            refresh_sums(session, Days(day, day), zone=zone, at=now, rules=rules)
            session.commit()
    with context.catalog.write() as session:
        confirm_sums(session, today, at=now)
        session.commit()
    context.catalog.take_stock()
    return len(stale)
