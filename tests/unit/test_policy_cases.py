"""Every golden case of every pack, by its number."""

import pytest

from bwc.errors import PolicyPackError
from bwc.policy.cases import Case, CaseText, read_cases, run_with
from bwc.policy.conditions import ALWAYS
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts, fact_at
from bwc.policy.moments import parse_moment
from bwc.policy.packs import load_packs, pack_ids
from bwc.policy.shipped import SHIPPED
from bwc.policy.vocabulary import FACTS
from tests.golden_cases import GOLDEN_CASES, loaded


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_golden_case_is_decided_as_written(case: Case) -> None:
    outcome = run_with(case, loaded(case.packs))
    assert outcome.differences == (), f"{case.where} {case.title}"


@pytest.mark.parametrize("pack_id", pack_ids(SHIPPED))
def test_what_is_not_found_whole_says_what_to_verify_and_verified_rules_have_a_name(
    pack_id: str,
) -> None:
    for rule in load_packs([pack_id], SHIPPED).rules:
        assert rule.status == "draft" or (rule.verified_by and rule.verified_on)
        assert rule.basis not in {"memory", "partly"} or rule.to_verify, rule.id


@pytest.mark.parametrize("pack_id", pack_ids(SHIPPED))
def test_every_rule_has_a_case_that_fires_one_that_does_not_and_one_unknown(pack_id: str) -> None:
    packs = loaded((pack_id,))
    seen: dict[str, set[str]] = {}
    for case in read_cases(pack_id, SHIPPED):
        for name, result in run_with(case, loaded(case.packs)).results.items():
            seen.setdefault(name, set()).add(result)
    for rule in packs.packs[-1].rules:
        wanted = {"true"} if rule.when is ALWAYS else {"true", "false", "unknown"}
        assert wanted <= seen.get(rule.id, set()), rule.id


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_what_is_asked_for_is_named_as_a_fact_file_states_it(case: Case) -> None:
    packs, facts = loaded(case.packs), Facts.from_document(case.facts)
    decision = decide(packs, facts, on=parse_moment(case.on), audience=case.audience)
    for need in decision.needs:
        fact = fact_at(FACTS, tuple(need.fact.split(".")))
        assert fact is not None, need.fact
        assert need.role == FACTS[need.fact.split(".")[0]].role


def test_a_reading_that_no_rule_has_is_refused() -> None:
    text = CaseText.model_validate(
        {"number": "1", "title": "t", "readings": {"co-fees": "sometimes"}, "expect": {}}
    )
    case = Case("1", "t", ("us-co",), "2026-03-01", "public", {}, text, "x.yaml:1")
    with pytest.raises(PolicyPackError, match=r"no such reading.*co-fees: allowed"):
        run_with(case, loaded(("us-co",)))


def test_a_fact_with_a_misspelt_name_is_answered_with_the_names_it_is_near() -> None:
    with pytest.raises(PolicyPackError, match=r"expected incident_types or incident_at"):
        Facts.from_document({"incident_typ": ["taser"]})
