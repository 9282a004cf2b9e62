"""Unknown is never false; it is asked for where it matters and only there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bwc.policy.kleene import Truth, both, either, negate
from tests import strategies as profiles
from tests.unit.policy_texts import decided, may, must, must_not, packs_of, rule

__all__ = ["profiles"]

TRUTHS = st.sampled_from(list(Truth))
DEATH = {"injury_level": "death"}


@given(TRUTHS, TRUTHS)
def test_de_morgan_holds_in_three_values(a: Truth, b: Truth) -> None:
    assert negate(both([a, b])) is either([negate(a), negate(b)])
    assert negate(either([a, b])) is both([negate(a), negate(b)])


@given(st.lists(TRUTHS), TRUTHS)
def test_learning_a_fact_never_turns_a_settled_answer(values: list[Truth], learned: Truth) -> None:
    for fold in (both, either):
        before = fold([*values, Truth.UNKNOWN])
        after = fold([*values, learned])
        assert before in (Truth.UNKNOWN, after)


@given(TRUTHS)
def test_not_not_is_the_same(a: Truth) -> None:
    assert negate(negate(a)) is a


def test_unknown_that_matters_asks_before_the_deadline_and_never_publishes(tmp_path: Path) -> None:
    packs = packs_of(tmp_path, [rule("r", DEATH, must(due={"after": "incident_at", "amount": 30}))])
    document = decided(packs, {"incident_at": "2026-02-20", "injury_level": "unknown"})
    assert (document["modality"], document["outcome"]) == (None, "REFER_HUMAN")
    assert document["due"] == "2026-03-22"
    assert document["needs"] == [
        {"fact": "injury_level", "role": "investigator", "due": "2026-03-19"}
    ]


def test_unknown_that_cannot_change_the_outcome_is_not_asked(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [rule("r", {"any": [DEATH, {"arrest_made": True}]}, must())],
    )
    document = decided(packs, {"arrest_made": True, "injury_level": "unknown"})
    assert (document["modality"], document["needs"]) == ("MUST", [])


def test_two_rules_that_ask_one_question_are_answered_alike(tmp_path: Path) -> None:
    packs = packs_of(
        tmp_path,
        [rule("dead", DEATH, must()), rule("alive", {"not": DEATH}, must())],
    )
    document = decided(packs, {"injury_level": "unknown"})
    assert (document["modality"], document["outcome"]) == ("MUST", "RELEASE")


def test_core_question_left_out_stays_open_and_an_event_left_out_has_not_happened(
    tmp_path: Path,
) -> None:
    packs = packs_of(
        tmp_path,
        [
            rule("core", DEATH, must()),
            rule("event", {"charges_filed_at": {"stated": True}}, must_not()),
        ],
    )
    document = decided(packs, {})
    assert document["outcome"] == "REFER_HUMAN"
    assert [n["fact"] for n in document["needs"] if isinstance(n, dict)] == ["injury_level"]  # type: ignore[union-attr]


def test_unknown_entry_of_a_register_may_be_the_one_that_counts(tmp_path: Path) -> None:
    some = {"some": "complaints", "where": {"by": "officer"}}
    packs = packs_of(tmp_path, [rule("r", some, must()), rule("d", "always", may())])
    known = {"complaints": [{"by": "civilian"}, {"by": "officer"}, "unknown"]}
    unsure = {"complaints": [{"by": "civilian"}, "unknown"]}
    assert decided(packs, known)["modality"] == "MUST"
    assert decided(packs, unsure)["outcome"] == "REFER_HUMAN"


@pytest.mark.parametrize(
    ("types", "modality"),
    [(["taser", "unknown"], "MUST"), (["other", "unknown"], None), (["other"], "MAY")],
)
def test_set_that_holds_unknown_may_hold_more(
    tmp_path: Path, types: list[str], modality: str | None
) -> None:
    packs = packs_of(
        tmp_path, [rule("r", {"incident_types": ["taser"]}, must()), rule("d", "always", may())]
    )
    assert decided(packs, {"incident_types": list(types)})["modality"] == modality


def test_no_rule_never_releases(tmp_path: Path) -> None:
    packs = packs_of(tmp_path, [rule("r", {"arrest_made": True}, must())])
    document = decided(packs, {"arrest_made": False})
    assert (document["modality"], document["outcome"]) == (None, "NO_RULE")


def test_lead_that_no_longer_fits_names_both_duties(tmp_path: Path) -> None:
    tell = {
        "kind": "NOTIFY",
        "to": "next_of_kin",
        "lead": {"amount": 72, "unit": "hours"},
        "met_by": {"some": "notices", "where": {"to": "next_of_kin"}},
    }
    packs = packs_of(
        tmp_path,
        [
            rule("publish", "always", must(due={"after": "incident_at", "amount": 10})),
            rule("tell", "always", {"obligations": [tell]}),
        ],
    )
    facts = {"incident_at": "2026-03-01"}
    in_time = decided(packs, facts, on="2026-03-08")
    too_late = decided(packs, facts, on="2026-03-09")
    told = decided(
        packs,
        {**facts, "notices": [{"to": "next_of_kin", "sent_at": "2026-03-05"}]},
        on="2026-03-09",
    )
    assert in_time["outcome"] == "RELEASE"
    assert (too_late["outcome"], too_late["risks"]) == ("REFER_HUMAN", ["t.publish", "t.tell"])
    assert told["outcome"] == "RELEASE"


def test_definition_named_within_an_entry_is_about_the_whole_case(tmp_path: Path) -> None:
    some = {"some": "complaints", "where": {"definition": "somebody_died"}}
    packs = packs_of(
        tmp_path,
        [rule("r", some, must())],
        definitions={"somebody_died": {"injury_level": "death"}},
    )
    case = {"complaints": [{"by": "civilian"}]}
    assert decided(packs, {**case, "injury_level": "death"})["modality"] == "MUST"
    assert decided(packs, {**case, "injury_level": "none"})["outcome"] == "NO_RULE"
