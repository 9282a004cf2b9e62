"""A frame where something comes up suddenly is looked at out of turn; ordinary movement is not."""

from fractions import Fraction

import cv2
import numpy as np

from bwc.redaction.flow import SMALL_HEIGHT, SMALL_WIDTH, Flow, Grey, Step
from bwc.redaction.observe import SURPRISING, _Looks

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


def test_a_surprise_is_looked_at_at_once_and_the_turn_begins_anew() -> None:
    still = np.zeros((1, 1, 2), np.float16)
    calm, sudden = (Step(still, is_cut=False, change=0.0, surprise=s) for s in (0.0, 99.0))
    looks = _Looks(TICKS)
    looks.take(0, 0)
    assert not looks.is_due(1, 1, gap=1, step=calm)
    assert looks.is_due(1, 1, gap=1, step=sudden)
    looks.take(1, 1)
    assert not looks.is_due(4, 4, gap=1, step=calm)
    assert looks.is_due(5, 5, gap=1, step=calm)
