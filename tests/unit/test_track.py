"""Tracks: linking, filling, rolling, and what is no track at all."""

from fractions import Fraction

import numpy as np
import pytest

from bwc.redaction.cover import cover_face
from bwc.redaction.heads import follow
from bwc.redaction.track import Chain, How, Scene, Timing, fill, link

WIDTH, HEIGHT, RATE = 640, 360, 25
NOBODY = np.zeros((0, 5), np.float32)


def scene(frames: int, *, shift: float = 0.0, cuts: tuple[int, ...] = ()) -> Scene:
    """A picture that moves `shift` pixels to the right with each frame."""
    motion = np.zeros((frames, 9, 16, 2), np.float16)
    motion[..., 0] = shift / WIDTH
    seconds = [Fraction(i, RATE) for i in range(frames)]
    return Scene(seconds, motion, frozenset(cuts), WIDTH, HEIGHT)


def face(x: float, y: float = 100.0, score: float = 0.9, side: float = 40.0) -> np.ndarray:
    return np.array([[x, y, x + side, y + side, score]], np.float32)


def test_sightings_that_follow_each_other_are_one_chain() -> None:
    found = [face(100 + 3 * i) for i in range(20)]
    (chain,) = link(found, scene(20), Timing())
    assert (chain.first, chain.last, len(chain.found)) == (0, 19, 20)


def test_two_people_are_two_chains_though_they_meet() -> None:
    found = [np.concatenate([face(100 + 2 * i), face(300 - 2 * i, 150)]) for i in range(30)]
    chains = link(found, scene(30), Timing())
    assert sorted(len(chain.found) for chain in chains) == [30, 30]


def test_a_gap_shorter_than_the_limit_is_filled_where_motion_carries_it() -> None:
    found = [face(100 + 4 * i) if i not in range(8, 14) else NOBODY for i in range(24)]
    world = scene(24, shift=4)
    (chain,) = link(found, world, Timing())
    track = fill(chain, world, Timing())
    inside = track.boxes[10 - track.first]
    assert inside[0] == pytest.approx(140, abs=2)
    assert track.how[10 - track.first] == How.FILLED


def test_a_gap_longer_than_the_limit_makes_two_chains() -> None:
    found = [face(100) if i not in range(5, 30) else NOBODY for i in range(40)]
    assert len(link(found, scene(40), Timing(gap=0.7))) == 2


def test_nothing_is_linked_or_rolled_across_a_cut() -> None:
    found = [face(100) if i < 10 else NOBODY for i in range(20)]
    world = scene(20, cuts=(10,))
    (chain,) = link(found, world, Timing())
    track = fill(chain, world, Timing())
    assert track.first + len(track.boxes) == 10
    both = [face(100) for _ in range(20)]
    assert len(link(both, world, Timing())) == 2


def test_a_track_reaches_half_a_second_before_and_after_what_was_seen() -> None:
    found = [face(100) if 20 <= i < 30 else NOBODY for i in range(60)]
    world = scene(60)
    (chain,) = link(found, world, Timing())
    track = fill(chain, world, Timing())
    assert (track.first, track.first + len(track.boxes)) == (20 - 12, 30 + 12)
    assert (track.how == How.ROLLED).sum() == 24


def test_a_roll_ends_where_the_thing_leaves_the_picture() -> None:
    found = [face(600 - 10 * i) if i < 4 else NOBODY for i in range(30)]
    world = scene(30, shift=30)
    (chain,) = link(found[:1] + [NOBODY] * 29, world, Timing())
    track = fill(chain, world, Timing())
    assert len(track.boxes) < 4


def test_rolled_boxes_grow_with_time() -> None:
    found = [face(100) if i == 20 else NOBODY for i in range(41)]
    world = scene(41)
    (chain,) = link(found, world, Timing())
    track = fill(chain, world, Timing())
    widths = cover_face(track)[:, 2] - cover_face(track)[:, 0]
    seen = 20 - track.first
    assert widths[seen + 10] > widths[seen + 2] >= widths[seen]


@pytest.mark.parametrize(
    ("score", "frames", "counts"),
    [(0.9, 1, True), (0.5, 1, True), (0.44, 12, True), (0.44, 2, False), (0.41, 40, False)],
)
def test_a_face_counts_when_it_is_sure_once_or_fair_for_a_while(
    score: float, frames: int, *, counts: bool
) -> None:
    found = [face(100, score=score) if i < frames else NOBODY for i in range(50)]
    followed = follow(found, [NOBODY] * 50, scene(50), Timing())
    assert bool(followed.faces) is counts
    assert bool(followed.dropped) == (not counts)


@pytest.mark.parametrize(
    ("top", "first", "seconds"),
    [(160, 60, 2.0), (100, 60, 0.5), (160, 30, 1.2)],
    ids=["cut off by the lower edge", "in the midst", "cut off, from the beginning on"],
)
def test_who_is_cut_off_when_first_seen_was_there_before(
    top: int, first: int, seconds: float
) -> None:
    person = np.array([[80, top, 180, top + 200, 0.9]], np.float32)
    found = [person if i >= first else NOBODY for i in range(80)]
    (head,) = follow([NOBODY] * 80, found, scene(80), Timing()).heads
    assert (first - head.first) / RATE == pytest.approx(seconds, abs=1 / RATE)


def test_who_came_in_is_rolled_back_until_he_leaves_the_picture() -> None:
    person = np.array([[80, 160, 180, 360, 0.9]], np.float32)
    found = [person if i >= 60 else NOBODY for i in range(80)]
    (head,) = follow([NOBODY] * 80, found, scene(80, shift=10.0), Timing()).heads
    assert 60 - head.first < 20, "the picture moves, and he is outside of it before"


def test_a_chain_that_was_fair_at_one_look_alone_is_no_face() -> None:
    found = [face(100, score=0.44 if i == 0 else 0.37) for i in range(50)]
    assert not follow(found, [NOBODY] * 50, scene(50), Timing()).faces
    found[25] = face(100, score=0.44)
    assert follow(found, [NOBODY] * 50, scene(50), Timing()).faces


def test_a_weak_face_counts_where_a_persons_head_is() -> None:
    person = np.array([[80, 90, 180, 340, 0.9]], np.float32)
    weak = [face(115, 95, score=0.25, side=25) for _ in range(10)]
    assert follow(weak, [person] * 10, scene(10), Timing()).faces
    assert not follow(weak, [NOBODY] * 10, scene(10), Timing()).faces


@pytest.mark.parametrize(
    ("company", "frames", "score", "counts"),
    [
        (True, 15, 0.26, True),
        (True, 15, 0.24, False),
        (True, 9, 0.26, False),
        (False, 50, 0.34, False),
    ],
)
def test_a_weak_face_counts_where_it_stays_beside_somebody_certain(
    *, company: bool, frames: int, score: float, counts: bool
) -> None:
    near = face(100) if company else NOBODY
    weak = face(300, 60, score=score, side=15)
    found = [np.concatenate([near, weak]) if i < frames else near for i in range(50)]
    followed = follow(found, [NOBODY] * 50, scene(50), Timing())
    assert len(followed.faces) == int(company) + int(counts)
    assert bool(followed.dropped) == (not counts)


def test_a_person_without_a_face_gets_a_head_at_the_top() -> None:
    person = np.array([[100, 60, 180, 340, 0.9]], np.float32)
    (head,) = follow([NOBODY] * 10, [person] * 10, scene(10), Timing()).heads
    x0, y0, x1, y1 = head.boxes[5]
    assert x0 < 140 < x1
    assert y0 <= 60
    assert 85 < y1 < 130


def test_a_head_is_looked_for_where_the_face_was_before_it_turned_away() -> None:
    person = np.array([[100, 60, 200, 340, 0.9]], np.float32)
    turned = [face(105, 70, side=30) if i < 5 else NOBODY for i in range(20)]
    followed = follow(turned, [person] * 20, scene(20), Timing(gap=0.0, roll=0.0))
    last = followed.heads[-1].boxes[-1]
    assert last[0] <= 105
    assert (last[0] + last[2]) / 2 == pytest.approx(120, abs=2)


def test_a_face_that_is_clear_needs_no_second_head() -> None:
    person = np.array([[100, 60, 200, 340, 0.9]], np.float32)
    faces = [face(135, 70, side=30) for _ in range(10)]
    assert follow(faces, [person] * 10, scene(10), Timing()).heads == []


def test_a_chain_knows_how_long_it_lasts() -> None:
    chain = Chain()
    chain.add(5, face(1)[0])
    chain.add(10, face(2)[0])
    assert chain.lasts(scene(20)) == pytest.approx(0.2)


def test_a_face_that_fills_its_persons_box_needs_no_second_head() -> None:
    person = np.array([[100, 60, 300, 340, 0.9]], np.float32)
    near = [np.array([[110, 90, 290, 330, 0.95]], np.float32) for _ in range(10)]
    assert follow(near, [person] * 10, scene(10), Timing()).heads == []
