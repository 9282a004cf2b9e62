"""The pulse of a running job: a thread that renews its lease while the step works."""

import threading
import time
from contextlib import AbstractContextManager
from datetime import timedelta
from types import TracebackType
from typing import Self

import structlog
from typing_extensions import override

from bwc.catalog.store import Catalog
from bwc.clock import Clock
from bwc.errors import Cancelled, TransientError
from bwc.jobs import lease
from bwc.jobs.lease import HeldJob, LeaseLost, Progress
from bwc.settings import Jobs

log = structlog.get_logger()


class Heartbeat(AbstractContextManager["Heartbeat"]):
    """Renews the lease of one job until it is left, cancelled or lost.

    The thread cannot stop the step; it remembers why the step has to stop, and `check` raises it.
    A catalog that does not answer for longer than the lease costs the lease.
    """

    def __init__(self, catalog: Catalog, job: HeldJob, *, settings: Jobs, clock: Clock) -> None:
        """Watch over `job`, which has just been claimed."""
        self._catalog = catalog
        self._job = job
        self._clock = clock
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._every_seconds = settings.heartbeat_seconds
        self._renewed_at = time.monotonic()
        self._reason: Cancelled | None = None
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat {job.id}", daemon=True)

    @override
    def __enter__(self) -> Self:
        self._thread.start()
        return self

    @override
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left.set()
        self._thread.join()

    def check(self) -> None:
        """Go on.

        Raises:
            Cancelled: the step must stop, for the reason given.
        """
        if self._reason is not None:
            raise self._reason

    def beat(self, progress: Progress | None = None) -> None:
        """Renew the lease now. A catalog that does not answer is borne until the lease is over.

        Raises:
            Cancelled: the step must stop, for the reason given.
        """
        try:
            with self._catalog.write() as session:
                lease.renew(
                    session,
                    self._job,
                    now=self._clock.now(),
                    lease=self._lease,
                    progress=progress,
                )
                session.commit()
        except TransientError as error:
            if time.monotonic() - self._renewed_at > self._lease.total_seconds():
                raise LeaseLost(
                    "the catalog was silent for longer than the lease", where=self._job.id
                ) from error
            log.warning("heartbeat_failed", job_id=self._job.id)
            return
        self._renewed_at = time.monotonic()

    def _run(self) -> None:
        """The thread: beat until the step is left or has to stop."""
        while not self._left.wait(self._every_seconds):
            try:
                self.beat()
            except Cancelled as reason:
                self._reason = reason
                return
