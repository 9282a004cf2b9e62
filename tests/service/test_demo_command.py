"""`bwc demo` keeps its hands off whatever may be real."""

import fcntl
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.cli.main import build

ELSEWHERE = {
    "BWC_CATALOG__URL": "sqlite:///real.db",
    "BWC_VAULT__FOLDER": "real",
    "BWC_VAULT__BUCKET": "real",
    "BWC_PUBLIC__FOLDER": "real",
    "BWC_PUBLIC__BUCKET": "real",
    "BWC_BROKER__URL": "amqp://real",
    "BWC_INTAKE__WATCH_FOLDER": "real",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo would live; what it sets in the environment is undone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BWC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BWC_LOG_LEVEL", "warning")
    monkeypatch.setenv("BWC_DESK__PORT", "8080")  # the portal's, so that nothing can start
    return tmp_path


def demo(*options: str) -> Result:
    words = ["demo", *options]
    return CliRunner().invoke(build(words), words)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_demo_does_not_start_where_a_real_place_is_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, ELSEWHERE[name])
    ended = demo()
    assert ended.exit_code == 2
    assert "a folder of its own and touches nothing else" in ended.stderr
    assert name in ended.stderr
    assert list(folder.iterdir()) == []


def test_a_demo_that_runs_is_not_removed_by_another(folder: Path) -> None:
    home = folder / "home" / "demo"
    home.mkdir(parents=True)
    (home / "catalog.db").touch()
    with (home / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = demo("--fresh")
    assert ended.exit_code == 2
    assert "this demo runs already" in ended.stderr
    assert (home / "catalog.db").exists()


def test_what_a_broken_off_demo_left_is_removed(folder: Path) -> None:
    home = folder / "home" / "demo"
    home.mkdir(parents=True)
    (home / "catalog.db").touch()
    assert demo().exit_code == 2  # the two ports are one
    assert not (home / "catalog.db").exists()
