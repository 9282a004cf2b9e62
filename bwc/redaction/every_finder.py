"""Both face detectors as one judge, for a file that comes without a plan.

Where a plan is at hand the independent detector judges alone, for the other one made the plan.
Another tool's output was made by neither: whatever either sees in it counts.
"""

import numpy as np

from bwc.redaction.detect import Boxes, Finder, Picture, suppress
from bwc.redaction.heads import SURE_FACE
from bwc.redaction.second_look import CERTAIN_HIT

SAME_IOU = 0.3


class EveryFinder:
    """What the independent detector or the planning one sees, by the independent one's measure."""

    def __init__(self, independent: Finder, planning: Finder) -> None:
        """Take both; the answers of `planning` are brought to the same scale."""
        self.name = f"{independent.name} and {planning.name}"
        self.sha256 = independent.sha256
        self._independent, self._planning = independent, planning

    def find(self, picture: Picture) -> Boxes:
        """Faces in (h, w, 3) uint8 RGB; one that a plan would be sure of is certain here too."""
        seen = self._planning.find(picture).copy()
        seen[:, 4] = (seen[:, 4] * CERTAIN_HIT / SURE_FACE).clip(0, 1)
        return suppress(np.concatenate([self._independent.find(picture), seen]), SAME_IOU)
