"""Those who speak for one person and disagree: a pack's own rule, or a human (conflict rule 6)."""

from pathlib import Path

import pytest

from bwc.canonical import Json, JsonObject
from bwc.policy.packs import Packs, load_packs
from bwc.policy.shipped import SHIPPED
from tests.unit.policy_texts import decided, may, must, must_not, packs_of, rule

SAYS_NO: JsonObject = {
    "some": "persons",
    "where": {"some": "nok", "where": {"decision": "refuses"}},
}
SAYS_YES: JsonObject = {
    "some": "persons",
    "where": {"some": "nok", "where": {"decision": "consents"}},
}
OPEN = rule("open", "always", must(due={"after": "incident_at", "amount": 10}))
VETO = rule("veto", SAYS_NO, must_not(), overrides=["t.open"])
FAMILY: JsonObject = {
    "incident_at": "2026-02-20",
    "incident_types": ["other"],
    "injury_level": "none",
}


def kin(*decisions: str, **person: Json) -> JsonObject:
    said: list[Json] = [{"relation": "kin", "decision": decision} for decision in decisions]
    return {**FAMILY, "persons": [{"role": "decedent", "nok": said, **person}]}


def answer(packs: Packs, facts: JsonObject) -> tuple[Json, Json]:
    document = decided(packs, facts)
    return document["modality"], document["outcome"]


def test_a_disagreement_that_no_rule_settles_goes_to_a_human_with_the_deadline(
    tmp_path: Path,
) -> None:
    packs = packs_of(tmp_path, [OPEN, VETO])
    document = decided(packs, kin("consents", "consents", "refuses"))
    assert (document["modality"], document["outcome"]) == (None, "REFER_HUMAN")
    assert (document["role"], document["due"]) == ("legal_counsel", "2026-03-02")
    assert "disagree" in str(document["question"])


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (("consents", "consents"), ("MUST", "RELEASE")),
        (("refuses", "refuses"), ("MUST_NOT", "WITHHOLD")),
        (("consents", "undecided"), ("MUST", "RELEASE")),
    ],
)
def test_kin_of_one_mind_are_taken_at_their_word(
    tmp_path: Path, said: tuple[str, ...], wanted: tuple[str, str]
) -> None:
    assert answer(packs_of(tmp_path, [OPEN, VETO]), kin(*said)) == wanted


def test_a_rule_that_opens_for_one_consent_does_not_open_against_another_refusal(
    tmp_path: Path,
) -> None:
    packs = packs_of(tmp_path, [rule("asked", SAYS_YES, may())])
    assert answer(packs, kin("consents", "refuses")) == (None, "REFER_HUMAN")


def test_a_packs_own_rule_for_a_disagreement_stands(tmp_path: Path) -> None:
    court: JsonObject = {"modality": "MUST_NOT", "outcome": "REFER_COURT"}
    own = rule("court", {"all": [SAYS_NO, SAYS_YES]}, court, overrides=["t.veto", "t.open"])
    packs = packs_of(tmp_path, [OPEN, VETO, own])
    assert answer(packs, kin("consents", "refuses")) == ("MUST_NOT", "REFER_COURT")


def test_where_nobody_has_a_veto_a_disagreement_is_nobodys_question(tmp_path: Path) -> None:
    assert answer(packs_of(tmp_path, [OPEN]), kin("consents", "refuses")) == ("MUST", "RELEASE")


def test_what_was_signed_for_the_dead_and_a_refusal_of_kin_are_a_disagreement(
    tmp_path: Path,
) -> None:
    packs = packs_of(tmp_path, [OPEN, VETO])
    signed: Json = {"public_release": "granted"}
    assert answer(packs, kin("refuses", consent=signed)) == (None, "REFER_HUMAN")
    living = kin("refuses", consent=signed, role="subject")
    assert answer(packs, living) == ("MUST_NOT", "WITHHOLD")


@pytest.mark.parametrize(
    ("pack_id", "wanted"),
    [("us-dc", "REFER_COURT"), ("us-co", "RELEASE"), ("us-nj", "REFER_HUMAN")],
)
def test_shipped_packs_have_a_rule_no_veto_or_a_human(pack_id: str, wanted: str) -> None:
    facts: JsonObject = {
        **kin("consents", "refuses"),
        "complaints": [{"filed_at": "2026-02-21", "by": "subject", "about_misconduct": True}],
        "request": {"received_at": "2026-02-22", "requester_role": "press"},
    }
    if pack_id == "us-dc":
        facts |= {"incident_types": ["officer_involved_death"], "injury_level": "death"}
    assert answer(load_packs([pack_id], SHIPPED), facts)[1] == wanted
