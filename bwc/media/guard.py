"""Running a program that touches foreign media: limits of CPU, memory, file size and time.

Parsers of video formats are attacked through the files they read. So probing and deriving run in a
child that sets its own limits, drops this process's environment (and the secrets in it), and is
then replaced by the program. The child dies with its parent and cannot outlive its wall time; what
it prints is kept in part, so that it cannot fill this process's memory either.

`python -m bwc.media.guard LIMITS COMMAND...` is that child; `run_guarded` starts it.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO

from typing_extensions import override

from bwc.errors import MediaError

POLL_SECONDS = 0.25
STDOUT_TAIL_BYTES = 1 << 20  # what a probe prints is a thousandth of it
STDERR_TAIL_BYTES = 2000
PIPE_BYTES = 1 << 16
PR_SET_PDEATHSIG = 1  # linux/prctl.h: the signal this process gets when its parent dies


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use. `file_bytes` is the largest file it may write; 0 forbids writing."""

    cpu_seconds: int
    memory_bytes: int
    file_bytes: int = 0
    wall_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended: its exit status, and the end of what it printed and complained."""

    status: int
    stdout: bytes
    complaint: str


def run_guarded(
    command: Sequence[str],
    limits: Limits,
    *,
    on_wait: Callable[[], None] = lambda: None,
) -> Outcome:
    """Run `command` within `limits` until it ends.

    Args:
        command: the program by full path, and its arguments.
        limits: what it may use.
        on_wait: called several times a second meanwhile; whatever it raises ends the child.

    Raises:
        MediaError: the child ran into one of its limits; the message says which.
    """
    with subprocess.Popen(
        [sys.executable, "-P", "-m", __spec__.name, json.dumps(asdict(limits)), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_bare_environment(),
        start_new_session=True,
    ) as child:
        printed = _Tail(child.stdout, STDOUT_TAIL_BYTES)
        complained = _Tail(child.stderr, STDERR_TAIL_BYTES)
        try:
            _wait(child, limits, on_wait)
        finally:
            _end(child)
            stdout, stderr = printed.end(), complained.end()
    _refuse_killed(child.returncode, limits)
    return Outcome(child.returncode, stdout, stderr.decode(errors="replace"))


def confine(limits: Limits) -> None:
    """Put this very process under `limits`, for good, and let it die with its parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    ceilings = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for kind, ceiling in ceilings.items():
        resource.setrlimit(kind, (ceiling, ceiling))
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores both; programs expect them
        signal.signal(ignored, signal.SIG_DFL)


class _Tail(threading.Thread):
    """Reads a pipe to its end, so that who writes to it never waits, and keeps the last bytes."""

    def __init__(self, pipe: IO[bytes] | None, most_bytes: int) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._most_bytes = most_bytes
        self._kept = b""
        self.start()

    @override
    def run(self) -> None:
        while self._pipe is not None and (chunk := os.read(self._pipe.fileno(), PIPE_BYTES)):
            self._kept = (self._kept + chunk)[-self._most_bytes :]

    def end(self) -> bytes:
        """What was kept, once nobody can write any more."""
        self.join()
        return self._kept


def _bare_environment() -> dict[str, str]:
    """What a child needs to find its programs; none of our settings."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return kept | {"LANG": "C.UTF-8"}


def _wait(child: subprocess.Popen[bytes], limits: Limits, on_wait: Callable[[], None]) -> None:
    """Return once the child has ended."""
    deadline = time.monotonic() + limits.wall_seconds
    while True:
        try:
            child.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            on_wait()
            if time.monotonic() > deadline:
                raise _limit_met("time", f"{limits.wall_seconds:g} s") from None
        else:
            return


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the child and everything it started, also where it ended by itself."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _refuse_killed(status: int, limits: Limits) -> None:
    """Name the limit behind a child that was ended by a signal."""
    if status in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise _limit_met("processor time", f"{limits.cpu_seconds} s")
    if status == -signal.SIGXFSZ:
        raise _limit_met("file size", f"{limits.file_bytes} bytes")
    if status < 0:
        raise MediaError("the program that read this video crashed", got=signal.strsignal(-status))


def _limit_met(what: str, ceiling: str) -> MediaError:
    """The error for a child that wanted more than it may have."""
    return MediaError(f"reading this video takes more {what} than allowed", expected=ceiling)


def main() -> None:
    """Take on the limits of the first argument and become the command that follows."""
    limits = Limits(**json.loads(sys.argv[1]))
    command = sys.argv[2:]
    confine(limits)
    os.execv(command[0], command)  # noqa: S606 - no shell: the point is to be replaced


if __name__ == "__main__":
    main()
