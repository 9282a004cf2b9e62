"""`bwc policy` from outside: files in, JSON and exit codes out."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.cli.policy import app

FACTS = """\
facts:
  incident_at: 2026-02-08T21:40-07:00
  incident_types: [officer_involved_death]
  injury_level: death
  complaints: [{filed_at: 2026-02-10, by: civilian, about_misconduct: true}]
  request: {received_at: 2026-02-17T10:00-07:00, requester_role: press}
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS)
    return path


def test_decide_prints_the_shape_that_is_promised(facts: Path) -> None:
    result = run("decide", "--pack", "us-co", "--facts", facts, "--on", "2026-03-01", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {
        "audience",
        "modality",
        "outcome",
        "until",
        "due",
        "discretion",
        "obligations",
        "needs",
        "fired",
        "defeated",
        "draft",
        "contested",
        "packs",
    } <= set(document)
    assert (document["modality"], document["outcome"]) == ("MUST", "RELEASE")
    assert document["due"] == "2026-03-10"
    assert [pack["id"] for pack in document["packs"]] == ["house", "us-co"]


def test_replay_gives_the_same_bytes(facts: Path, tmp_path: Path) -> None:
    decided = run("decide", "--pack", "us-co", "--facts", facts, "--on", "2026-03-01", "--json")
    path = tmp_path / "decision.json"
    path.write_text(decided.stdout)
    again = run("replay", path)
    assert again.exit_code == 0
    assert again.stdout == decided.stdout


def test_replay_refuses_another_version_of_the_pack(facts: Path, tmp_path: Path) -> None:
    decided = run("decide", "--pack", "us-co", "--facts", facts, "--on", "2026-03-01", "--json")
    document = json.loads(decided.stdout)
    document["packs"][1]["sha256"] = "0" * 64
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(document))
    again = run("replay", path)
    assert again.exit_code == 1
    assert "us-co" in again.stderr


def test_replay_finds_a_decision_that_was_changed(facts: Path, tmp_path: Path) -> None:
    decided = run("decide", "--pack", "us-co", "--facts", facts, "--on", "2026-03-01", "--json")
    document = json.loads(decided.stdout)
    document["due"] = "2027-01-01"
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(document))
    assert run("replay", path).exit_code == 1


def test_explain_says_the_answer_in_one_sentence(facts: Path, tmp_path: Path) -> None:
    decided = run("decide", "--pack", "us-co", "--facts", facts, "--on", "2026-03-01", "--json")
    path = tmp_path / "decision.json"
    path.write_text(decided.stdout)
    first = run("explain", path).stdout.splitlines()[0]
    assert first == (
        "The recordings must be released to the public by March 10, 2026 (C.R.S. 24-31-902(2)(a))."
    )


def test_what_if_shows_what_one_fact_changes(facts: Path, tmp_path: Path) -> None:
    decided = run("decide", "--pack", "us-co", "--facts", facts, "--on", "2026-03-01", "--json")
    path = tmp_path / "decision.json"
    path.write_text(decided.stdout)
    changed = run("what-if", path, "--set", "complaints=[]", "--json")
    assert json.loads(changed.stdout)["modality"] == {"before": "MUST", "after": "MAY"}


def test_unknown_fact_name_is_refused_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("facts:\n  incident_at: 2026-02-08\n  injury_levl: death\n")
    result = run("decide", "--pack", "us-co", "--facts", path, "--on", "2026-03-01")
    assert result.exit_code == 2
    assert "facts.yaml:3" in result.stderr
    assert "injury_levl" in result.stderr


def test_time_without_offset_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("facts:\n  incident_at: 2026-02-08T10:00\n")
    result = run("decide", "--pack", "us-co", "--facts", path, "--on", "2026-03-01")
    assert result.exit_code == 2
    assert "offset" in result.stderr


def test_unknown_audience_and_pack_are_refused(facts: Path) -> None:
    wrong = ("--audience", "martians")
    assert run("decide", "--pack", "us-co", "--facts", facts, *wrong).exit_code == 2
    assert run("decide", "--pack", "us-zz", "--facts", facts).exit_code == 2


def test_check_reports_each_pack_and_exits_zero() -> None:
    result = run("check", "--pack", "us-co", "--json")
    (report,) = json.loads(result.stdout)["packs"]
    assert result.exit_code == 0
    assert (report["id"], report["failed"]) == ("us-co", 0)
    assert report["rules"] > 0
    assert report["cases"] > 0


def test_retention_says_when_to_delete(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("facts:\n  recording: {created_at: 2026-01-15}\n  flags: []\n")
    result = run("retention", "--pack", "us-il", "--facts", path, "--json")
    document = json.loads(result.stdout)
    assert document["floor"] == document["delete_by"] == "2026-04-15"
