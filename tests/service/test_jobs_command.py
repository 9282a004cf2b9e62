"""`bwc jobs`: what waits and why, stopping it, and another try for what died."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.catalog.store import Catalog
from bwc.cli.main import build
from bwc.clock import SystemClock
from bwc.errors import MediaError
from bwc.jobs import endings, lease
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind

pytestmark = pytest.mark.service


@pytest.fixture
def chain(sqlite_catalog: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A job, and one that needs it, in the catalog that the command opens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    now = SystemClock().now()
    with sqlite_catalog.write() as session:
        first = enqueue(session, JobKind.ANALYSE, requested_by="rita", at=now)
        second = enqueue(session, JobKind.RENDER, requested_by="rita", at=now, needs=[first])
        session.commit()
        return [first.id, second.id]


def jobs(*words: str) -> Result:
    return CliRunner().invoke(build(["jobs", *words]), ["jobs", *words])


def kill_first(catalog: Catalog, job_id: str) -> None:
    now, span = SystemClock().now(), timedelta(seconds=15)
    with catalog.write() as session:
        held = lease.claim(session, job_id, worker="w", now=now, lease=span)
        assert held is not None
        endings.fail(session, held, error=MediaError("no key frame"), now=now, backoff=span)
        session.commit()


def test_list_says_what_each_job_waits_for(chain: list[str]) -> None:
    listed = jobs("list", "--json")
    assert listed.exit_code == 0
    explained = {job["id"]: job["explanation"] for job in json.loads(listed.stdout)}
    assert explained == {
        chain[0]: "Waits for a free worker of the analysis queue.",
        chain[1]: "Waits for analyse (waiting).",
    }
    assert jobs("list", "--state", "dead").stdout == "no jobs\n"


def test_cancel_stops_a_job_and_what_needs_it(chain: list[str]) -> None:
    assert jobs("cancel", chain[0]).stdout == "Stopped: cancelled by command line.\n"
    shown = json.loads(jobs("show", chain[1], "--json").stdout)
    assert shown["state"] == "cancelled"
    again = jobs("cancel", chain[0])
    assert again.exit_code == 2
    assert "only a job that waits or runs can be cancelled" in again.stderr


def test_retry_dead_revives_the_chain(chain: list[str], sqlite_catalog: Catalog) -> None:
    kill_first(sqlite_catalog, chain[0])
    assert "Dead: no key frame." in jobs("show", chain[0]).stdout
    assert json.loads(jobs("retry-dead", "--all", "--json").stdout) == chain
    assert json.loads(jobs("show", chain[1], "--json").stdout)["state"] == "waiting"
    assert jobs("retry-dead", "--all").stdout == "no dead job\n"


@pytest.mark.parametrize("words", [["retry-dead"], ["show", "nothing"], ["retry-dead", "nothing"]])
def test_misuse_is_exit_2(chain: list[str], words: list[str]) -> None:
    assert jobs(*words).exit_code == 2
