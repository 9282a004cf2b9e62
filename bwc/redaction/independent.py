"""The independent verifier: another model, other training data, another way of looking.

BlazeFace (full range) never takes part in making a plan. It looks at the finished picture in
overlapping squares of several sizes, so that small faces are large to it.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import openvino

from bwc.redaction import models
from bwc.redaction.compiled import compile_model
from bwc.redaction.detect import Boxes, Picture, squares, suppress

SIDE = 192
CELLS = 48
FLOOR = 0.4  # its makers use 0.5; a lower one sees more and errs more
LEAST_TILE = 160  # pixels; smaller squares only blow up noise
HALVINGS = 2
SAME_IOU = 0.3


class IndependentFinder:
    """BlazeFace full range on squares of the picture."""

    name = "blazeface-full-range"

    def __init__(self, folder: Path) -> None:
        """Load the model out of the cache `folder`. Raises NotFound, IntegrityError."""
        self.sha256 = models.find(self.name).sha256
        core = openvino.Core()
        model = core.read_model(models.load(self.name, folder))
        self._compiled = compile_model(model)
        at = (np.arange(CELLS, dtype=np.float32) + 0.5) / CELLS
        self._anchors = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)

    def find(self, picture: Picture) -> Boxes:
        """Faces above `FLOOR` in (h, w, 3) uint8 RGB, in its pixels."""
        found = [np.zeros((0, 5), np.float32)]
        for small in _sizes(picture):
            height, width = small.shape[:2]
            grown = (picture.shape[1] / width, picture.shape[0] / height)
            for x, y in squares(width, height, side=SIDE):
                boxes = self._find_in(small[y : y + SIDE, x : x + SIDE])
                boxes[:, :4] = (boxes[:, :4] + [x, y, x, y]) * (grown * 2)
                found.append(boxes)
        return suppress(np.concatenate(found), SAME_IOU)

    def _find_in(self, square: Picture) -> Boxes:
        """Faces in a square of `SIDE` pixels, in its pixels."""
        tensor = square[None].astype(np.float32) / np.float32(127.5) - np.float32(1)
        raw, logits = (answer[0] for answer in self._compiled.run(tensor))
        scores = 1 / (1 + np.exp(-logits[:, 0].clip(-80, 80)))
        kept = scores > FLOOR
        middles = raw[kept, :2] + self._anchors[kept] * SIDE
        halves = raw[kept, 2:4] / 2
        boxes = np.concatenate([middles - halves, middles + halves, scores[kept, None]], axis=1)
        return suppress(boxes.astype(np.float32), SAME_IOU)


def _sizes(picture: Picture) -> Iterator[Picture]:
    """The picture so small that a square of `SIDE` is as large as fits, then twice as large."""
    height, width = picture.shape[:2]
    side = min(width, height)
    for _ in range(HALVINGS):
        size = (max(SIDE, round(width * SIDE / side)), max(SIDE, round(height * SIDE / side)))
        way = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
        yield np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)
        side //= 2
        if side < LEAST_TILE:
            return


def unexplained(hits: Boxes, masked: npt.NDArray[np.bool_], *, least_masked: float) -> Boxes:
    """Hits of which less than `least_masked` of the area is filled by the plan.

    `masked` is (h, w), true where the picture is filled.
    """
    left = []
    for hit in hits:
        x0, y0 = (max(0, int(edge)) for edge in hit[:2])
        x1, y1 = (int(np.ceil(edge)) for edge in hit[2:4])
        inside = masked[y0:y1, x0:x1]
        if inside.size and float(inside.mean()) < least_masked:
            left.append(hit)
    return np.stack(left) if left else np.zeros((0, 5), np.float32)
