"""Running a program that touches foreign media: limits of CPU, memory, file size and time.

Parsers of video formats are attacked through the files they read. So probing and deriving run in a
child that sets its own limits, drops this process's environment (and the secrets in it), and is
then replaced by the program. The child dies with its parent and cannot outlive its wall time.

`python -m bwc.media.guard LIMITS COMMAND...` is that child; `run_guarded` starts it.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from bwc.errors import MediaError

POLL_SECONDS = 0.25
STDERR_TAIL_BYTES = 2000
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
    """How a child ended: its exit status, what it printed, and the end of what it complained."""

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
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", __spec__.name, json.dumps(asdict(limits)), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_bare_environment(),
        start_new_session=True,
    )
    try:
        stdout, stderr = _wait(child, limits, on_wait)
    finally:
        _end(child)
    _refuse_killed(child.returncode, limits)
    return Outcome(child.returncode, stdout, stderr[-STDERR_TAIL_BYTES:].decode(errors="replace"))


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


def _bare_environment() -> dict[str, str]:
    """What a child needs to find its programs; none of our settings."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return kept | {"LANG": "C.UTF-8"}


def _wait(
    child: subprocess.Popen[bytes], limits: Limits, on_wait: Callable[[], None]
) -> tuple[bytes, bytes]:
    """All the child prints and complains, once it has ended."""
    deadline = time.monotonic() + limits.wall_seconds
    while True:
        try:
            return child.communicate(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            on_wait()
            if time.monotonic() > deadline:
                raise _limit_met("time", f"{limits.wall_seconds:g} s") from None


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the child and everything it started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


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
