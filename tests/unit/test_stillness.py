"""A picture stands still where nothing in it moves, and no camera either."""

import cv2
import numpy as np
import pytest

from bwc.redaction.flow import COLUMNS, ROWS, SMALL_HEIGHT, SMALL_WIDTH, Flow, Grey, Step
from bwc.redaction.stillness import STILL_CHANGE, STILL_DRIFT, Stillness


def room(shift: float = 0, guest: float | None = None, grain: int = 0) -> Grey:
    """A room with texture, the camera turned by `shift` pixels; somebody stands `guest` pixels from its edge."""
    texture = np.random.default_rng(1).integers(60, 180, (SMALL_HEIGHT, SMALL_WIDTH), np.uint8)
    picture = cv2.GaussianBlur(texture, (0, 0), 4)
    moved = cv2.warpAffine(
        picture,
        np.array([[1.0, 0.0, shift], [0.0, 1.0, 0.0]]),
        picture.shape[::-1],
        borderMode=cv2.BORDER_WRAP,
    )
    if guest is not None:
        somebody = cv2.GaussianBlur(texture[::-1], (0, 0), 2)[:48, :24]
        left = round(guest)
        moved[60:108, left : left + 24] = somebody
    noise = np.random.default_rng(grain).normal(0, 0.5, moved.shape)
    return np.asarray((moved + noise).clip(0, 255), np.uint8)


def after(pictures: list[Grey]) -> Stillness:
    flow, stillness = Flow(), Stillness()
    for picture in pictures:
        stillness.take(flow.step(picture))
    return stillness


def test_a_room_without_anybody_is_still() -> None:
    assert after([room(grain=at) for at in range(11)]).is_still


def test_a_camera_that_turns_slowly_is_not() -> None:
    assert not after([room(at * 0.4, grain=at) for at in range(11)]).is_still


def test_somebody_who_walks_is_not() -> None:
    assert not after([room(guest=100 + at, grain=at) for at in range(11)]).is_still


def test_what_sways_to_and_fro_comes_back() -> None:
    assert after([room(0.3 * (at % 2), grain=at) for at in range(11)]).is_still


def test_a_cut_is_no_standing_still() -> None:
    stillness = Stillness()
    stillness.take(
        Step(np.zeros((ROWS, COLUMNS, 2), np.float16), is_cut=True, change=0, surprise=0)
    )
    assert not stillness.is_still
    stillness.begin_anew()
    assert stillness.is_still


@pytest.mark.parametrize(("drift", "change"), [(STILL_DRIFT, 0), (0, STILL_CHANGE)])
def test_at_either_limit_it_moves(drift: float, change: float) -> None:
    motion = np.zeros((ROWS, COLUMNS, 2), np.float16)
    motion[5, 7, 1] = drift * 1.01
    stillness = Stillness()
    stillness.take(Step(motion, is_cut=False, change=change, surprise=0))
    assert not stillness.is_still
