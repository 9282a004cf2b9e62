"""The job that follows the whole ledger, so that a break is known the day after and not in court."""

import structlog

from bwc.custody.checked import result_of
from bwc.custody.verify import verify
from workers.context import StepContext

log = structlog.get_logger(__name__)


def verify_custody(context: StepContext) -> None:
    """Follow the chain from its first entry to its last; what was found is the job's result."""
    context.report(0.0, "following the chain")
    with context.catalog.read() as session:
        verdict = verify(session)
    if verdict.broken is not None:
        log.error("custody_broken", position=verdict.broken.position)
    with context.finish(result_of(verdict)):
        pass
