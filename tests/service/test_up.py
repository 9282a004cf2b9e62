"""`bwc up`: all of it answers, what dies comes back, and nothing outlives it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from pydantic import SecretStr

from bwc.catalog.job import Job, JobState
from bwc.catalog.store import Catalog
from bwc.clock import SystemClock
from bwc.jobs.beats import list_beats
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.settings import Catalog as CatalogSettings
from bwc.settings import Desk, Portal, Settings
from tests.kill_steps import GO, started
from tests.workshop import eventually
from workers.supervisor import Supervisor

pytestmark = [pytest.mark.service, pytest.mark.slow]

BWC = Path(sys.executable).parent / "bwc"
STOP_SECONDS = 60


@dataclass
class Up:
    """A running `bwc up`, and where it answers."""

    process: subprocess.Popen[str]
    portal: str
    desk: str

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """The first process below it whose command line has all these words."""
        found = [p for p in self.family() if all(w in " ".join(p.cmdline()) for w in words)]
        return found[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(home: Path, portal: int, desk: int) -> dict[str, str]:
    own = {"BWC_HOME": str(home), "BWC_PORTAL__PORT": str(portal), "BWC_DESK__PORT": str(desk)}
    return {**os.environ, **own, "BWC_LOG_FORMAT": "json"}


@contextmanager
def running_up(home: Path) -> Iterator[Up]:
    home.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [BWC, "up", "--json"],
        env=environment(home, free_port(), free_port()),
        cwd=home,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        text = "".join(process.stdout.readline() for _ in range(4))
        yield Up(process, **json.loads(text))
    finally:
        if process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
        process.wait(STOP_SECONDS)
        if process.stdout is not None:
            process.stdout.close()


def is_free(url: str) -> bool:
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) != 0


def assert_nothing_is_left(up: Up, family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    assert [p.cmdline() for p in alive] == []
    assert is_free(up.portal)
    assert is_free(up.desk)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_up_answers_and_a_signal_ends_all_of_it(tmp_path: Path, number: signal.Signals) -> None:
    with running_up(tmp_path / "home") as up:
        assert httpx.get(f"{up.portal}/readyz").is_success
        assert httpx.get(f"{up.desk}/readyz").is_success
        family = up.family()
        up.process.send_signal(number)
        assert up.process.wait(STOP_SECONDS) == 0
        assert_nothing_is_left(up, family)
        assert not (tmp_path / "home" / "broker" / "valkey.sock").exists()


def lives(home: Path) -> list[str]:
    """What says of itself that it lives: sweepers by their kind, workers by their queues."""
    with closing(Catalog(f"sqlite:///{home / 'catalog.db'}")) as catalog, catalog.read() as session:
        beats = list_beats(session, at=SystemClock().now())
    names = (", ".join(one.process.queues) or one.process.program for one in beats if one.is_alive)
    return sorted(names)


ALL_LIVE = ["analysis, render", "intake", "release, upkeep", "sweeper"]


def test_programs_that_die_come_back(tmp_path: Path) -> None:
    with running_up(tmp_path / "home") as up:
        eventually(
            lambda: lives(tmp_path / "home") == ALL_LIVE, "workers and sweeper say they live"
        )
        for words in (["api.portal"], ["valkey-server"], ["-m workers", "intake"]):
            victim = up.child(*words)
            victim.kill()
            victim.wait(STOP_SECONDS)

            def is_back(words: list[str] = words, old: int = victim.pid) -> bool:
                return any(
                    p.pid != old and all(w in " ".join(p.cmdline()) for w in words)
                    for p in up.family()
                )

            eventually(is_back, f"{words} is back")
        eventually(lambda: not is_free(up.portal), "the portal answers again")
        family = up.family()
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(STOP_SECONDS) == 0
        assert_nothing_is_left(up, family)


def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a process of its parent's death")
    with running_up(tmp_path / "home") as up:
        family = up.family()
        up.process.kill()
        up.process.wait(STOP_SECONDS)
        assert_nothing_is_left(up, family)


def test_a_second_house_in_the_same_home_is_refused(tmp_path: Path) -> None:
    with running_up(tmp_path / "home"):
        second = refused(tmp_path / "home", free_port(), free_port())
        assert second.returncode == 2
        assert "this house runs already" in second.stderr


def test_a_taken_port_is_named_with_the_setting_that_moves_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = refused(tmp_path / "home", free_port(), port)
    assert answer.returncode == 2
    assert f"cannot listen on port {port}" in answer.stderr
    assert "BWC_DESK__PORT" in answer.stderr


def test_one_port_for_both_applications_is_refused(tmp_path: Path) -> None:
    port = free_port()
    answer = refused(tmp_path / "home", port, port)
    assert answer.returncode == 2
    assert "BWC_PORTAL__PORT" in answer.stderr


def refused(home: Path, portal: int, desk: int) -> subprocess.CompletedProcess[str]:
    home.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [BWC, "up"],
        env=environment(home, portal, desk),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=STOP_SECONDS,
        check=False,
    )


def test_a_job_in_hand_when_the_house_is_ended_goes_on_at_the_next_start(
    tmp_path: Path, sqlite_catalog: Catalog
) -> None:
    settings = Settings(
        home=tmp_path,
        catalog=CatalogSettings(url=SecretStr(sqlite_catalog.url)),
        desk=Desk(port=free_port()),
        portal=Portal(port=free_port()),
    )
    with Supervisor(settings, worker_module="tests.kill_steps"):
        job_id = enqueue_one(sqlite_catalog, JobKind.RENDER)
        beside = enqueue_one(sqlite_catalog, JobKind.DECIDE)
        eventually(lambda: len(started(tmp_path, job_id)) == 1, "the render started")
        eventually(lambda: state(sqlite_catalog, beside) is JobState.DONE, "a decision passed it")
    assert state(sqlite_catalog, job_id) is JobState.WAITING
    (tmp_path / GO).touch()
    with Supervisor(settings, worker_module="tests.kill_steps"):
        eventually(lambda: state(sqlite_catalog, job_id) is JobState.DONE, "the render is done")
    with sqlite_catalog.read() as session:
        assert session.get_one(Job, job_id).failures == 0


def enqueue_one(catalog: Catalog, kind: JobKind) -> str:
    with catalog.write() as session:
        job = enqueue(session, kind, requested_by="rita", at=SystemClock().now())
        session.commit()
        return job.id


def state(catalog: Catalog, job_id: str) -> JobState:
    with catalog.read() as session:
        return session.get_one(Job, job_id).state
