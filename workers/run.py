"""One job from claim to end: the whole of what the one task does."""

from datetime import timedelta

import structlog
from structlog.contextvars import bound_contextvars

from bwc.errors import BwcError, Cancelled, Conflict, IntegrityError
from bwc.house import House
from bwc.jobs import endings, lease
from bwc.jobs.kinds import JobKind
from bwc.jobs.lease import HeldJob, LeaseLost
from workers.context import StepContext
from workers.heartbeat import Heartbeat
from workers.steps import Steps

log = structlog.get_logger()


def run_job(house: House, job_id: str, *, steps: Steps, worker: str) -> None:
    """Claim the job, run its step, and put down how it ended.

    Where somebody else holds the job, or it has ended, nothing happens: a message too many is
    harmless. No error of a step leaves this function; it ends in the job row.
    """
    settings = house.settings.jobs
    with house.catalog.write() as session:
        held = lease.claim(
            session,
            job_id,
            worker=worker,
            now=house.clock.now(),
            lease=timedelta(seconds=settings.lease_seconds),
        )
        session.commit()
    if held is None:
        return
    with bound_contextvars(job_id=held.id, kind=held.kind, attempt=held.attempt):
        log.debug("job_started")
        try:
            _run_step(house, held, steps)
        except LeaseLost as lost:
            log.warning("job_lost", reason=str(lost))
        except Cancelled:
            _stop(house, held)
        except Exception as error:  # noqa: BLE001 - whatever a step raises becomes its job's reason
            _fail(house, held, error)
        else:
            log.info("job_done")


def _run_step(house: House, held: HeldJob, steps: Steps) -> None:
    """Run the step under a heartbeat; a step that ends without `finish` is a failure."""
    step = steps[JobKind(held.kind)]
    with Heartbeat(
        house.catalog, held, settings=house.settings.jobs, clock=house.clock
    ) as heartbeat:
        context = StepContext(house, held, heartbeat)
        step(context)
    if not context.is_finished:
        raise Conflict("the step returned without finishing its job", where=held.kind)


def _stop(house: House, held: HeldJob) -> None:
    """Put down that a person stopped the job."""
    with house.catalog.write() as session:
        endings.stop(session, held, now=house.clock.now())
        session.commit()
    log.info("job_cancelled")


def _fail(house: House, held: HeldJob, error: Exception) -> None:
    """Put down why the step failed; broken custody is an alarm, a bug is traced."""
    with house.catalog.write() as session:
        state = endings.fail(
            session,
            held,
            error=error,
            now=house.clock.now(),
            backoff=timedelta(seconds=house.settings.jobs.backoff_seconds),
        )
        session.commit()
    tell = log.error if isinstance(error, IntegrityError) else log.warning
    trace = None if isinstance(error, BwcError) else error
    tell("job_failed", state=state, reason=type(error).__name__, exc_info=trace)
