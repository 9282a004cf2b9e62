"""The job that destroys what two people agreed on, after the delay they left for objections."""

from zoneinfo import ZoneInfo

from bwc.errors import Conflict, InvalidInput, NotPermitted
from bwc.retention import execute
from workers.context import StepContext
from workers.steps.redaction import clear_bench
from workers.steps.release import packs_for


def dispose(context: StepContext) -> None:
    """Settle each recording of a disposal: destroyed with a tombstone, or stopped with a reason."""
    disposal_id = context.job.subject_id
    if disposal_id is None:
        raise InvalidInput("this job is about nothing", where=context.job.id)
    zone = ZoneInfo(context.settings.department.timezone)
    now = context.clock.now().astimezone(zone)
    with context.catalog.read() as session:
        items = execute.open_items(session, disposal_id, at=now)
    for place, item_id in enumerate(items):
        context.report(place / len(items), "disposing")
        _settle(context, item_id, zone)
    with context.finish({"items": len(items)}) as session:
        execute.close(session, disposal_id, at=now)


def _settle(context: StepContext, item_id: str, zone: ZoneInfo) -> None:
    """One recording. What is written before the vault is touched survives any kill."""
    packs, now = packs_for(context), context.clock.now().astimezone(zone)
    with context.catalog.read() as session:
        original = execute.original_of(session, item_id)
    is_there = context.vault.has(original)
    with context.catalog.write() as session:
        dies = execute.begin(session, packs, item_id, at=now, original_is_there=is_there)
        unfinished = execute.jobs_on(session, item_id) if dies else []
        session.commit()
    try:
        for thing in dies:
            context.vault.dispose(thing.sha256)
    except (Conflict, NotPermitted) as refused:
        with context.catalog.write() as session:
            execute.stop(session, item_id, why=str(refused), at=now)
            session.commit()
        return
    for job_id in unfinished:
        clear_bench(context.settings, job_id)
    with context.catalog.write() as session:
        execute.bury(session, item_id, dies, at=now)
        session.commit()
