"""A small house of real processes for the kill tests: broker, sweeper, and a worker to shoot at."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.job import Job, JobState
from bwc.catalog.store import Catalog
from bwc.clock import SystemClock
from bwc.custody.acts import Act
from bwc.jobs import endings
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.settings import Broker, Jobs, Settings
from bwc.settings import Catalog as CatalogSettings
from tests.kill_steps import GO, started
from workers.broker import EmbeddedBroker, place_broker
from workers.children import Child
from workers.programs import Program, environment_of

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 60.0
IMPATIENT = Jobs(
    lease_seconds=1.5, heartbeat_seconds=0.3, sweep_seconds=0.2, backoff_seconds=0.1, concurrency=1
)


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait until other processes have brought something about."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, (
            f"in {PATIENCE_SECONDS:.0f} s it did not come to be: {what}"
        )
        time.sleep(0.02)


@dataclass
class Workshop:
    """The processes, and what a test does with them."""

    settings: Settings
    catalog: Catalog
    broker_place: EmbeddedBroker
    broker: Child
    worker: Child
    sweeper: Child

    def ask(self, kind: JobKind, *, needs: tuple[str, ...] = ()) -> str:
        with self.catalog.write() as session:
            job = enqueue(
                session,
                kind,
                requested_by="rita",
                at=SystemClock().now(),
                needs=[session.get_one(Job, need) for need in needs],
            )
            session.commit()
            return job.id

    def job(self, job_id: str) -> Job:
        with self.catalog.read() as session:
            return session.get_one(Job, job_id)

    def cancel(self, job_id: str) -> None:
        with self.catalog.write() as session:
            endings.cancel(session, job_id, by="sam", now=SystemClock().now())
            session.commit()

    def go(self) -> None:
        (self.settings.home / GO).touch()

    def wait_for_start(self, job_id: str, *, attempts: int = 1) -> list[int]:
        """Until a job was started so often; the processes that did."""
        eventually(
            lambda: len(started(self.settings.home, job_id)) >= attempts, f"start {attempts}"
        )
        return started(self.settings.home, job_id)

    def wait_for(self, job_id: str, state: JobState) -> Job:
        eventually(
            lambda: self.job(job_id).state is state,
            f"{state.value}, it is {self.job(job_id).state}",
        )
        return self.job(job_id)

    @contextmanager
    def writing_alone(self) -> Iterator[None]:
        """While nobody else is in the midst of writing to the catalog (SQLite knows one lock)."""
        with self.catalog.write() as session:
            session.execute(sa.select(1))
            yield

    def endings_of(self, job_id: str) -> int:
        """How often the work of a job was committed."""
        with self.catalog.read() as session:
            entries = sa.select(sa.func.count()).where(
                CustodyEntry.subject_id == job_id, CustodyEntry.act == Act.DERIVATION.value
            )
            return session.scalar(entries) or 0


@contextmanager
def workshop(home: Path, catalog: Catalog, *, concurrency: int = 1) -> Iterator[Workshop]:
    """Start broker, sweeper and worker on `catalog`; leave nothing running."""
    settings = Settings(
        home=home,
        catalog=CatalogSettings(url=SecretStr(catalog.url)),
        jobs=IMPATIENT,
    )
    place = place_broker(settings)
    settings = settings.model_copy(update={"broker": Broker(url=SecretStr(place.url))})
    environment = {**os.environ, **environment_of(settings)}

    def child(name: str, *command: str) -> Child:
        made = Child(Program(name, list(command), environment, ROOT))
        made.start()
        return made

    python = sys.executable
    shop = Workshop(
        settings=settings,
        catalog=catalog,
        broker_place=place,
        broker=child("broker", *place.command),
        worker=child(
            "worker",
            *(python, "-m", "tests.kill_steps"),
            *("--name", "first", "--concurrency", str(concurrency)),
        ),
        sweeper=child("sweeper", python, "-m", "workers.sweeper"),
    )
    try:
        yield shop
    finally:
        for running in (shop.worker, shop.sweeper, shop.broker):
            running.stop(until=0)
        place.remove()


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal one process of ours."""
    os.kill(pid, number)
