"""How workers and sweepers say that they live: a row in the catalog, renewed three times a minute.

A worker's own process writes it between two looks at the broker, never one of its children at work:
a worker that hangs falls silent, one that renders for an hour does not.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import structlog
from celery import Celery, bootsteps

from bwc.catalog.store import Catalog
from bwc.clock import Clock, SystemClock
from bwc.errors import TransientError
from bwc.jobs.beats import BEAT_SECONDS, Process, note_beat
from bwc.settings import Settings

log = structlog.get_logger()


class Call(Protocol):
    """A call that comes again and again."""

    def cancel(self) -> None:
        """End it."""
        ...


class Timer(Protocol):
    """What Celery's consumer calls things by."""

    def call_repeatedly(self, seconds: float, call: Callable[[], None]) -> Call:
        """Call this every so many seconds, in the loop of the process."""
        ...


def tell(catalog: Catalog, process: Process, *, started_at: datetime, at: datetime) -> None:
    """Say that a process lives; a catalog that does not answer is told the next time."""
    try:
        with catalog.write() as session:
            note_beat(session, process, started_at=started_at, at=at)
            session.commit()
    except TransientError as error:
        log.warning("beat_failed", reason=str(error))


def beat_with(
    app: Celery, settings: Settings, process: Process, clock: Clock | None = None
) -> None:
    """Have a worker of `app` say that it lives for as long as it runs."""
    ticking = clock or SystemClock()
    started_at = ticking.now()

    def beat() -> None:
        catalog = Catalog(settings.catalog_url)  # opened for each: nothing is open when it forks
        try:
            tell(catalog, process, started_at=started_at, at=ticking.now())
        finally:
            catalog.close()

    class BeatStep(bootsteps.StartStopStep):  # type: ignore[misc] # Celery ships no types
        """The beats, for as long as the worker listens; a lost broker ends them and begins anew."""

        beats: Call | None = None

        def start(self, consumer: Any) -> None:
            timer: Timer = consumer.timer
            self.stop(consumer)
            beat()
            self.beats = timer.call_repeatedly(BEAT_SECONDS, beat)

        def stop(self, _consumer: Any) -> None:
            if self.beats is not None:
                self.beats.cancel()
                self.beats = None

    app.steps["consumer"].add(BeatStep)
