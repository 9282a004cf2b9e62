"""Finding exposed parts of bodies: NudeNet, on request alone, for its licence and its doubts.

The model is not fetched by default (`models.toml`); without it nudity is a region drawn by hand.
"""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import openvino

from bwc.redaction import models
from bwc.redaction.compiled import compile_model
from bwc.redaction.detect import Boxes, Picture, squares, suppress

SIDE = 320
FLOOR = 0.2  # as its maker has it
SAME_IOU = 0.45
# Rows of its answer after the four of the box: exposed buttocks, female breast, female genitals,
# male breast, anus, male genitals. A breast whose owner it takes for a man is hidden too; feet,
# armpits and bellies are not.
EXPOSED = (2, 3, 4, 5, 6, 14)


class NudityFinder:
    """NudeNet 320n on the whole picture and on the squares along its longer side."""

    name = "nudenet"

    def __init__(self, folder: Path) -> None:
        """Load the model out of the cache `folder`. Raises NotFound, IntegrityError."""
        self.sha256 = models.find(self.name).sha256
        core = openvino.Core()
        model = core.read_model(models.load(self.name, folder))
        model.reshape([1, 3, SIDE, SIDE])
        self._compiled = compile_model(model)

    def find(self, picture: Picture) -> Boxes:
        """Exposed parts above `FLOOR`."""
        height, width = picture.shape[:2]
        found = [self._find_in(picture)]
        side = min(height, width)
        if side < max(height, width):
            for x, y in squares(width, height, side=side):
                boxes = self._find_in(picture[y : y + side, x : x + side])
                found.append(boxes + np.array([x, y, x, y, 0], np.float32))
        return suppress(np.concatenate(found), SAME_IOU)

    def _find_in(self, view: Picture) -> Boxes:
        """Exposed parts in one view, filled up to a square at its right and lower edge."""
        side = max(view.shape[:2])
        down, across = side - view.shape[0], side - view.shape[1]
        square = cv2.copyMakeBorder(view, 0, down, 0, across, cv2.BORDER_CONSTANT)
        way = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(square, (SIDE, SIDE), interpolation=way), np.float32)
        (answer,) = self._compiled.run(
            np.ascontiguousarray(small.transpose(2, 0, 1)[None] / np.float32(255))
        )
        boxes = read_answer(answer[0])
        boxes[:, :4] *= side / SIDE
        return boxes


def read_answer(answer: npt.NDArray[np.float32]) -> Boxes:
    """Boxes out of YOLOv8's answer (22, n): middle, size, and 18 classes, in pixels of the input.

    A part is exposed where an exposed class is above the floor, whatever else it may be too.
    """
    scores = answer[[4 + which for which in EXPOSED]].max(axis=0)
    kept = scores > FLOOR
    middles, halves = answer[:2, kept].T, answer[2:4, kept].T / 2
    boxes = np.concatenate([middles - halves, middles + halves, scores[kept, None]], axis=1)
    return suppress(boxes.astype(np.float32), SAME_IOU)
