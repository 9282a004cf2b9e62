"""The auditors' commands, from the command line to the catalog and back."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from bwc.catalog.recording import RecordingState
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, Camera, Recording
from bwc.cli.coverage import app
from tests.roster import Stay, Town, at

DAYS = ["--since", "2026-03-02", "--until", "2026-03-02"]


@pytest.fixture
def run(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against a department with two calls, one of them without video."""
    monkeypatch.setenv("BWC_HOME", str(tmp_path))
    monkeypatch.setenv("BWC_CATALOG__URL", catalog.url)
    with catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        town.hand("cam-2", "8")
        town.shift("7", 8, 18)
        town.call("26-1", 9, Stay("7", 10, 11))
        town.call("26-2", 12, Stay("7", 12, 13))
        town.film(12, 13, serial="cam-1")
        session.commit()

    def command(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return command


def read(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_findings_are_listed_explained_and_excused(run: Any) -> None:
    listed = read(run("findings", *DAYS, "--json"))
    assert listed["refreshed"]["raised"] == len(listed["findings"]) == 3
    [one] = [f for f in listed["findings"] if f["kind"] == "call without video"]
    explain = ("findings", *DAYS, "--finding", one["id"], "--do", "explain", "--by", "lee")
    assert run(*explain).exit_code == 2
    read(run(*explain, "--reason", "battery empty", "--json"))
    excuse = ("findings", *DAYS, "--finding", one["id"], "--do", "excuse")
    assert run(*excuse, "--by", "lee").exit_code == 2
    found = read(run(*excuse, "--by", "boss", "--state", "excused", "--json"))["findings"]
    assert [step["state"] for step in found[0]["history"]] == ["open", "explained", "excused"]
    assert "call without video" in run("findings", *DAYS).stdout


def test_footage_is_asked_for_and_its_absence_written_down(run: Any) -> None:
    assert read(run("should-exist", "--call", "26-2", "--json"))["answer"] == "yes"
    lost = read(run("should-exist", "--call", "26-1", "--write", "--json"))
    assert (lost["number"], lost["answer"]) == ("NF-2026-0001", "lost")
    then = ("--badge", "7", "--at", at(15).isoformat())
    assert "on duty and on no call then" in run("should-exist", *then).stdout
    assert run("should-exist", "--call", "26-2", "--write").exit_code == 2
    assert run("should-exist").exit_code == 2


def test_no_letter_is_written_of_what_lies_in_quarantine_or_was_filmed_all_the_same(
    run: Any, catalog: Catalog
) -> None:
    with catalog.write() as session:
        session.execute(sa.update(Call).where(Call.number == "26-2").values(cancelled=True))
        session.execute(
            sa.insert(Recording).values(
                id="torn",
                sha256="0" * 64,
                size_bytes=1,
                original_name="a.mp4",
                camera_id=session.scalar(sa.select(Camera.id).where(Camera.serial == "cam-1")),
                started_at=at(15),
                state=RecordingState.QUARANTINED,
                quarantine_reason="torn",
                received_at=at(18),
            )
        )
        session.commit()
    then = ("--badge", "7", "--at", at(15.5).isoformat())
    for asked, answer in ((("--call", "26-2"), "yes"), (then, "quarantined")):
        assert read(run("should-exist", *asked, "--json"))["answer"] == answer
        assert run("should-exist", *asked, "--write").exit_code == 2
    assert "cannot be read as yet: torn" in run("should-exist", *then).stdout


def test_a_draw_is_made_shown_and_reviewed(run: Any) -> None:
    drawn = read(run("audit", *DAYS, "--size", "2", "--seed", "s", "--json"))
    assert (drawn["drawn"], drawn["without_video"]) == (2, 1)
    words = [f"--{name}=yes" for name in ("activation", "notice", "deescalation", "intervention")]
    first = drawn["draws"][0]["id"]
    read(run("review-draw", first, *words, "--tag", "cannot tell", "--by", "aud", "--json"))
    again = read(run("audit", "--number", drawn["number"], "--json"))
    assert again["reviewed"] == 1
    assert drawn["number"] in run("audit", "--number", drawn["number"]).stdout


def test_a_department_says_which_calls_are_assemblies(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = ("audit", *DAYS, "--size", "2", "--json")
    assert set(read(run(*draw))["strata"]["strata"]) == {"no video", "with video"}
    monkeypatch.setenv("BWC_DEPARTMENT__ASSEMBLY_WORDS", '["alarm*"]')
    assert set(read(run(*draw))["strata"]["strata"]) == {"assembly"}


def test_the_overview_waits_for_sums_and_then_answers_from_them(run: Any) -> None:
    assert run("overview", *DAYS).exit_code == 2
    made = read(run("overview", *DAYS, "--make", "--json"))
    assert (made["figures"]["calls"], made["figures"]["without_video"]) == (2, 1)
    assert "calls with any video: 1 of 2, too few" in run("overview", *DAYS).stdout
