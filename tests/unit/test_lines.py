"""From pieces of text to plates and blocks: shape and size decide, and doubt hides."""

import numpy as np
import pytest

from bwc.redaction.lines import blocks, grown, joined, plates
from bwc.redaction.track import Boxes

WIDTH, HEIGHT = 1920, 1080


def lines(*boxes: tuple[float, float, float, float]) -> Boxes:
    """Boxes by left, top, width and height, all equally sure."""
    edges = [(x, y, x + w, y + h, 0.8) for x, y, w, h in boxes]
    return np.array(edges, np.float32).reshape(-1, 5)


def covers(found: Boxes, x0: float, y0: float, x1: float, y1: float) -> bool:
    inside = (found[:, :2] <= (x0, y0)) & (found[:, 2:4] >= (x1, y1))
    return bool(inside.all(axis=1).any())


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ("a European plate", (130, 28)),
        ("letters of a US plate", (60, 24)),
        ("a plate of two lines read as one", (50, 50)),
        ("a plate seen from aside", (20, 36)),
        ("a plate so far that it can just be read", (20, 6)),
        ("a plate a metre away", (1400, 300)),
    ],
)
def test_what_has_the_shape_and_size_of_a_plate_may_be_one(
    shape: str, size: tuple[int, int]
) -> None:
    found = plates(lines((200, 300, *size)), width=WIDTH, height=HEIGHT)
    assert len(found) == 1, shape


@pytest.mark.parametrize(
    ("what", "size"),
    [
        ("a line of a banner", (900, 40)),
        ("letters too low to be read", (20, 3)),
        ("a pillar", (20, 400)),
        ("half of the picture", (800, 500)),
    ],
)
def test_what_cannot_be_a_plate_is_none(what: str, size: tuple[int, int]) -> None:
    assert len(plates(lines((10, 20, *size)), width=WIDTH, height=HEIGHT)) == 0, what


def test_the_two_halves_of_a_plate_are_hidden_as_one() -> None:
    found = plates(lines((100, 100, 40, 30), (155, 103, 60, 30)), width=WIDTH, height=HEIGHT)
    assert len(found) == 1
    assert covers(found, 100, 100, 215, 133)


def test_pieces_of_a_line_too_long_for_a_plate_still_may_be_plates() -> None:
    row = lines(*((x, 100, 100, 30) for x in range(0, 1000, 125)))
    found = plates(row, width=WIDTH, height=HEIGHT)
    assert all(covers(found, x, 100, x + 100, 130) for x in range(0, 1000, 125))


def test_a_plate_reaches_beyond_its_letters() -> None:
    assert plates(lines((100, 100, 120, 20)), width=WIDTH, height=HEIGHT)[0, :4].tolist() == [
        90,
        95,
        230,
        125,
    ]


def test_the_lines_of_a_page_are_no_plates_but_one_block_of_text() -> None:
    page = lines(*((300, 100 + 30 * row, 200, 20) for row in range(8)))
    assert len(plates(page, width=WIDTH, height=HEIGHT)) == 0
    whole = blocks(page)
    assert len(whole) == 1
    assert covers(whole, 300, 100, 500, 330)


def test_a_plate_beside_a_page_stays_a_plate() -> None:
    page = lines(*((300, 100 + 30 * row, 200, 20) for row in range(8)), (900, 700, 120, 28))
    assert covers(plates(page, width=WIDTH, height=HEIGHT), 900, 700, 1020, 728)


def test_three_lines_of_a_us_plate_are_all_hidden() -> None:
    letters = lines((110, 100, 60, 10), (100, 115, 80, 30), (115, 150, 50, 8))
    found = plates(letters, width=WIDTH, height=HEIGHT)
    assert covers(found, 100, 115, 180, 145)


def test_text_far_apart_is_not_joined() -> None:
    assert len(blocks(lines((0, 0, 100, 20), (600, 500, 100, 20)))) == 2


def test_joining_goes_on_until_nothing_touches() -> None:
    chain = lines(*((x, 10, 10, 10) for x in (40, 0, 20, 60)))
    assert joined(chain, across=1.1, down=-0.5)[:, :4].tolist() == [[0, 10, 70, 20]]


def test_nothing_gives_nothing() -> None:
    none = lines()
    for found in (plates(none, width=9, height=9), blocks(none), grown(none)):
        assert found.shape == (0, 5)
