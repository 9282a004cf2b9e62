"""Before a pack is put into force: which open cases it changes; and what is due by when."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bwc.catalog.recording import Recording, RecordingState, Tag, TagSource
from bwc.catalog.store import Catalog
from bwc.cli.policy import app
from bwc.ids import new_id
from tests.release_room import NOW, ROSA, ReleaseRoom

KEPT = """
  - id: test.ninety
    title: Everything is kept ninety days
    citation: T.S. § 4
    source: [text]
    read_on: 2026-01-01
    basis: found
    status: verified
    verified_by: "A. Lawyer"
    verified_on: 2026-01-02
    when: always
    then:
      keep: {after: recording.start, amount: 90}
"""


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


def test_a_deadline_that_moves_is_listed_though_the_decision_stays(room: ReleaseRoom) -> None:
    rules = room.folder / "policies" / "test" / "rules" / "release.yaml"
    rules.write_text(rules.read_text().replace("amount: 21", "amount: 30"))
    (case,) = diff("test@yesterday", "test@policies", "--catalog")["cases"]
    assert case["decision"]["due"] == {"before": "2026-03-18", "after": "2026-03-27"}
    assert "outcome" not in case["decision"]


def test_each_recording_that_would_be_kept_otherwise_is_listed(room: ReleaseRoom) -> None:
    with room.catalog.write() as session:
        first = session.get_one(Recording, room.recording_id)
        second = Recording(
            id=new_id(),
            sha256="2" * 64,
            size_bytes=1,
            original_name="second.mp4",
            officer_id=first.officer_id,
            camera_id=first.camera_id,
            started_at=NOW,
            state=RecordingState.READY,
            received_at=NOW,
        )
        session.add(second)
        session.flush()
        session.add(
            Tag(
                id=new_id(),
                recording_id=second.id,
                incident_id=room.incident_id,
                confidence=1.0,
                explanation="by hand",
                source=TagSource.PERSON,
                author=ROSA,
                created_at=NOW,
            )
        )
        session.commit()
        second_id = second.id
    rules = room.folder / "policies" / "test" / "rules" / "release.yaml"
    rules.write_text(rules.read_text() + KEPT)
    (case,) = diff("test@yesterday", "test@policies", "--catalog", "--on", "2026-03-02")["cases"]
    assert {name: ends["after"] for name, ends in case["retention"].items()} == {
        f"floor of {room.recording_id}": "2026-05-11",
        f"floor of {second_id}": "2026-05-31",
    }


def test_what_is_no_pack_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["diff", str(tmp_path), str(tmp_path)])
    assert ended.exit_code == 2
    assert "ID[,ID...]@FOLDER" in ended.stderr


def test_the_calendar_holds_the_deadline_of_an_open_case(room: ReleaseRoom) -> None:
    ended = CliRunner().invoke(app, ["calendar"])
    assert ended.exit_code == 0, ended.output
    assert "SUMMARY:" in ended.stdout
    assert "release redacted (public)" in ended.stdout.replace("\r\n ", "").replace("\n ", "")
    assert "X-WR-TIMEZONE:America/Denver" in ended.stdout
    assert "DTSTART:20260319T055959Z" in ended.stdout, "the last second of March 18 in Denver"
    other = CliRunner().invoke(app, ["calendar", "--role", "nobody"])
    assert "BEGIN:VEVENT" not in other.stdout
