"""A frame where something comes up suddenly is looked at out of turn; ordinary movement is not."""

from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import pytest

from bwc.redaction.closer import Care
from bwc.redaction.flow import SMALL_HEIGHT, SMALL_WIDTH, Flow, Grey, Step
from bwc.redaction.observe import (
    MOST_INFERRED,
    MOST_INFERRED_SECONDS,
    STILL_STRIDES,
    SURPRISING,
    _Looks,
)

TICKS = Fraction(1, 25)


def wall(shift: int = 0) -> Grey:
    """A wall with texture that moves by `shift` pixels; the same each time."""
    noise = np.random.default_rng(1).integers(60, 180, (SMALL_HEIGHT, SMALL_WIDTH), np.uint8)
    return np.asarray(np.roll(cv2.GaussianBlur(noise, (0, 0), 6), shift, axis=1), np.uint8)


def with_guest(picture: Grey, level: int = 230) -> Grey:
    """The picture with something new of 20 by 24 pixels."""
    picture = picture.copy()
    picture[60:84, 100:120] = level
    return picture


def last_step(pictures: list[Grey]) -> Step:
    flow = Flow()
    return [flow.step(picture) for picture in pictures][-1]


def test_something_new_in_a_still_picture_surprises() -> None:
    assert last_step([wall()] * 5 + [with_guest(wall())]).surprise > SURPRISING


def test_something_new_in_a_moving_picture_surprises() -> None:
    moving = [wall(shift) for shift in range(6)]
    assert last_step([*moving[:5], with_guest(moving[5])]).surprise > SURPRISING


def test_what_flickers_all_the_time_surprises_once() -> None:
    flicker = [wall() if at % 2 else with_guest(wall()) for at in range(8)]
    assert last_step(flicker).surprise <= SURPRISING


def test_a_pan_does_not_surprise() -> None:
    assert last_step([wall(shift) for shift in range(0, 16, 2)]).surprise <= SURPRISING


def cares(frames: str, *, ticks: Fraction = TICKS) -> str:
    """How carefully frames are looked at: . calm, _ still too, ! not calm; T thorough, Q quick, g a glance, - no look."""
    letters = {Care.THOROUGH: "T", Care.QUICK: "Q", Care.GLANCE: "g"}
    looks, told = _Looks(ticks), ""
    for at, mark in enumerate(frames):
        is_calm = mark != "!"
        is_looked_at = not is_calm or looks.is_due(at, at, gap=1)
        told += (
            letters[looks.take(at, at, is_calm=is_calm, is_still=mark == "_")]
            if is_looked_at
            else "-"
        )
    return told


def test_every_second_look_of_a_calm_picture_is_a_glance() -> None:
    assert cares("." * 14) == "T---g---Q---g-"


def test_two_looks_of_three_are_glances_where_nothing_moves() -> None:
    assert cares("_" * 18) == "T---g---g---Q---g-"


def test_what_begins_to_move_is_looked_at_at_its_usual_turn() -> None:
    assert cares("_" * 8 + "." * 8) == "T---g---Q---g---"


def test_a_surprise_is_looked_at_at_once_by_both_finders_and_the_turn_begins_anew() -> None:
    assert cares("..!........!..") == "T-Q---g---Q" + "Q--"


def test_where_flow_explains_nothing_no_look_is_a_glance() -> None:
    assert cares("!" * 8) == "TQQQQQQQ"


def test_every_two_seconds_a_look_is_thorough() -> None:
    told = cares("." * 110)
    assert [at for at, letter in enumerate(told) if letter == "T"] == [0, 52, 104]


@pytest.mark.parametrize("rate", [5, 10, 12, 24, 25, 30, 60, 120, 240])
@pytest.mark.parametrize(("mark", "strides"), [(".", 2), ("_", STILL_STRIDES)])
def test_full_looks_are_never_further_apart_than_the_ledger_infers(
    mark: str, strides: int, rate: int
) -> None:
    told = cares(mark * 600, ticks=Fraction(1, rate))
    full = [at for at, letter in enumerate(told) if letter in "TQ"]
    assert max(after - at for at, after in pairwise(full)) <= strides * MOST_INFERRED
    assert max(after - at for at, after in pairwise(full)) / rate <= strides * MOST_INFERRED_SECONDS
