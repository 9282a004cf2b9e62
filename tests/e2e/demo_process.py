"""Starts the command behind `make demo` as a user would, and stops it as a user would."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

STARTUP_SECONDS = 900
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """A demo that stands: where it answers, what it printed, and its process."""

    portal: str
    desk: str
    home: Path
    output: Path
    process: subprocess.Popen[bytes]

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until_it_stands(self) -> None:
        """Until the last line of the demo's welcome is printed."""
        end = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < end:
            if "Ctrl-C ends everything" in self.said():
                return
            if self.process.poll() is not None:
                raise AssertionError(f"the demo ended by itself:\n{self.said()[-4000:]}")
            time.sleep(0.5)
        raise AssertionError(f"the demo did not stand in time:\n{self.said()[-4000:]}")

    def releases(self) -> list[dict[str, object]]:
        answer = httpx.get(f"{self.portal}/v1/releases")
        answer.raise_for_status()
        items: list[dict[str, object]] = answer.json()["items"]
        return items


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_demo(folder: Path, *arguments: str) -> Iterator[RunningDemo]:
    """Run `bwc demo` with a home of its own; whatever happens, leave no process behind."""
    portal, desk = free_port(), free_port()
    environment = {
        **os.environ,
        "BWC_HOME": str(folder),
        "BWC_PORTAL__PORT": str(portal),
        "BWC_DESK__PORT": str(desk),
    }
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "output.txt"
    bwc = Path(sys.executable).parent / "bwc"
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [bwc, "demo", *arguments],
            env=environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    demo = RunningDemo(
        portal=f"http://127.0.0.1:{portal}",
        desk=f"http://127.0.0.1:{desk}",
        home=folder / "demo",
        output=output,
        process=process,
    )
    try:
        yield demo
    finally:
        for child in _family(process.pid):
            child.kill()
        process.wait(STOP_SECONDS)


def stop(demo: RunningDemo) -> tuple[int, list[psutil.Process]]:
    """Press Ctrl-C; return the exit status and the processes that outlived it."""
    family = _family(demo.process.pid)
    demo.process.send_signal(signal.SIGINT)
    status = demo.process.wait(STOP_SECONDS)
    _, alive = psutil.wait_procs(family, timeout=5)
    return status, alive


def is_free(url: str) -> bool:
    """Whether nothing listens at the address any more."""
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) != 0


def _family(pid: int) -> list[psutil.Process]:
    """A process and everything below it."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
