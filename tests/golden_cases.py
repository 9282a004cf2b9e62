"""The shipped packs, loaded once, and every golden case beside them."""

from functools import cache

import pytest

from bwc.policy.cases import read_cases
from bwc.policy.packs import Packs, load_packs, pack_ids
from bwc.policy.shipped import SHIPPED

GOLDEN_CASES = [
    pytest.param(case, id=f"{pack}-{case.number}")
    for pack in pack_ids(SHIPPED)
    for case in read_cases(pack, SHIPPED)
]


@cache
def loaded(ids: tuple[str, ...]) -> Packs:
    """These packs and those they stand on."""
    return load_packs(ids, SHIPPED)
