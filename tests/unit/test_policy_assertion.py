"""Who may assert a fact: its office and those who keep the file; a judgement only whose it is."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.access.roles import SPEAKS_FOR
from bwc.canonical import canonical_bytes
from bwc.catalog.user import Role
from bwc.cli.policy import app
from bwc.errors import NotPermitted, PolicyPackError
from bwc.policy.assertion import OFFICES, asserters, require_asserter
from bwc.policy.facts import Facts
from bwc.policy.vocabulary import FACTS

DECIDE = ("decide", "--pack", "us-tx", "--on", "2026-06-10", "--json", "--facts")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def attributed(name: str, by: str) -> Facts:
    return Facts.from_document({name: {"value": True, "asserted_by": by}})


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("furthers_law_enforcement_purpose", "records_officer"),
        ("furthers_law_enforcement_purpose", "software"),
        ("substantially_interferes", "reviewer"),
        ("redaction_adequate", "software"),
        ("privacy_outweighs_disclosure", "subject"),
        ("arrest_made", "press"),
        ("all_criminal_final", "auditor"),
    ],
)
def test_a_fact_is_refused_from_an_office_that_may_not_assert_it(name: str, by: str) -> None:
    with pytest.raises(PolicyPackError, match=f"{name} is not for {by} to assert"):
        attributed(name, by)


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("furthers_law_enforcement_purpose", "Chief of Police"),
        ("substantially_interferes", "State's Attorney"),
        ("redaction_adequate", "reviewer"),
        ("all_criminal_final", "records_officer"),
        ("original_hash_ok", "software"),
        ("arrest_made", "Det. Ana Roe"),
    ],
)
def test_a_fact_is_taken_from_its_office_its_keeper_or_a_person_by_name(name: str, by: str) -> None:
    assert attributed(name, by).provenance == {name: {"asserted_by": by}}


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_may_be_asserted_by_whoever_is_asked_for_it(name: str) -> None:
    assert FACTS[name].role in asserters(name) <= OFFICES


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_can_be_entered_at_the_desk_by_a_supervisor(name: str) -> None:
    spoken_for = SPEAKS_FOR[Role.SUPERVISOR]
    require_asserter(name, spoken_for)
    assert asserters(name) & spoken_for


def test_a_finding_of_an_office_is_not_entered_by_records() -> None:
    with pytest.raises(NotPermitted, match="chief"):
        require_asserter("furthers_law_enforcement_purpose", SPEAKS_FOR[Role.RECORDS])
    require_asserter("injury_level", SPEAKS_FOR[Role.RECORDS])


def test_the_command_names_the_line_and_the_offices_that_may(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(
        "facts:\n  incident_types: [other]\n  public_interest_found:\n"
        "    {value: true, source: a call, asserted_by: records_officer}\n"
    )
    result = run(*DECIDE, path)
    assert result.exit_code == 2
    assert "facts.yaml:4" in result.stderr or "facts.yaml:3" in result.stderr
    assert "chief, oversight" in result.stderr


def test_a_decision_keeps_where_its_facts_come_from_and_replays(tmp_path: Path) -> None:
    facts, stored = tmp_path / "facts.yaml", tmp_path / "decision.json"
    facts.write_text(
        "facts:\n  incident_types: [other]\n  arrest_made: {value: false, source: report 12, "
        "asserted_by: investigator, asserted_at: 2026-06-01, evidence_ref: file 7}\n"
    )
    stored.write_text(run(*DECIDE, facts).stdout)
    document = json.loads(stored.read_text())
    assert document["facts"]["arrest_made"] is False
    assert document["provenance"]["arrest_made"]["evidence_ref"] == "file 7"
    assert run("replay", stored).stdout.strip() == canonical_bytes(document).decode()


def test_a_moment_of_assertion_that_is_none_is_refused() -> None:
    with pytest.raises(PolicyPackError, match="no moment"):
        Facts.from_document({"arrest_made": {"value": True, "asserted_at": "yesterday"}})
