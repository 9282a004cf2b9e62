"""Whether a picture stands still: nothing in it moves, and the camera does not either.

Flow says how each cell moved from frame to frame. What swings to and fro comes back; what walks
adds up.
"""

import numpy as np
import numpy.typing as npt

from bwc.redaction.flow import COLUMNS, ROWS, Step

STILL_DRIFT = 0.01  # of the width or height; a head that is looked for is not smaller
STILL_CHANGE = 0.7  # mean grey levels that flow does not explain; carried cameras stay above 0.7


class Stillness:
    """What moved since it was begun anew."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._drift: npt.NDArray[np.float32] = np.zeros((ROWS, COLUMNS, 2), np.float32)
        self._change = 0.0

    def take(self, step: Step) -> None:
        """Take in what changed from one frame to the next."""
        self._drift += step.motion
        self._change = np.inf if step.is_cut else max(self._change, step.change)

    @property
    def is_still(self) -> bool:
        """Whether nothing moved."""
        return self._change < STILL_CHANGE and float(np.abs(self._drift).max()) < STILL_DRIFT

    def begin_anew(self) -> None:
        """Forget what moved."""
        self._drift[:] = 0
        self._change = 0.0
