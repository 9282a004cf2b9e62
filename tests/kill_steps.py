"""Job steps for the kill tests, and a worker that does them: `python -m tests.kill_steps`.

A patient step says that it started and with which process, then works until the test says go.
"""

import os
import time
from pathlib import Path

from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import MediaError, TransientError
from bwc.jobs.kinds import JobKind
from workers.__main__ import main
from workers.context import StepContext

GO = "go"
FLAKY_FAILURES = 2


def started(home: Path, job_id: str) -> list[int]:
    """The processes that have started on a job, one per attempt."""
    mark = home / f"started-{job_id}"
    return [int(line) for line in mark.read_text().split()] if mark.exists() else []


def patient(context: StepContext) -> None:
    """Work until the test says go."""
    home = context.settings.home
    with (home / f"started-{context.job.id}").open("a") as mark:
        mark.write(f"{os.getpid()}\n")
    while not (home / GO).exists():
        context.report(0.5, "waiting for go")
        time.sleep(0.01)
    quick(context)


def quick(context: StepContext) -> None:
    """Leave one entry in the ledger."""
    with context.finish({"attempt": context.job.attempt}) as session:
        record(
            session,
            Act.DERIVATION,
            about=About(Subject.JOB, context.job.id),
            actor="worker",
            at=context.clock.now(),
        )


def flaky(context: StepContext) -> None:
    """Fail for a moment, twice."""
    if context.job.attempt <= FLAKY_FAILURES:
        raise TransientError("no room", where="vault")
    quick(context)


def broken(context: StepContext) -> None:
    """Fail for good."""
    raise MediaError("not a video", where="recording")


def idle(context: StepContext) -> None:
    """Return as if all were well."""


KILL_STEPS = {
    JobKind.DERIVE: patient,
    JobKind.RENDER: patient,
    JobKind.DECIDE: quick,
    JobKind.CHECK_FIXITY: flaky,
    JobKind.MATCH: broken,
    JobKind.PUBLISH: idle,
    JobKind.PUBLISH_LOG: quick,
    JobKind.REFRESH_COVERAGE: quick,
    JobKind.SUM_COVERAGE: quick,
    JobKind.TIDY_SPOOL: quick,
    JobKind.VERIFY_CUSTODY: quick,
}

if __name__ == "__main__":
    main(KILL_STEPS)
