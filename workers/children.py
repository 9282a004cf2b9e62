"""Child processes, each the head of a process group that ends as a whole."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import structlog

from workers import launch
from workers.programs import Program

RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0

log = structlog.get_logger()


class Child:
    """One program, started again when it ends by itself, but not without limit."""

    def __init__(self, program: Program) -> None:
        """Prepare to run `program`."""
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at: list[float] = []

    def start(self) -> None:
        """Start the program in a session of its own, where no Ctrl-C of the terminal reaches it."""
        launcher = [sys.executable, "-I", "-S", str(Path(launch.__file__)), str(os.getpid())]
        self._started_at.append(time.monotonic())
        self._process = subprocess.Popen(
            [*launcher, *self.program.command],
            env=self.program.environment,
            cwd=self.program.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def status(self) -> int | None:
        """The exit status of a program that has ended; None while it runs."""
        return self._process.poll() if self._process else None

    def revive(self) -> bool:
        """Start the program again if it has ended; False where it ends too often."""
        if self.status is None:
            return True
        log.warning("program_ended", program=self.program.name, status=self.status)
        self._signal(signal.SIGKILL)  # whatever it left behind
        recently = time.monotonic() - RESTART_WINDOW_SECONDS
        if len([moment for moment in self._started_at if moment > recently]) > RESTARTS:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Ask the program to end what it does, and itself."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self, *, until: float) -> None:
        """Wait for the end until the monotonic time `until`; then end the whole group."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.info("program_killed", program=self.program.name)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        """Signal every process of the group that is left."""
        if self._process is not None:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return
