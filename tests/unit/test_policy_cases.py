"""Every golden case of every pack, by its number."""

from functools import cache

import pytest

from bwc.policy.cases import Case, read_cases, run_with
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
