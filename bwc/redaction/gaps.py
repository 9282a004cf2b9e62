"""Stretches of a track that nobody saw and that lie between two sightings. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bwc.redaction.track import How

# Looks lie at most a third of a second apart, for people twice that; a chain bears 0.7 s of silence.
LONG_GAP = Fraction(1, 2)


def long_gaps(
    how: npt.NDArray[np.uint8], pts: Sequence[int], time_base: Fraction
) -> tuple[tuple[int, int], ...]:
    """First and last tick of each stretch that was inferred for longer than `LONG_GAP` seconds.

    Args:
        how: how the box of each picture came about, as `How`.
        pts: when each picture is shown.
        time_base: seconds in a tick.
    """
    seen = np.flatnonzero(how == How.SEEN).tolist()
    return tuple(
        (pts[left + 1], pts[right - 1])
        for left, right in pairwise(seen)
        if right > left + 1 and (pts[right] - pts[left]) * time_base > LONG_GAP
    )
