"""What a job step works with: the stores, its job, a way to report and a way to finish."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.store import Catalog
from bwc.clock import Clock
from bwc.errors import Conflict
from bwc.house import House
from bwc.jobs import lease
from bwc.jobs.lease import HeldJob, Progress
from bwc.settings import Settings
from bwc.vault.protocol import PublicStore, Vault
from workers.heartbeat import Heartbeat

REPORT_SECONDS = 1.0  # reports between two writes are kept back; people read no faster


class StepContext:
    """One job in the hands of one step.

    A step reads what it needs, works for as long as it takes without a transaction, reports
    often, and ends in `finish`, where everything it brought is committed together with the job's
    end. It must be safe to run twice: a kill between the work and the finish repeats the work.
    """

    def __init__(self, house: House, job: HeldJob, heartbeat: Heartbeat) -> None:
        """Put the step to work on `job`, which `heartbeat` keeps leased."""
        self.catalog: Catalog = house.catalog
        self.vault: Vault = house.vault
        self.public: PublicStore = house.public
        self.settings: Settings = house.settings
        self.clock: Clock = house.clock
        self.job = job
        self.is_finished = False
        self._heartbeat = heartbeat
        self._reported_at = 0.0

    def report(self, progress: float, stage: str) -> None:
        """Say how far the work is, and learn whether to go on. Call it often: it is cheap.

        Args:
            progress: the share that is done, 0 to 1.
            stage: what is being done, in a word or two.

        Raises:
            Cancelled: a person stopped the job, or another worker has taken it over.
        """
        self._heartbeat.check()
        if time.monotonic() - self._reported_at < REPORT_SECONDS:
            return
        self._heartbeat.beat(Progress(share=min(max(progress, 0.0), 1.0), stage=stage))
        self._reported_at = time.monotonic()

    @contextmanager
    def finish(self, result: JsonObject) -> Iterator[Session]:
        """The step's one writing transaction: its rows, its custody entries and the job's end.

        Args:
            result: small JSON that says what came of it: ids and counts.

        Raises:
            Cancelled: a person stopped the job, or another worker has taken it over; nothing
                is written then.
        """
        if self.is_finished:
            raise Conflict("a job is finished once", where=self.job.id)
        with self.catalog.write() as session:
            lease.finish(session, self.job, result=result, now=self.clock.now())
            yield session
            session.commit()
        self.is_finished = True
