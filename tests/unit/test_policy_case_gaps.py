"""The cases a pack lacks: firing, not firing, unknown, and both sides of each date."""

from pathlib import Path

import yaml
from typer.testing import CliRunner

from bwc.canonical import Json, JsonObject
from bwc.cli.policy import app
from bwc.policy.case_gaps import gaps
from bwc.policy.cases import read_cases, run_with
from bwc.policy.packs import load_packs
from tests.unit.policy_texts import must, rule, write_pack

DATED = rule("dated", {"arrest_made": True}, must(), effective={"from": "2026-01-01"})
YES: JsonObject = {"arrest_made": True}


def case(number: str, on: str, facts: JsonObject, **more: Json) -> JsonObject:
    return {"number": number, "title": number, "on": on, "facts": facts, "expect": {}, **more}


def missing(
    folder: Path, rules: list[JsonObject], cases: list[JsonObject], **head: Json
) -> list[str]:
    write_pack(folder, rules, **head)
    home = folder / "t" / "cases"
    home.mkdir()
    (home / "all.yaml").write_text(yaml.safe_dump({"cases": cases}))
    packs = load_packs(["t"], folder)
    outcomes = [run_with(item, packs) for item in read_cases("t", folder)]
    return [words for gap in gaps(packs.packs[-1], outcomes) for words in gap.missing]


def test_a_rule_without_cases_lacks_all_of_them(tmp_path: Path) -> None:
    assert missing(tmp_path, [DATED], []) == [
        "a case in which it fires",
        "a case in which it does not fire",
        "a case in which a fact it needs is unknown",
        "a case on 2025-12-31 in which only the date keeps it from firing",
        "a case on 2026-01-01 in which it fires",
    ]


def test_a_rule_proven_on_both_sides_of_its_date_lacks_nothing(tmp_path: Path) -> None:
    cases = [
        case("1", "2026-01-01", YES),
        case("2", "2025-12-31", YES),
        case("3", "2026-01-01", {"arrest_made": False}),
        case("4", "2026-01-01", {"arrest_made": "unknown"}),
    ]
    assert missing(tmp_path, [DATED], cases) == []


def test_a_case_that_would_not_fire_anyway_proves_no_date(tmp_path: Path) -> None:
    cases = [
        case("1", "2026-01-01", YES),
        case("2", "2025-12-31", {"arrest_made": False}),
        case("3", "2026-01-01", {"arrest_made": False}),
        case("4", "2026-01-01", {"arrest_made": "unknown"}),
    ]
    assert missing(tmp_path, [DATED], cases) == [
        "a case on 2025-12-31 in which only the date keeps it from firing"
    ]


def test_retention_law_is_proven_by_the_day_of_the_recording(tmp_path: Path) -> None:
    kept = rule(
        "kept",
        "always",
        {"keep": {"after": "recording.created_at", "amount": 90}},
        effective={"to": "2026-01-01"},
    )
    last, first = {"created_at": "2025-12-31"}, {"created_at": "2026-01-01"}
    cases = [
        case("1", "2026-05-01", {"recording": last}, expect=None, retention={}),
        case("2", "2026-05-01", {"recording": first}, expect=None, retention={}),
    ]
    assert missing(tmp_path, [kept], cases) == []
    (tmp_path / "2").mkdir()
    assert missing(tmp_path / "2", [kept], cases[:1]) == [
        "a case on 2026-01-01 in which only the date keeps it from firing"
    ]


def test_a_deadline_is_proven_on_its_last_day_and_on_the_day_after(tmp_path: Path) -> None:
    due = rule("due", YES, must(due={"after": "request.received_at", "amount": 10}))
    asked: JsonObject = {**YES, "request": {"received_at": "2026-01-01"}}
    cases = [
        case("1", "2026-01-11", asked),
        case("2", "2026-01-11", {"arrest_made": False}),
        case("3", "2026-01-11", {"arrest_made": "unknown"}),
    ]
    assert missing(tmp_path, [due], cases) == [
        "a case on the day after 10 calendar days after request received at"
    ]
    (tmp_path / "2").mkdir()
    assert missing(tmp_path / "2", [due], [*cases, case("4", "2026-01-12", asked)]) == []


def test_a_case_that_does_not_meet_the_rule_proves_no_deadline(tmp_path: Path) -> None:
    due = rule("due", YES, must(due={"after": "request.received_at", "amount": 10}))
    asked: JsonObject = {"request": {"received_at": "2026-01-01"}}
    cases = [case("1", "2026-01-11", asked), case("2", "2026-01-12", asked)]
    assert "a case on the last day of 10 calendar days after request received at" in missing(
        tmp_path, [due], cases
    )


def test_a_delay_that_lapses_is_proven_by_the_day_on_which_it_no_longer_holds(
    tmp_path: Path,
) -> None:
    clock: JsonObject = {"after": "request.received_at", "amount": 10}
    when: JsonObject = {"all": [YES, {"not": {"past": "clock.ten"}}]}
    waits = rule("waits", when, {"modality": "MUST", "outcome": "DELAY", "until": "clock.ten"})
    asked: JsonObject = {**YES, "request": {"received_at": "2026-01-01"}}
    cases = [
        case("1", "2026-01-11", asked),
        case("2", "2026-01-12", asked),
        case("3", "2026-01-11", {"arrest_made": "unknown"}),
    ]
    assert missing(tmp_path, [waits], cases, clocks={"ten": clock}) == []


def test_check_fails_for_a_pack_without_cases_and_for_a_rule_that_none_proves(
    tmp_path: Path,
) -> None:
    folder = write_pack(tmp_path, [rule("open", {"arrest_made": True}, must())])
    bare = CliRunner().invoke(app, ["check", "--packs", str(folder)])
    assert (bare.exit_code, "missing cases: t has none" in bare.stdout) == (1, True)
    cases = folder / "t" / "cases"
    cases.mkdir()
    shown = {"outcome": "RELEASE"}
    fires = {"number": "1", "title": "T", "facts": {"arrest_made": True}, "expect": shown}
    (cases / "all.yaml").write_text(yaml.safe_dump({"cases": [fires]}))
    partly = CliRunner().invoke(app, ["check", "--packs", str(folder)])
    assert partly.exit_code == 1
    assert "t.open needs a case in which it does not fire" in partly.stdout
