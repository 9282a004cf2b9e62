"""Stretches of which nothing certain can be said are hidden whole, and say why."""

from fractions import Fraction

import numpy as np
import pytest

from bwc.redaction.plan import DAMAGED, UNCLEAR, PlannedTrack
from bwc.redaction.sights import Observations
from bwc.redaction.whole_frame import uncertain, whole_frames, why

NOBODY = np.zeros((0, 5), np.float32)


def box(score: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array([[1, 1, 9, 9, score]], np.float32)


def seen_on(marks: str, *, damaged: tuple[int, ...] = (), per_second: int = 30) -> Observations:
    """Frames as letters: upper case are too unclear for the finders.

    A nobody, w a weak face, f a sure face, p a sure person, g a glance that saw nobody, x no look.
    """
    kinds = marks.lower()
    faces = {"w": box(0.3), "f": box(0.6)}
    count = len(marks)
    return Observations(
        width=10,
        height=10,
        time_base=Fraction(1, per_second),
        pts=tuple(range(count)),
        faces=tuple(faces.get(kind, NOBODY) for kind in kinds),
        people=tuple(box(0.6) if kind == "p" else NOBODY for kind in kinds),
        faces_looked=tuple(kind != "x" for kind in kinds),
        people_looked=tuple(kind not in "xg" for kind in kinds),
        motion=np.zeros((count, 1, 1, 2), np.float16),
        cuts=frozenset(),
        corrupt=tuple(at in damaged for at in range(count)),
        unclear=tuple(mark.isupper() for mark in marks),
        damaged=0,
        repeated=0,
    )


def hidden(marks: str) -> str:
    return "".join("#" if each else "." for each in uncertain(seen_on(marks)))


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("axxxxaxxxxa", "..........."),
        ("A" * 12, "#" * 12),
        ("W" * 12, "#" * 12),  # weak answers are no answers
        ("F" * 12, "." * 12),  # who finds somebody sees enough
        ("P" * 12, "." * 12),
        ("AXXXXGXXXXA", "#" * 11),
        ("PXXXXGXXXXP", "." * 11),  # a glance without a face is no answer
        ("a" * 12 + "A" * 12 + "a" * 12, "." * 12 + "#" * 12 + "." * 12),
        ("a" * 12 + "AAA" + "a" * 12, "." * 27),  # tracks bridge what is so short
        ("A" * 12 + "a" + "A" * 12, "#" * 25),
        ("PXXXXXXXXXA" + "A" * 9, "......" + "#" * 14),
    ],
)
def test_what_is_unclear_and_unanswered_is_hidden_whole(marks: str, expected: str) -> None:
    assert hidden(marks) == expected


def tracks_of(seen: Observations, *, hides_people: bool = True) -> tuple[PlannedTrack, ...]:
    return whole_frames(
        seen,
        (640, 360),
        after=4,
        exemption="personal-privacy",
        hides_people=hides_people,
    )


def test_each_stretch_is_a_track_that_says_by_which_rule() -> None:
    seen = seen_on("a" * 10 + "A" * 20, damaged=(2, 3, 25))
    tracks = tracks_of(seen)
    assert [(t.id, t.author, t.keys[0].pts, t.keys[-1].pts) for t in tracks] == [
        (5, DAMAGED, 2, 3),
        (6, DAMAGED, 25, 25),
        (7, UNCLEAR, 10, 24),
        (8, UNCLEAR, 26, 29),
    ]
    assert [change.what.split(":")[0] for change in why(tracks)] == [
        "hid 3 frames whole",
        "hid 19 frames whole",
    ]


def test_only_damage_counts_where_nobody_is_to_be_hidden() -> None:
    tracks = tracks_of(seen_on("A" * 20, damaged=(7,)), hides_people=False)
    assert [track.author for track in tracks] == [DAMAGED]
