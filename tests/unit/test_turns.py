"""What a display matrix says to a player: quarters of a turn, and mirrors."""

import pytest

from bwc.media.decode import quarter_turn, rotation_of

ONE, WHOLE = 1 << 16, 1 << 30

# a, b, c, d of what a file says; the same of what is kept, and degrees that bring the top up
TURNS = {
    "a quarter to the left": ((0, -ONE, ONE, 0), (0, -ONE, ONE, 0), 90),
    "half a turn": ((-ONE, 0, 0, -ONE), (-ONE, 0, 0, -ONE), 180),
    "a quarter to the right": ((0, ONE, -ONE, 0), (0, ONE, -ONE, 0), 270),
    "a mirror, in which faces stay upright": ((-ONE, 0, 0, ONE), (-ONE, 0, 0, ONE), 0),
    "a mirror that stands on its head": ((ONE, 0, 0, -ONE), (ONE, 0, 0, -ONE), 180),
    "three degrees beside a quarter": ((3400, -65400, 65400, 3400), (0, -ONE, ONE, 0), 90),
    "half the size": ((-ONE // 2, 0, 0, -ONE // 2), (-ONE, 0, 0, -ONE), 180),
}


@pytest.mark.parametrize("which", TURNS)
def test_of_a_display_matrix_is_kept(which: str) -> None:
    (a, b, c, d), kept, degrees = TURNS[which]
    turn = quarter_turn((a, b, 5, c, d, 6, 320 * ONE, 7, WHOLE))
    assert turn == (kept[0], kept[1], 0, kept[2], kept[3], 0, 0, 0, WHOLE)
    assert rotation_of(turn) == degrees


def test_a_matrix_that_turns_nothing_is_none() -> None:
    assert quarter_turn((ONE, 0, 0, 0, ONE, 0, 77 * ONE, 0, WHOLE)) is None
    assert rotation_of(None) == 0
