"""`python -m workers.sweeper`: the process that tells workers of jobs, and tells them again.

Once a second it ends what cannot run any more, and sends a message for each job that may start
and that no queue holds. Any number of sweepers may run: a message too many does no harm.
"""

import os
import signal
import socket
import threading
from datetime import datetime

import structlog

from bwc import logs
from bwc.catalog.beat import Program
from bwc.catalog.store import Catalog
from bwc.clock import Clock, SystemClock
from bwc.errors import TransientError
from bwc.jobs import sweep
from bwc.jobs.beats import BEAT_SECONDS, Process
from bwc.release.effect import hopeless, lapse_if_hopeless
from bwc.release.rows import locked_release
from bwc.settings import load_settings
from bwc.vault.inbox import Inbox
from bwc.vault.open import open_inbox, open_public_store
from workers.app import make_app
from workers.beats import tell
from workers.messages import Messenger
from workers.schedule import ask_for_daily_work, ask_to_take_inbox
from workers.steps.requests import publish_key

log = structlog.get_logger()


class Sweeper:
    """Looks after the jobs of one catalog."""

    def __init__(
        self,
        catalog: Catalog,
        messenger: Messenger,
        *,
        clock: Clock,
        zone: str,
        inbox: Inbox | None = None,
    ) -> None:
        """Sweep `catalog`; `zone` says when the department's day begins, `inbox` what waits."""
        self._catalog = catalog
        self._messenger = messenger
        self._clock = clock
        self._zone = zone
        self._inbox = inbox
        self._process = Process(f"sweeper@{socket.gethostname()}-{os.getpid()}", Program.SWEEPER)
        self._started_at = clock.now()
        self._told_at: datetime | None = None

    def sweep(self) -> int:
        """One round; how many messages were sent.

        Raises:
            TransientError: catalog or broker did not answer; the next round does the rest.
        """
        now = self._clock.now()
        self._tell(now)
        ask_for_daily_work(self._catalog, now=now, zone=self._zone)
        if self._inbox is not None:
            ask_to_take_inbox(self._catalog, self._inbox, now=now)
        with self._catalog.read() as session:
            is_untidy = sweep.needs_tidying(session, now=now)
        if is_untidy:
            with self._catalog.write() as session:
                sweep.tidy(session, now=now)
                session.commit()
        self._let_lapse(now)
        depths = self._messenger.depths()
        with self._catalog.read() as session:
            messages = sweep.unsent(session, now=now, depths=depths)
        if not messages:
            return 0
        with self._catalog.write() as session:
            sweep.mark_sent(session, messages, now=now)
            session.commit()
        for message in messages:
            self._messenger.send(message)
        return len(messages)

    def _let_lapse(self, now: datetime) -> None:
        """End the signatures whose rendering will not come, one transaction each."""
        with self._catalog.read() as session:
            lost = hopeless(session)
        for release_id in lost:
            with self._catalog.write() as session:
                lapse_if_hopeless(session, locked_release(session, release_id), at=now)
                session.commit()

    def _tell(self, now: datetime) -> None:
        """Say that it lives, three times a minute."""
        if self._told_at is None or (now - self._told_at).total_seconds() >= BEAT_SECONDS:
            tell(self._catalog, self._process, started_at=self._started_at, at=now)
            self._told_at = now


def main() -> None:
    """Sweep until a signal asks to stop."""
    settings = load_settings()
    logs.set_up(settings.log_format, settings.log_level)
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    catalog = Catalog(settings.catalog_url)
    messenger = Messenger(make_app(settings, {}))
    sweeper = Sweeper(
        catalog,
        messenger,
        clock=SystemClock(),
        zone=settings.department.timezone,
        inbox=open_inbox(settings),
    )
    publish_key(open_public_store(settings), settings)
    while not stop.is_set():
        try:
            sweeper.sweep()
        except TransientError as error:
            log.warning("sweep_failed", reason=str(error))
        stop.wait(settings.jobs.sweep_seconds)
    messenger.close()
    catalog.close()


if __name__ == "__main__":
    main()
