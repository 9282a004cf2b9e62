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
        for x, y, side in tiles(picture.shape[1], picture.shape[0]):
            boxes = self._find_in(picture[y : y + side, x : x + side])
            found.append(boxes + np.array([x, y, x, y, 0], np.float32))
        return suppress(np.concatenate(found), SAME_IOU)

    def _find_in(self, view: Picture) -> Boxes:
        """Faces in one square, in its pixels; one cut by the picture's edge is filled up."""
        side = max(view.shape[:2])
        if view.shape[0] != view.shape[1]:
            view = np.asarray(
                cv2.copyMakeBorder(
                    view, 0, side - view.shape[0], 0, side - view.shape[1], cv2.BORDER_CONSTANT
                ),
                np.uint8,
            )
        way = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(view, (SIDE, SIDE), interpolation=way), np.float32)
        raw, logits = (answer[0] for answer in self._compiled.run(small[None] / 127.5 - 1))
        scores = 1 / (1 + np.exp(-logits[:, 0].clip(-80, 80)))
        kept = scores > FLOOR
        middles = raw[kept, :2] / SIDE + self._anchors[kept]
        halves = raw[kept, 2:4] / SIDE / 2
        boxes = np.concatenate([middles - halves, middles + halves], axis=1) * side
        return suppress(
            np.concatenate([boxes, scores[kept, None]], axis=1).astype(np.float32), SAME_IOU
        )


def tiles(width: int, height: int) -> Iterator[tuple[int, int, int]]:
    """Left, top and side of every square looked at: the largest that fit, then smaller ones."""
    side = min(width, height)
    for _ in range(HALVINGS):
        for x, y in squares(width, height, side=side):
            yield x, y, side
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
