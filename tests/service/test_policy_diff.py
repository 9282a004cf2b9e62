"""Before a pack is put into force: which open cases it changes; and what is due by when."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bwc.catalog.store import Catalog
from bwc.cli.policy import app
from tests.release_room import ReleaseRoom


def diff(*words: str) -> Any:
    ended = CliRunner().invoke(app, ["diff", *words, "--json"])
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


@pytest.fixture
def room(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    """A decided case, and its packs of yesterday beside those of today."""
    room = ReleaseRoom(tmp_path, catalog)
    room.open_case()
    room.run()
    shutil.copytree(tmp_path / "policies", tmp_path / "yesterday")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BWC_CATALOG__URL", catalog.engine.url.render_as_string(hide_password=False))
    return room


def test_the_same_packs_change_nothing(room: ReleaseRoom) -> None:
    assert diff("yesterday/test", "policies/test", "--catalog") == {
        "rules": {"added": [], "removed": [], "changed": []},
        "cases": [],
    }


def test_every_open_case_that_would_be_decided_otherwise_is_listed(room: ReleaseRoom) -> None:
    room.write_pack(modality="MUST_NOT", outcome="WITHHOLD")
    found = diff("test@yesterday", "test@policies", "--catalog", "--on", "2026-03-02")
    (case,) = found["cases"]
    assert case["decision"]["outcome"] == {"before": "RELEASE_REDACTED", "after": "WITHHOLD"}
    (rule,) = found["rules"]["changed"]
    assert rule["rule"] == "test.complained-of"


def test_what_is_no_pack_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["diff", str(tmp_path), str(tmp_path)])
    assert ended.exit_code == 2
    assert "ID[,ID...]@FOLDER" in ended.stderr


def test_the_calendar_holds_the_deadline_of_an_open_case(room: ReleaseRoom) -> None:
    ended = CliRunner().invoke(app, ["calendar"])
    assert ended.exit_code == 0, ended.output
    assert "SUMMARY:" in ended.stdout
    assert "release redacted (public)" in ended.stdout.replace("\r\n ", "").replace("\n ", "")
    other = CliRunner().invoke(app, ["calendar", "--role", "nobody"])
    assert "BEGIN:VEVENT" not in other.stdout
