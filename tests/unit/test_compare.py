"""Standardisation against a table worked by hand, and what it refuses to say."""

import pytest

from bwc.coverage.compare import standardise
from bwc.coverage.rates import Rate


def test_a_group_with_hard_calls_is_not_worse_for_having_them() -> None:
    north = {"alarm": Rate(72, 80), "pursuit": Rate(10, 20)}
    south = {"alarm": Rate(18, 20), "pursuit": Rate(40, 80)}
    found = {one.name: one for one in standardise({"north": north, "south": south})}
    assert (found["north"].raw.share, found["south"].raw.share) == (0.82, 0.58)
    assert found["north"].share == pytest.approx(0.7)
    assert found["south"].share == pytest.approx(0.7)


def test_the_interval_holds_the_share_and_is_not_empty_where_all_were_recorded() -> None:
    [one] = standardise({"all": {"alarm": Rate(50, 50)}})
    assert one.share == 1.0
    assert one.low is not None
    assert one.high is not None
    assert one.low < 1.0 <= one.high


def test_small_groups_and_groups_with_other_calls_are_not_compared() -> None:
    found = {
        one.name: one
        for one in standardise(
            {
                "big": {"alarm": Rate(900, 1000)},
                "small": {"alarm": Rate(9, 9)},
                "other": {"escort": Rate(20, 20)},
            }
        )
    }
    assert found["big"].share is not None
    assert found["small"].share is None
    assert found["small"].document()["raw"] == {"n": 9, "small": True, "share": None}
    assert found["other"].share is None
    assert found["other"].weight < 0.02


def test_nothing_compared_is_nothing() -> None:
    assert standardise({}) == []
