"""What the finders see in low light and against it."""

import numpy as np
import pytest

from bwc.redaction.closer import NOBODY, Care, Eyes, Finders
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.light import brightened, is_backlit, lifted
from tests.backlight import against_a_window, as_frame

DAY = np.tile(np.linspace(10, 245, 960).astype(np.uint8)[None, :, None], (544, 1, 3))
WINDOW = against_a_window(np.full((200, 100, 3), 25, np.uint8))


class Asked:
    """A finder that finds nobody, and keeps what it was asked about."""

    name, sha256 = "asked", "0" * 64

    def __init__(self) -> None:
        self.pictures: list[Picture] = []

    def find(self, picture: Picture) -> Boxes:
        self.pictures.append(picture)
        return NOBODY


def looked(picture: Picture, care: Care) -> tuple[list[Picture], int]:
    """What the face finder was asked about in one look, and how often the person finder was."""
    faces, people = Asked(), Asked()
    frame, look = as_frame(picture)
    Eyes(Finders(faces, people), look).look(frame, care)  # type: ignore[arg-type]
    return faces.pictures, len(people.pictures)


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


@pytest.mark.parametrize(
    ("bright", "dark", "against"),
    [(0.11, 0.06, True), (0.11, 0.04, False), (0.09, 0.06, False), (0.5, 0.4, True)],
)
def test_back_light_is_much_that_is_full_and_some_that_is_dark(
    bright: float,
    dark: float,
    against: bool,  # noqa: FBT001 - a table of cases
) -> None:
    picture = np.full((800, 800, 3), 120, np.uint8)
    picture[: round(800 * bright)] = 252
    picture[800 - round(800 * dark) :] = 40
    assert is_backlit(picture) is against


@pytest.mark.parametrize("level", [0, 30, 120, 245, 255])
def test_one_even_picture_is_not_against_the_light(level: int) -> None:
    assert not is_backlit(np.full((64, 64, 3), level, np.uint8))


def test_shadows_take_all_greys_in_the_same_order_and_what_is_bright_is_given_up() -> None:
    steps = np.repeat(np.array([5, 20, 40, 60, 120, 255], np.uint8), 160)
    seen = lifted(np.tile(steps[None, :, None], (544, 1, 3)))[:, 80::160, 1].mean(axis=0)
    assert (np.diff(seen[:4]) > 20).all()
    assert seen[3] - seen[0] > 150
    assert seen[4] == pytest.approx(seen[5], abs=3)


def test_a_full_look_against_the_light_asks_about_the_shadows_too() -> None:
    asked, people = looked(WINDOW, Care.QUICK)
    assert len(asked) == 2
    assert people == 1
    assert asked[1][450, 450].mean() > asked[0][450, 450].mean() + 40


@pytest.mark.parametrize("care", list(Care))
def test_in_other_light_a_look_asks_once(care: Care) -> None:
    assert len(looked(DAY, care)[0]) == 1


def test_a_glance_asks_once_in_any_light() -> None:
    assert len(looked(WINDOW, Care.GLANCE)[0]) == 1
