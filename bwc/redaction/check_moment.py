"""Whether each finished picture is the one of its own moment, not its neighbour shown once more.

A picture that stands in the next one's place has the right number and the right times, and where
little moves the two are alike enough to pass. It follows the original's picture before its own more
closely than its own, and a right one never does.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from bwc.media.encode import planes
from bwc.redaction.findings import Check, Finding

BLOCK = 8
EVERY = 2  # rows and columns: means need no more
# Mean grey levels by which the picture before fits better, and its share of what its own is off by:
# right pictures reached 0.03 and 0.89 over ten clips; standing pictures are not told apart.
LEAST_BETTER, MOST_SHARE = 0.1, 0.7
FEWEST = 32  # blocks free of masks: one grey level in one of three is a third, and told nothing

_Means = npt.NDArray[np.float32]


@dataclass(slots=True)
class MomentCheck:
    """Takes pair after pair; `findings` is final when all were given."""

    findings: list[Finding] = field(default_factory=list, init=False)
    _last: _Means | None = field(default=None, init=False)

    def take(self, before: VideoFrame, after: VideoFrame, mask: npt.NDArray[np.bool_]) -> None:
        """Hold the finished picture `after` against its original and the one before that.

        `mask` is (h, w), true where it is filled.
        """
        if before.format.name != after.format.name:
            before = before.reformat(format=after.format.name)
        own, shown = _blocks(planes(before)[0]), _blocks(planes(after)[0])
        last, self._last = self._last, own
        if last is None or not own.shape == shown.shape == last.shape or not own.size:
            return
        free = _blocks(mask.astype(np.float32)) == 0
        if int(free.sum()) < FEWEST:
            return
        off = float(np.abs(shown - own)[free].mean())
        better = float(np.abs(shown - last)[free].mean())
        if off - better > LEAST_BETTER and better < MOST_SHARE * off:
            what = "the picture before it is shown once more"
            self.findings.append(Finding(check=Check.FRAMES, what=what, pts=after.pts))


def _blocks(plane: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> _Means:
    """The mean of each whole block of every other row and column of `plane`."""
    plane = plane[::EVERY, ::EVERY]
    rows, columns = (side // BLOCK for side in plane.shape)
    if not rows or not columns:
        return np.zeros((0, 0), np.float32)
    whole = plane[: rows * BLOCK, : columns * BLOCK]
    small = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
