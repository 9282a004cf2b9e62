"""What every command does with its output: where it goes, and what happens when nobody reads it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_coverage_files import GOOD

BWC = (sys.executable, "-c", "from bwc.cli.main import run; run()")
READER_GONE = 141


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """More officer-calls than a pipe holds."""
    for name, text in GOOD.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    calls = range(2, 2_000)
    with (tmp_path / "calls.csv").open("a") as stream:
        stream.writelines(f"26-{n},Alarm,1,2026-03-01T08:00:00Z,false\n" for n in calls)
    with (tmp_path / "call_units.csv").open("a") as stream:
        stream.writelines(f"26-{n},7,,2026-03-01T08:00Z,2026-03-01T09:00Z\n" for n in calls)
    return tmp_path


def unread(*arguments: str, unbuffered: str) -> tuple[int, str]:
    """Exit code and stderr of a command whose reader is gone before it begins."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as stdout:
        done = subprocess.run(
            [*BWC, *arguments],
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    return done.returncode, done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_command_that_nobody_reads_ends_quietly(folder: Path, unbuffered: str) -> None:
    for words in (
        ("coverage", "measure", "--from", str(folder), "--json"),
        ("coverage", "measure", "--from", str(folder)),
        ("coverage", "--help"),
        ("--version",),
    ):
        assert unread(*words, unbuffered=unbuffered) == (READER_GONE, ""), words


def test_a_command_that_prints_nothing_needs_no_reader(folder: Path) -> None:
    (folder / "calls.csv").unlink()
    code, said = unread("coverage", "measure", "--from", str(folder), unbuffered="")
    assert code == 2
    assert "calls.csv: expected a readable file" in said
