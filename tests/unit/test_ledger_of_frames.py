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


def states(looks: str, *, cuts: tuple[int, ...] = (), times: tuple[int, ...] | None = None) -> str:
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
        looked=tuple(looked),
        motion=np.zeros((len(looks), 1, 1, 2), np.float16),
        cuts=frozenset(cuts),
        corrupt=(False,) * len(looks),
        damaged=0,
        repeated=0,
    )
    ledger = ledger_of(MODEL, found, tuple(looked), seen)
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
