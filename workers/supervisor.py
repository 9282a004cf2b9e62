"""The embedded house: everything that `bwc up` and `bwc demo` start, watch and end.

`with Supervisor(settings) as supervisor:` brings the catalog's schema up to date, starts broker,
workers, sweeper, desk and portal, and returns when both applications answer. Leaving the block,
by any way, ends every process it started and frees both ports.
"""

import fcntl
import os
import signal
import socket
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import IO, Self

import httpx
import structlog
from pydantic import SecretStr

from bwc.access.sealed_secrets import house_key
from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.clock import SystemClock
from bwc.errors import BwcError, Conflict
from bwc.ids import new_id
from bwc.jobs import lease
from bwc.settings import Broker, Settings, Web
from workers.broker import EmbeddedBroker, place_broker
from workers.children import Child
from workers.programs import Program, environment_of, programs

READY_SECONDS = 120.0
STOP_SECONDS = 5.0
LOOK_SECONDS = 0.2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Door:
    """One application's address, and the setting that moves it."""

    web: Web
    setting: str

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.web.host in ("0.0.0.0", "::") else self.web.host  # noqa: S104
        return f"http://{host}:{self.web.port}"


class Supervisor:
    """Runs an embedded house for as long as its block lasts."""

    def __init__(self, settings: Settings, *, worker_module: str = "workers") -> None:
        """Prepare the house that `settings` describe; nothing is started yet.

        Args:
            settings: those of every program.
            worker_module: what is run as a worker, with the options of `python -m workers`.
        """
        self._settings = settings
        self._worker_module = worker_module
        self._desk = _Door(settings.desk, "BWC_DESK__PORT")
        self._portal = _Door(settings.portal, "BWC_PORTAL__PORT")
        self._workers = f"up-{new_id()}"
        self._children: list[Child] = []
        self._broker: Child | None = None
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._watch_children, name="watch", daemon=True)
        self._failure: str | None = None
        self._leave = ExitStack()

    @property
    def desk_url(self) -> str:
        """Where the staff's application answers."""
        return self._desk.url

    @property
    def portal_url(self) -> str:
        """Where the public's application answers."""
        return self._portal.url

    def __enter__(self) -> Self:
        """Start everything; return when desk and portal are ready.

        Raises:
            Conflict: a port is taken, this house runs already, or a program does not stay up.
        """
        try:
            with ExitStack() as undo:
                self._start(undo)
                self._leave = undo.pop_all()
        except KeyboardInterrupt as interrupt:
            raise self._why_ended() or interrupt from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything that was started."""
        self._leave.close()
        failure = self._why_ended()
        if failure is not None and isinstance(error, KeyboardInterrupt | None):
            raise failure from None

    def wait(self) -> None:
        """Stay until Ctrl-C, SIGTERM, or a program that does not stay up."""
        try:
            while not self._stopping.is_set():
                self._stopping.wait(1.0)
        except KeyboardInterrupt:
            log.info("stop_asked")

    def _why_ended(self) -> Conflict | None:
        """The reason, where no person asked for the end."""
        return Conflict(self._failure) if self._failure is not None else None

    def _start(self, undo: ExitStack) -> None:
        """All of it, each step with its undoing, last in first out."""
        self._take_signals(undo)
        self._check_ports()
        self._lock_home(undo)
        self._upgrade_catalog()
        undo.callback(self._stop_all)
        self._start_all(undo)
        self._wait_until_ready()

    def _take_signals(self, undo: ExitStack) -> None:
        """SIGTERM ends the house as Ctrl-C does; while it ends, neither interrupts."""
        for number in (signal.SIGINT, signal.SIGTERM):
            undo.callback(signal.signal, number, signal.signal(number, self._on_signal))

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping.is_set():
            raise KeyboardInterrupt

    def _check_ports(self) -> None:
        """Refuse to start where an address is taken, and name the setting that moves it."""
        for door in (self._desk, self._portal):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((door.web.host, door.web.port))
                except OSError as error:
                    raise Conflict(
                        f"cannot listen on port {door.web.port}",
                        where=door.setting,
                        got=error.strerror,
                        advice=f"End what listens there, or set {door.setting} to a free port",
                    ) from error
        if self._desk.web.port == self._portal.web.port:
            raise Conflict("desk and portal need a port each", where=self._portal.setting)

    def _lock_home(self, undo: ExitStack) -> None:
        """Hold the house's home; two of these in one home would take each other's broker."""
        home = self._settings.home.resolve()
        for folder in (home, self._settings.public_folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock: IO[str] = undo.enter_context((home / "up.lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "this house runs already",
                where=str(home),
                advice="End the other one, or set BWC_HOME to another folder",
            ) from error

    def _upgrade_catalog(self) -> None:
        catalog = Catalog(self._settings.catalog_url)
        schema.upgrade(catalog, house_key=lambda: house_key(self._settings))
        catalog.close()

    def _start_all(self, undo: ExitStack) -> None:
        """Start the broker where none is named, then the rest, then watch over them."""
        settings = self._settings
        if settings.broker.url is None:
            place = place_broker(settings)
            undo.callback(place.remove)
            settings = settings.model_copy(update={"broker": Broker(url=SecretStr(place.url))})
            self._broker = self._start_broker(settings, place)
        wanted = programs(settings, workers=self._workers, worker_module=self._worker_module)
        for program in wanted:
            child = Child(program)
            self._children.append(child)
            child.start()
        self._watch.start()

    def _start_broker(self, settings: Settings, place: EmbeddedBroker) -> Child:
        if place.is_temporary:
            log.info("broker_socket_moved", folder=str(place.socket.parent))
        folder = place.socket.parent
        child = Child(Program("broker", place.command, environment_of(settings), folder))
        child.start()
        return child

    def _wait_until_ready(self) -> None:
        """Until both applications say that they are ready."""
        until = time.monotonic() + READY_SECONDS
        waiting = [self._desk, self._portal]
        while waiting:
            if time.monotonic() > until:
                urls = ", ".join(door.url for door in waiting)
                raise Conflict(f"not ready after {READY_SECONDS:.0f} seconds", where=urls)
            waiting = [door for door in waiting if not _is_ready(door)]
            self._stopping.wait(LOOK_SECONDS)

    def _watch_children(self) -> None:
        """The watching thread: start again what ended; where that fails too often, end all."""
        while not self._stopping.wait(LOOK_SECONDS):
            for child in [self._broker, *self._children]:
                if child is not None and not child.revive():
                    name, status = child.program.name, child.status
                    self._failure = f"{name} does not stay up (it last ended with {status})"
                    os.kill(os.getpid(), signal.SIGTERM)
                    return

    def _stop_all(self) -> None:
        """End the programs, give their jobs back, and end the broker last."""
        self._stopping.set()
        if self._watch.is_alive():
            self._watch.join()
        until = time.monotonic() + STOP_SECONDS
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.stop(until=until)
        self._hand_jobs_back()
        if self._broker is not None:
            self._broker.ask_to_stop()
            self._broker.stop(until=time.monotonic() + STOP_SECONDS)

    def _hand_jobs_back(self) -> None:
        """The jobs our workers were at wait again at once; their leases need not run out."""
        catalog = Catalog(self._settings.catalog_url)
        try:
            with catalog.write() as session:
                lease.hand_back(session, workers=f"{self._workers}.", now=SystemClock().now())
                session.commit()
        except BwcError as error:
            log.warning("jobs_not_handed_back", reason=str(error))
        finally:
            catalog.close()


def _is_ready(door: _Door) -> bool:
    try:
        return httpx.get(f"{door.url}/readyz", timeout=5.0).is_success
    except httpx.TransportError:
        return False
