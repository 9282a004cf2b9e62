"""The frame ledger: seen, inferred between two looks, or unseen."""

from fractions import Fraction

import numpy as np
import pytest

from bwc.ids import Sha256
from bwc.redaction.frame_ledger import ledger_of
from bwc.redaction.sights import Observations

MODEL = Sha256("c" * 64)
NOBODY = np.zeros((0, 5), np.float32)
SOMEBODY = np.array([[1, 1, 9, 9, 0.9]], np.float32)


def states(
    looks: str,
    *,
    cuts: tuple[int, ...] = (),
    times: tuple[int, ...] | None = None,
    strides: int = 1,
) -> str:
    """The ledger of frames written as letters: F found, n nothing, . not looked at."""
    found = tuple(SOMEBODY if mark == "F" else NOBODY for mark in looks)
    looked = [mark != "." for mark in looks]
    seen = Observations(
        width=10,
        height=10,
        time_base=Fraction(1, 30),
        pts=times or tuple(range(len(looks))),
        faces=found,
        people=found,
        faces_looked=tuple(looked),
        people_looked=tuple(looked),
        motion=np.zeros((len(looks), 1, 1, 2), np.float16),
        cuts=frozenset(cuts),
        corrupt=(False,) * len(looks),
        unclear=(False,) * len(looks),
        damaged=0,
        repeated=0,
    )
    ledger = ledger_of(MODEL, found, tuple(looked), seen, strides=strides)
    letters = {
        "detected-found": "F",
        "detected-nothing": "n",
        "inferred": "i",
        "unseen": "U",
    }
    return "".join(letters[ledger.state(at).value] for at in seen.pts)


@pytest.mark.parametrize(
    ("looks", "cuts", "expected"),
    [
        ("FnF", (), "FnF"),
        ("F.F", (), "FiF"),
        ("F...n", (), "Fiiin"),
        ("F....n", (), "Fiiiin"),
        ("F.....n", (), "FUUUUUn"),
        ("F.n", (1,), "FUn"),
        ("F.n", (2,), "FUn"),
        ("F..", (), "FUU"),
        ("..F", (), "UUF"),
    ],
)
def test_a_frame_between_two_near_looks_is_inferred_and_others_are_unseen(
    looks: str, cuts: tuple[int, ...], expected: str
) -> None:
    assert states(looks, cuts=cuts) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((0, 1, 2, 3), "FiFn"),
        ((0, 1, 10, 11), "FiFn"),
        ((0, 1, 62, 63), "FUFn"),  # the second frame is shown for two seconds
        ((0, 60, 61, 62), "FUFn"),
    ],
)
def test_a_frame_that_is_shown_for_long_is_no_stride(times: tuple[int, ...], expected: str) -> None:
    assert states("F.Fn", times=times) == expected


@pytest.mark.parametrize(
    ("gap", "cuts", "expected"),
    [(9, (), "i"), (10, (), "U"), (9, (4,), "U")],
)
def test_a_finder_asked_at_every_second_look_has_two_strides(
    gap: int, cuts: tuple[int, ...], expected: str
) -> None:
    assert states(f"F{'.' * gap}n", cuts=cuts, strides=2) == f"F{expected * gap}n"


def test_two_strides_are_no_second() -> None:
    assert states("F.n", times=(0, 10, 19), strides=2) == "Fin"
    assert states("F.n", times=(0, 10, 21), strides=2) == "FUn"
