"""A beaten rule demands nothing; a rule that was not beaten but narrowed, or that waits, still does.

The numbers are those of the conflict rules.
"""

from pathlib import Path

from bwc.canonical import Json, JsonObject
from tests.unit.policy_texts import decided, may, must, must_not, names, packs_of, rule

YES: JsonObject = {"arrest_made": True}
WRITE: JsonObject = {"kind": "WRITE_BASIS", "to": "requester"}
TELL: JsonObject = {"kind": "NOTIFY", "to": "next_of_kin"}


def kinds(folder: Path, rules: list[JsonObject], facts: JsonObject | None = None) -> list[str]:
    return names(decided(packs_of(folder, rules), facts or YES), "obligations", "kind")


def with_duty(then: JsonObject, *duties: JsonObject) -> JsonObject:
    obligations: list[Json] = list(duties)
    return {**then, "obligations": obligations}


def test_1_a_city_beaten_by_the_state_demands_nothing(tmp_path: Path) -> None:
    rules = [
        rule("state", YES, must()),
        rule("city", YES, with_duty(must_not(), WRITE), authority="city"),
    ]
    assert kinds(tmp_path, rules) == []


def test_1_a_city_that_forbids_as_the_state_does_adds_its_duties(tmp_path: Path) -> None:
    rules = [
        rule("state", YES, must_not()),
        rule("city", YES, with_duty(must_not(), WRITE), authority="city"),
    ]
    assert kinds(tmp_path, rules) == ["WRITE_BASIS"]


def test_1_a_permission_narrowed_to_a_duty_keeps_its_conditions(tmp_path: Path) -> None:
    rules = [
        rule("state", YES, with_duty(may(), TELL)),
        rule("city", YES, must(), authority="city"),
    ]
    assert kinds(tmp_path, rules) == ["NOTIFY"]


def test_1_a_permission_to_release_that_is_closed_demands_nothing(tmp_path: Path) -> None:
    rules = [
        rule("state", YES, with_duty(may(), TELL)),
        rule("city", YES, must_not(), authority="city"),
    ]
    assert kinds(tmp_path, rules) == []


def test_1_a_citys_portion_does_not_cut_what_the_state_demands_and_is_printed(
    tmp_path: Path,
) -> None:
    portion: JsonObject = {"modality": "MUST_NOT", "outcome": "WITHHOLD_PORTION"}
    rules = [
        rule("state", YES, must()),
        rule("city", YES, with_duty(portion, WRITE), authority="city"),
    ]
    document = decided(packs_of(tmp_path, rules), YES)
    assert (document["outcome"], document["obligations"]) == ("RELEASE", [])
    assert names(document, "defeated") == ["t.city"]


def test_2_a_rule_silenced_by_notwithstanding_demands_nothing(tmp_path: Path) -> None:
    rules = [
        rule("general", YES, with_duty(must_not(), WRITE)),
        rule("special", YES, must(), notwithstanding=True),
    ]
    assert kinds(tmp_path, rules) == []


def test_3_two_rules_that_a_human_chooses_between_both_keep_their_duties(tmp_path: Path) -> None:
    rules = [
        rule("open", YES, with_duty(must(), TELL)),
        rule("shut", YES, with_duty(must_not(), WRITE)),
    ]
    assert kinds(tmp_path, rules) == ["NOTIFY", "WRITE_BASIS"]


def test_3_a_duty_that_waits_for_a_humans_answer_goes_on_running(tmp_path: Path) -> None:
    asks: JsonObject = {"outcome": "REFER_HUMAN", "question": "which?", "role": "chief"}
    rules = [rule("open", YES, with_duty(must(), TELL)), rule("asks", YES, asks)]
    assert kinds(tmp_path, rules) == ["NOTIFY"]


def test_4_the_more_withholding_of_two_permissions_demands_nothing(tmp_path: Path) -> None:
    rules = [
        rule("all", YES, with_duty(may("WITHHOLD"), WRITE)),
        rule("part", YES, may("RELEASE_REDACTED")),
    ]
    assert kinds(tmp_path, rules) == []


def test_8_a_delay_beside_a_release_that_is_due_demands_nothing(tmp_path: Path) -> None:
    delay: JsonObject = {"modality": "MUST", "outcome": "DELAY"}
    rules = [rule("wait", YES, with_duty(delay, WRITE)), rule("open", YES, must())]
    assert kinds(tmp_path, rules) == []


def test_8_a_lead_of_a_beaten_rule_does_not_stop_a_release(tmp_path: Path) -> None:
    late: JsonObject = {**TELL, "lead": {"amount": 20, "unit": "calendar_days"}}
    due: JsonObject = {"after": "incident_at", "amount": 10}
    rules = [
        rule("state", YES, must(due=due)),
        rule("city", YES, with_duty(must_not(), late), authority="city"),
    ]
    facts = {**YES, "incident_at": "2026-02-25"}
    document = decided(packs_of(tmp_path, rules), facts)
    assert (document["modality"], document["outcome"]) == ("MUST", "RELEASE")


def test_a_fact_that_only_a_beaten_rules_duties_need_is_not_asked_for(tmp_path: Path) -> None:
    rules = [
        rule("all", {"evidence_in_prosecution": True}, with_duty(may("WITHHOLD"), WRITE)),
        rule("open", YES, must()),
    ]
    document = decided(packs_of(tmp_path, rules), {**YES, "evidence_in_prosecution": "unknown"})
    assert (document["outcome"], document["needs"]) == ("RELEASE", [])
