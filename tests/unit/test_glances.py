"""What a look asks of whom, and at which size."""

from types import SimpleNamespace
from typing import Any, cast

import av
import numpy as np
import pytest

from bwc.ids import Sha256
from bwc.redaction.closer import CLOSE_SIDE, GLANCE_SIDE, LOOK_SIDE, TILE, Care, Eyes, Finders
from bwc.redaction.detect import Boxes, Picture

NO_BOXES = np.zeros((0, 5), np.float32)
FULL_HD = (1920, 1080)


class Asked:
    """A finder that remembers the longer sides of what it was asked about; sees `shown` on each."""

    name, sha256 = "asked", Sha256("0" * 64)

    def __init__(self, shown: Boxes = NO_BOXES) -> None:
        self.shown, self.sides = shown, list[int]()

    def find(self, picture: Picture) -> Boxes:
        self.sides.append(max(picture.shape))
        return self.shown.copy()


def small_faces(count: int) -> Boxes:
    """Faces of 10 pixels, so far apart that each needs a tile of its own, at 640 pixels."""
    places = [(10 + 120 * at, 10 + 60 * at) for at in range(count)]
    return np.array([(x, y, x + 10, y + 10, 0.5) for x, y in places], np.float32).reshape(-1, 5)


def asked(care: Care, faces: Boxes = NO_BOXES) -> tuple[list[int], list[int], Boxes | None]:
    """Sides that each finder was asked about, and the people that were seen."""
    width, height = FULL_HD
    eyes = Eyes(
        Finders(Asked(faces), Asked()),
        cast("Any", SimpleNamespace(width=width, height=height, rotation=0)),
    )
    frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), 120, np.uint8), "rgb24")
    seen = eyes.look(frame, care)
    both = cast("tuple[Asked, Asked]", (eyes.finders.faces, eyes.finders.people))
    return both[0].sides, both[1].sides, seen.people


def test_a_glance_asks_nobody_about_people_and_does_not_say_that_there_are_none() -> None:
    assert asked(Care.GLANCE) == ([GLANCE_SIDE], [], None)


@pytest.mark.parametrize(
    ("care", "sides"),
    [(Care.QUICK, [LOOK_SIDE]), (Care.THOROUGH, [LOOK_SIDE, CLOSE_SIDE])],
)
def test_a_full_look_asks_both(care: Care, sides: list[int]) -> None:
    faces, people, found = asked(care)
    assert (faces, people) == (sides, [LOOK_SIDE])
    assert found is not None


def test_a_glance_looks_closer_at_small_faces_and_at_a_crowd_as_a_full_look_does_at_first() -> None:
    assert asked(Care.GLANCE, small_faces(2))[0] == [GLANCE_SIDE, TILE, TILE]
    assert asked(Care.GLANCE, small_faces(5))[0] == [GLANCE_SIDE, LOOK_SIDE]
    assert asked(Care.QUICK, small_faces(5))[0] == [LOOK_SIDE, CLOSE_SIDE]
