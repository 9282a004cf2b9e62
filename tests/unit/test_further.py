"""What is looked for on request: on which frames, what counts, and what it takes."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bwc.cli.hide import WORDS, kinds_of
from bwc.errors import InvalidInput, NotFound
from bwc.ids import Sha256
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.further import (
    FurtherFinder,
    Sightings,
    follow_further,
    frames_to_look_at,
    load_further,
)
from bwc.redaction.nudity import EXPOSED, read_answer
from bwc.redaction.observe import MOST_INFERRED
from bwc.redaction.plan import DropReason, Kind
from bwc.redaction.text import LARGEST_TILE, STEP, read_map, tiles
from bwc.redaction.track import Scene, Timing

NOTHING = np.zeros((0, 5), np.float32)


def clock(count: int, rate: int) -> list[Fraction]:
    return [Fraction(at, rate) for at in range(count)]


@pytest.mark.parametrize("rate", [5, 10, 25, 30, 60])
@pytest.mark.parametrize("cuts", [(), (7,), (1,), (19,), (7, 8)])
def test_frames_between_two_looks_are_few_and_no_cut_lies_between(
    rate: int, cuts: tuple[int, ...]
) -> None:
    looks = frames_to_look_at(clock(20, rate), cuts)
    assert (looks[0], looks[-1]) == (0, 19)
    for left, right in pairwise(looks):
        assert right - left <= MOST_INFERRED
        assert right == left + 1 or not any(left < cut <= right for cut in cuts)
        assert right == left + 1 or Fraction(right - left - 1, rate) < Fraction(2, 15)


def test_a_frame_that_is_shown_for_long_is_looked_at() -> None:
    seconds = [Fraction(at, 30) for at in (0, 1, 2, 62, 63, 64)]
    assert {2, 3} <= set(frames_to_look_at(seconds, ()))


def test_a_recording_of_one_frame_is_looked_at() -> None:
    assert frames_to_look_at(clock(1, 30), ()) == [0]


class _Seer:
    """Never asked here: what it saw is given."""

    name = "seer"
    sha256 = Sha256("a" * 64)

    def find(self, picture: Picture) -> Boxes:
        del picture
        return NOTHING


def follow(found: list[Boxes], *kinds: Kind) -> tuple[list[Kind], list[DropReason]]:
    """Kinds of the tracks and reasons of what was dropped, at 30 frames a second."""
    count = len(found)
    still = np.zeros((count, 1, 1, 2), np.float16)
    scene = Scene(clock(count, 30), still, frozenset(), 640, 360)
    by = FurtherFinder(_Seer(), kinds)
    sightings = Sightings(by, tuple(found), (True,) * count)
    tracks, dropped = follow_further(sightings, scene, Timing())
    return [kind for kind, _ in tracks], [entry.reason for entry in dropped]


def line(score: float) -> Boxes:
    return np.array([[100, 100, 200, 125, score]], np.float32)


@pytest.mark.parametrize(
    ("case", "found", "reason"),
    [
        ("sure and lasting", [line(0.8)] * 3, None),
        ("fair and lasting", [line(0.55)] * 3, None),
        ("sure, and seen once", [line(0.8), NOTHING], None),
        ("fair, and seen once", [line(0.55), NOTHING], DropReason.BRIEF),
        ("never better than foliage", [line(0.45)] * 3, DropReason.WEAK),
    ],
)
def test_a_plate_counts_when_it_was_sure_once_or_stays(
    case: str, found: list[Boxes], reason: DropReason | None
) -> None:
    kinds, dropped = follow(found, Kind.PLATE)
    assert kinds == ([Kind.PLATE] if reason is None else []), case
    assert dropped == ([] if reason is None else [reason]), case


def test_what_looks_exposed_once_is_hidden() -> None:
    assert follow([line(0.21), NOTHING], Kind.NUDITY) == ([Kind.NUDITY], [])


def test_one_finder_serves_both_plates_and_text() -> None:
    kinds, _ = follow([line(0.8)] * 2, Kind.PLATE, Kind.TEXT)
    assert kinds == [Kind.PLATE, Kind.TEXT]


def test_nothing_is_loaded_where_only_people_are_asked_for(tmp_path: Path) -> None:
    assert load_further((Kind.FACE, Kind.HEAD, Kind.PERSON, Kind.FRAME), tmp_path) == ()


def test_nudity_without_its_model_says_how_to_do_it_by_hand(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"by hand.*AGPL.*bwc models pull nudenet"):
        load_further((Kind.NUDITY,), tmp_path)


def test_exposed_classes_alone_are_read_from_the_answer() -> None:
    answer = np.zeros((22, 3), np.float32)
    answer[:4] = [[50, 150, 250], [60, 160, 260], [20, 20, 20], [40, 40, 40]]
    answer[4 + EXPOSED[1], 0] = 0.9
    answer[4 + 1, 1] = 0.9  # a face
    answer[4 + EXPOSED[0], 2], answer[4 + 17, 2] = 0.3, 0.8  # rather covered, perhaps exposed
    found = read_answer(answer)
    expected = np.array([[40, 40, 60, 80, 0.9], [240, 240, 260, 280, 0.3]], np.float32)
    assert np.allclose(found, expected)


def test_a_line_in_the_map_becomes_a_box_around_it() -> None:
    sure = np.zeros((96, 192), np.float32)
    sure[40:50, 60:140] = 0.9
    sure[5, 5] = 0.9  # a speck
    sure[70:80, 20:50] = 0.25  # a doubt
    found = read_map(sure)
    assert len(found) == 1
    x0, y0, x1, y1, score = found[0]
    assert x0 < 58
    assert y0 < 38
    assert x1 > 141
    assert y1 > 51
    assert score == pytest.approx(0.9)


def test_of_a_ragged_piece_only_the_sure_core_is_text() -> None:
    sure = np.zeros((160, 320), np.float32)
    for step in range(12):
        sure[10 + 10 * step : 26 + 10 * step, 10 + 20 * step : 50 + 20 * step] = 0.4
    sure[60:76, 110:150] = 0.95
    found = read_map(sure)
    assert len(found) == 1
    assert (np.abs(found[0, :4] - (110, 60, 150, 76)) < 12).all()


@pytest.mark.parametrize("length", [STEP, 1088, LARGEST_TILE, 1952, 2560, 3840, 5792])
def test_tiles_cover_every_pixel_and_overlap(length: int) -> None:
    size, starts = tiles(length)
    assert size <= LARGEST_TILE
    assert (starts[0], starts[-1] + size) == (0, length)
    assert all(right - left <= size - 2 * STEP for left, right in pairwise(starts))


def test_words_for_text_mean_one_kind_and_each_kind_counts_once() -> None:
    assert kinds_of("face, screen,paper,plate") == (Kind.FACE, Kind.TEXT, Kind.PLATE)
    assert {WORDS[word] for word in WORDS} == set(Kind) - {Kind.REGION}


def test_a_region_is_drawn_in_a_plan_and_not_hidden_by_a_word() -> None:
    with pytest.raises(InvalidInput, match="--save-plan"):
        kinds_of("face,region")


@pytest.mark.parametrize("words", ["", " , ", "faces", "face,car"])
def test_an_unknown_word_is_refused_and_the_known_are_named(words: str) -> None:
    with pytest.raises(InvalidInput, match="face, head, person, plate"):
        kinds_of(words)
