"""The nightly job of coverage: sums of days that changed, and the findings of the last weeks."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bwc.canonical import JsonObject
from bwc.coverage.day import local_day
from bwc.coverage.refreshing import refresh
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.sums import Days, days_to_refresh, refresh_sums
from bwc.timeline import Span
from workers.context import StepContext

WORKER = "worker"
FINDING_DAYS = 28


def refresh_coverage(context: StepContext) -> None:
    """Bring sums and findings up to what the records show; run twice, it changes nothing more."""
    zone = ZoneInfo(context.settings.department.timezone)
    now = context.clock.now()
    today = now.astimezone(zone).date()
    with context.catalog.read() as session:
        rules = rules_in_force(session, context.settings.department)
        stale = days_to_refresh(session, today, zone=zone, rules=rules)
    for place, day in enumerate(stale):
        context.report(0.8 * place / len(stale), f"summing {day.isoformat()}")
        with context.catalog.write() as session:
            refresh_sums(session, Days(day, day), zone=zone, at=now, rules=rules)
            session.commit()
    context.report(0.9, "findings")
    first = local_day(today - timedelta(days=FINDING_DAYS), zone).start
    summed: JsonObject = {"days": len(stale)}
    with context.finish(summed) as session:
        weeks = Span(first, local_day(today, zone).start)
        refresh(session, weeks, by=WORKER, at=now, rules=rules)
