"""Brightening what the finders see in low light."""

import numpy as np

from bwc.redaction.light import brightened


def test_a_picture_in_daylight_is_left_as_it_is() -> None:
    day = np.full((64, 64, 3), 120, np.uint8)
    assert brightened(day) is day


def test_a_dark_picture_is_spread_over_the_greys_in_the_same_order() -> None:
    night = np.tile(np.arange(32, dtype=np.uint8)[:, None, None], (1, 32, 3))
    seen = brightened(night)
    assert seen.max() > 200
    assert (np.diff(seen[:, 0, 0].astype(int)) >= 0).all()


def test_a_black_picture_stays_dark() -> None:
    assert brightened(np.ones((16, 16, 3), np.uint8)).max() < 30
