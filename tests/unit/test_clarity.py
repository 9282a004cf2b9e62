"""Pictures that are too blurred or too faint for the finders, and those that hold nothing."""

import cv2
import numpy as np
import pytest

from bwc.redaction.clarity import is_unclear
from bwc.redaction.flow import SMALL_HEIGHT, SMALL_WIDTH, Grey


def scene() -> Grey:
    """Something at every place: boxes of any size and brightness, sharp."""
    dice = np.random.default_rng(4)
    picture = np.full((SMALL_HEIGHT, SMALL_WIDTH), 128, np.uint8)
    for _ in range(150):
        x, y = int(dice.integers(SMALL_WIDTH)), int(dice.integers(SMALL_HEIGHT))
        wide, high = (int(side) for side in dice.integers(6, 40, 2))
        picture[y : y + high, x : x + wide] = dice.integers(16, 236)
    return picture


def faint(picture: Grey, levels: int, *, black: int = 16) -> Grey:
    """`picture` with so many grey levels left of it."""
    return np.asarray(black + picture.astype(int) * levels // 256, np.uint8)


def stamped(picture: Grey) -> Grey:
    """`picture` with black bars and a sharp white stamp, as cameras burn them in."""
    picture = picture.copy()
    picture[:, :30] = picture[:, -30:] = 16
    cv2.putText(picture, "2026-11-30 T20:20:51Z", (34, 14), 0, 0.4, (255, 255, 255), 1)
    return picture


def test_a_sharp_picture_is_clear() -> None:
    assert not is_unclear(scene())


@pytest.mark.parametrize(
    ("across", "down"), [(13, 13), (13, 1), (1, 13)], ids=["out of focus", "pan", "tilt"]
)
def test_a_blurred_picture_is_unclear(across: int, down: int) -> None:
    blurred = np.asarray(cv2.blur(scene(), (across, down)), np.uint8)
    assert is_unclear(blurred)
    assert is_unclear(stamped(blurred))


def test_a_slightly_blurred_picture_is_clear() -> None:
    assert not is_unclear(np.asarray(cv2.blur(scene(), (2, 2)), np.uint8))


@pytest.mark.parametrize("black", [0, 16, 120], ids=["full range", "night", "fog"])
def test_a_picture_with_hardly_any_levels_is_unclear(black: int) -> None:
    assert is_unclear(faint(scene(), 12, black=black))
    assert is_unclear(stamped(faint(scene(), 12, black=black)))
    assert not is_unclear(faint(scene(), 60, black=black))


@pytest.mark.parametrize("level", [0, 16, 128, 255])
def test_a_picture_without_anything_in_it_is_not_unclear(level: int) -> None:
    covered = np.full((SMALL_HEIGHT, SMALL_WIDTH), level, np.uint8)
    assert not is_unclear(covered)


def test_a_plain_slope_is_not_unclear() -> None:
    slope = np.linspace(40, 200, SMALL_HEIGHT).astype(np.uint8)
    assert not is_unclear(np.ascontiguousarray(np.tile(slope[:, None], SMALL_WIDTH)))
