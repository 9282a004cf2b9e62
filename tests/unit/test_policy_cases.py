"""Every golden case of every pack, by its number."""

from functools import cache

import pytest

from bwc.policy.cases import Case, read_cases, run_with
from bwc.policy.conditions import ALWAYS
from bwc.policy.packs import Packs, load_packs, pack_ids
from bwc.policy.shipped import SHIPPED

CASES = [
    pytest.param(case, id=f"{pack}-{case.number}")
    for pack in pack_ids(SHIPPED)
    for case in read_cases(pack, SHIPPED)
]


@cache
def loaded(ids: tuple[str, ...]) -> Packs:
    return load_packs(ids, SHIPPED)


@pytest.mark.parametrize("case", CASES)
def test_golden_case_is_decided_as_written(case: Case) -> None:
    outcome = run_with(case, loaded(case.packs))
    assert outcome.differences == (), f"{case.where} {case.title}"


@pytest.mark.parametrize("pack_id", pack_ids(SHIPPED))
def test_rules_from_memory_are_drafts_and_verified_rules_have_a_name(pack_id: str) -> None:
    for rule in load_packs([pack_id], SHIPPED).rules:
        assert rule.status == "draft" or (rule.verified_by and rule.verified_on)
        assert rule.basis != "memory" or rule.to_verify, rule.id


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
