"""The tracker that carries a drawn box, on pictures whose object is known on every one.

What holds throughout: until the tracker says that it lost the thing, whatever of it can be seen is
inside of the box.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
import pytest

from bwc.redaction.carry import Carrier, Leg, Patience, View
from bwc.redaction.flow import Grey, small_grey
from bwc.redaction.plan import Stop
from bwc.redaction.track import How

WIDTH, HEIGHT, RATE = 480, 270, 25
SIDE = 48
MARGIN = 0.06  # as `bwc.redaction.carrying` grows every box

Place = Callable[[int], tuple[float, float]]


def noise(seed: int, shape: tuple[int, int], grain: int) -> Grey:
    """Blots of `grain` pixels."""
    drawn = np.random.default_rng(seed).integers(0, 255, (shape[0] // grain, shape[1] // grain))
    large = cv2.resize(drawn.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


WALL = noise(1, (HEIGHT * 2, WIDTH * 2), 12)
THING = noise(2, (SIDE, SIDE), 6)
OTHER_PLACE = np.asarray(255 - noise(3, (HEIGHT * 2, WIDTH * 2), 20) // 3, np.uint8)
HAND = np.asarray(noise(4, (HEIGHT, WIDTH), 30) // 4 + 150, np.uint8)


@dataclass(frozen=True, kw_only=True)
class Film:
    """What happens: where the thing is, and what is before it."""

    at: Place
    frames: int = 30
    camera: float = 0.0  # pixels to the left with each picture
    size: Callable[[int], float] = lambda _: 1.0
    covered: Callable[[int], tuple[int, int, int, int] | None] = lambda _: None
    cut_at: int | None = None
    gone_from: int | None = None

    def picture(self, index: int) -> Grey:
        wall = OTHER_PLACE if self.cut_at is not None and index >= self.cut_at else WALL
        shift = round(self.camera * index) % WIDTH
        picture = wall[:HEIGHT, shift : shift + WIDTH].copy()
        box = self.truth(index, seen=False)
        if box is not None:
            side = (round(box[2] - box[0]), round(box[3] - box[1]))
            thing = cv2.resize(THING, side, interpolation=cv2.INTER_AREA)
            moved = np.array([[1, 0, box[0]], [0, 1, box[1]]], np.float64)
            mask = cv2.warpAffine(np.full(thing.shape, 255, np.uint8), moved, (WIDTH, HEIGHT))
            drawn = cv2.warpAffine(thing, moved, (WIDTH, HEIGHT))
            picture = np.where(mask > 127, drawn, picture).astype(np.uint8)
        over = self.covered(index)
        if over is not None:
            x0, y0, x1, y1 = over
            picture[y0:y1, x0:x1] = HAND[y0:y1, x0:x1]
        return picture

    def truth(self, index: int, *, seen: bool = True) -> tuple[float, float, float, float] | None:
        """The thing's box inside of the picture; None where nothing of it can be seen."""
        if self.gone_from is not None and index >= self.gone_from:
            return None
        side = SIDE * self.size(index)
        x, y = self.at(index)
        box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
        if not seen:
            return box
        over = self.covered(index)
        if over is not None and over[0] <= box[0] and over[2] >= box[2]:
            return None
        clipped = (max(0, box[0]), max(0, box[1]), min(WIDTH, box[2]), min(HEIGHT, box[3]))
        return clipped if clipped[0] < clipped[2] - 0.5 and clipped[1] < clipped[3] - 0.5 else None


def carried(film: Film, order: Sequence[int], patience: Patience | None = None) -> Leg:
    """The box as it is on the first of `order`, carried through the pictures of that order."""
    views = [
        View(index, picture, small_grey(picture))
        for index, picture in ((index, film.picture(index)) for index in order)
    ]
    box = film.truth(order[0], seen=False)
    carrier = Carrier(
        views[0],
        np.array(box, np.float32),
        time_base=Fraction(1, RATE),
        patience=patience or Patience(),
    )
    for view in views[1:]:
        if not carrier.step(view):
            break
    return carrier.finish()


def exposed(film: Film, leg: Leg) -> list[int]:
    """Pictures on which something of the thing shows, beside its box, before it is declared lost."""
    found = []
    for index, box, margin in zip(leg.pts, leg.boxes, leg.margins, strict=True):
        truth = film.truth(index)
        begun = leg.start or 0
        beyond = leg.stop is not None and abs(index - begun) > abs(leg.stop[0] - begun)
        if truth is None or beyond:
            continue
        extra = (MARGIN + margin) * (box[2:] - box[:2]) + 1  # a pixel of rounding
        low, high = box[:2] - extra, box[2:] + extra
        if (low > truth[:2]).any() or (high < truth[2:]).any():
            found.append(index)
    return found


def straight(x: float, y: float, across: float, down: float = 0.0) -> Place:
    return lambda index: (x + across * index, y + down * index)


WHOLE = {
    "it moves": Film(at=straight(80, 100, 4, 1.5)),
    "the camera moves and it does not": Film(at=straight(400, 130, -5), camera=5),
    "the camera moves against it": Film(at=straight(80, 130, 4), camera=4),
    "it comes nearer": Film(at=straight(200, 130, 1), size=lambda i: 1 + i / 60),
    "it goes away": Film(at=straight(200, 130, 1), size=lambda i: 1.8 - i / 60),
    "it turns back on its way": Film(at=lambda i: (240 + 90 * np.sin(i / 8), 130)),
    "it stands still": Film(at=straight(240, 130, 0)),
}


@pytest.mark.parametrize("film", WHOLE.values(), ids=WHOLE.keys())
@pytest.mark.parametrize("order", [range(30), range(29, -1, -1)], ids=["forward", "backward"])
def test_it_is_covered_on_every_picture(film: Film, order: Sequence[int]) -> None:
    leg = carried(film, order)
    assert (len(leg.pts), leg.stop) == (29, None)
    assert exposed(film, leg) == []
    assert np.mean([how is How.SEEN for how in leg.how]) > 0.9


def test_behind_a_hand_it_is_held_and_found_again() -> None:
    film = Film(
        at=straight(120, 130, 2),
        covered=lambda i: (100, 90, 240, 170) if 18 <= i < 30 else None,  # half a second
    )
    leg = carried(film, range(50))
    assert (leg.pts[-1], leg.stop, exposed(film, leg)) == (49, None, [])
    assert How.FILLED in leg.how
    assert leg.how[-1] is How.SEEN


def test_a_hand_that_slides_over_it_is_not_taken_for_it() -> None:
    film = Film(
        at=straight(240, 130, 0),
        frames=80,
        covered=lambda i: (60 + 6 * i, 90, 220 + 6 * i, 170) if i < 60 else None,
    )
    leg = carried(film, range(2, 80))
    assert exposed(film, leg) == []


def test_what_does_not_come_back_is_lost_where_it_was_seen_last_and_held_for_the_roll() -> None:
    film = Film(at=straight(120, 130, 2), frames=80, gone_from=20)
    leg = carried(film, range(80), Patience(gap=0.7, roll=0.5))
    assert leg.stop is not None
    assert leg.stop[1] is Stop.LOST
    assert 19 <= leg.stop[0] <= 21
    assert leg.pts[-1] - leg.stop[0] >= 0.5 * RATE
    assert leg.how[leg.pts.index(leg.stop[0])] is How.ROLLED


def test_nothing_is_carried_across_a_cut() -> None:
    film = Film(at=straight(120, 130, 2), cut_at=25)
    for order, last in ((range(50), 24), (range(49, -1, -1), 25)):
        leg = carried(film, order)
        assert leg.stop == (last, Stop.CUT)
        assert leg.pts[-1] == last
        assert exposed(film, leg) == []


@pytest.mark.parametrize(
    "at",
    [
        straight(400, 130, 5),
        straight(400, 130, 2),
        straight(240, 60, 0, -3),
        straight(60, 60, -3, -3),
    ],
    ids=["to the right", "slowly", "upwards", "over a corner"],
)
def test_what_leaves_the_picture_is_covered_until_it_has_left(at: Place) -> None:
    film = Film(at=at, frames=90)
    leg = carried(film, range(90))
    assert leg.stop is not None
    assert leg.stop[1] is Stop.EDGE
    gone = next(index for index in range(90) if film.truth(index) is None)
    assert leg.pts[-1] >= gone - 1
    everything = Leg(leg.start, leg.pts, leg.boxes, leg.how, leg.margins)  # also while it is held
    assert exposed(film, everything) == []


def test_it_is_carried_no_further_than_it_may_be() -> None:
    leg = carried(Film(at=straight(120, 130, 2)), range(50), Patience(far=1.0))
    assert leg.stop == (25, Stop.FAR)


def test_the_same_pictures_give_the_same_boxes() -> None:
    film = WHOLE["it turns back on its way"]
    one, other = carried(film, range(50)), carried(film, range(50))
    assert np.array_equal(np.stack(one.boxes), np.stack(other.boxes))
