"""Two detectors as one judge."""

import numpy as np
import pytest

from bwc.ids import Sha256
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.every_finder import EveryFinder
from bwc.redaction.heads import FAIR_FACE, SURE_FACE
from bwc.redaction.second_look import CERTAIN_HIT, STEADY_HIT

PICTURE = np.zeros((90, 160, 3), np.uint8)


class Sees:
    sha256 = Sha256("3" * 64)

    def __init__(self, name: str, *boxes: tuple[float, ...]) -> None:
        self.name = name
        self._boxes = np.array(boxes, np.float32).reshape(-1, 5)

    def find(self, picture: Picture) -> Boxes:
        del picture
        return self._boxes


def test_what_either_sees_counts_once() -> None:
    both = EveryFinder(
        Sees("a", (10, 10, 30, 30, 0.9)),
        Sees("b", (11, 10, 31, 30, 0.2), (60, 20, 90, 50, 0.4)),
    )
    found = both.find(PICTURE)
    assert sorted(round(float(box[0])) for box in found) == [10, 60]


@pytest.mark.parametrize(("planned", "judged"), [(SURE_FACE, CERTAIN_HIT), (FAIR_FACE, STEADY_HIT)])
def test_what_would_make_a_plan_is_a_finding(planned: float, judged: float) -> None:
    seen = EveryFinder(Sees("a"), Sees("b", (1, 1, 9, 9, planned))).find(PICTURE)
    assert seen[0, 4] >= judged - 1e-6
