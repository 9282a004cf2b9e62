"""Variations of the golden cases, answered from the law's text and not from the packs."""

from pathlib import Path

import pytest

from bwc.policy.cases import Case, cases_in, run_with
from bwc.policy.packs import read_file
from tests.golden_cases import loaded

VARIATIONS = Path(__file__).parents[1] / "golden" / "policy_variations.yaml"
CASES = [pytest.param(case, id=case.number) for case in cases_in([read_file(VARIATIONS)])]


@pytest.mark.parametrize("case", CASES)
def test_variation_is_decided_as_the_law_says(case: Case) -> None:
    assert run_with(case, loaded(case.packs)).differences == (), f"{case.where} {case.title}"
