import cv2
import numpy as np
import pytest

from bwc.redaction.detect import PERSON_SIDE, squeezed
from bwc.redaction.flow import SMALL_HEIGHT, SMALL_WIDTH, small_grey
from bwc.redaction.pictures import upright


def soft(height: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A picture of soft patches, sixty from one side to the other."""
    rows = 60 * height // width
    noise = np.random.default_rng(5).integers(0, 256, (rows, 60, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize(
    ("width", "height"), [(480, 270), (854, 480), (1280, 720), (1920, 1080), (2560, 1920)]
)
def test_a_small_grey_picture_is_the_average_of_the_large_one(width: int, height: int) -> None:
    grey = soft(height, width)[..., 0]
    small = (SMALL_WIDTH, SMALL_HEIGHT)
    average = cv2.resize(grey, small, interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(small_grey(grey) - average).mean() < 1.5


@pytest.mark.parametrize("rotation", [90, 180, 270])
@pytest.mark.parametrize(("width", "height"), [(854, 480), (1920, 1080), (1080, 1920)])
def test_a_picture_that_lies_on_its_side_is_made_small_before_it_is_turned(
    width: int, height: int, rotation: int
) -> None:
    stored = soft(height, width)[..., 0]
    is_sideways = rotation != 180
    turned_last = upright(small_grey(stored, is_sideways=is_sideways), rotation).astype(int)
    turned_first = small_grey(upright(stored, rotation))
    assert np.abs(turned_last - turned_first).max() <= 2


@pytest.mark.parametrize(("width", "height"), [(960, 544), (544, 544), (960, 720), (300, 544)])
def test_what_the_person_finder_gets_is_the_average_of_what_it_is_asked_about(
    width: int, height: int
) -> None:
    picture = soft(height, width)
    square = (PERSON_SIDE, PERSON_SIDE)
    average = cv2.resize(picture, square, interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(squeezed(picture) - average).mean() < 3
