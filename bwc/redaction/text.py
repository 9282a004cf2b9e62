"""Finding text: PP-OCR's detector, run on the whole picture at a size at which plates are seen.

The model says for each pixel how surely text is there (differentiable binarization, Liao et al.
2020, arXiv:1911.08947). What is surer than `THRESHOLD` and hangs together is a line or a piece of
one; the model draws lines thinner than they are, so that each is grown again. Nothing is read:
no letter leaves this module.
"""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import openvino

from bwc.redaction import models
from bwc.redaction.compiled import CompiledModel, compile_model
from bwc.redaction.detect import Boxes, Picture

Map = npt.NDArray[np.float32]  # (h, w): how surely text is there, 0 to 1
Outline = npt.NDArray[np.int32]  # (n, 1, 2): corners, x and y

STEP = 32  # the network halves its sides five times
LOOK_SIDE = 1920  # small pictures are enlarged towards it
MOST_ENLARGED = 2.0  # at 3 plates of 7 pixels are found, and blobs on plain walls
LARGEST_TILE = 1920  # pixels a side; memory does not grow with the picture
TILE_OVERLAP = 160  # a plate that a tile cuts lies whole in its neighbour
# In blue, green, red, as PaddleOCR was trained. With RapidOCR's own means of 0.5, 75 % of plates
# 10 pixels high were covered where these cover 94 %, not enlarged.
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
THRESHOLD = 0.2  # of plates of 10 pixels, not enlarged, 94 % are covered, 92 % at 0.3
FLOOR = 0.3  # mean sureness of a line; below are lawns and foliage
LEAST_FILLED = 0.7  # of its rectangle; plates fill 0.77 and more, what only looks busy is ragged
CORE = 0.9  # of a ragged piece only what is as sure as this is text: no plate of `plates/` is lost
THINNEST = 3.0  # pixels of the map
GROWTH = 1.6  # times area by length of the outline: what the model's drawing left off


class TextFinder:
    """PP-OCR text detection: lines of text from about 8 pixels up, in any direction."""

    name = "ppocr-text"

    def __init__(self, folder: Path) -> None:
        """Load the model out of the cache `folder`. Raises NotFound, IntegrityError."""
        self.sha256 = models.find(self.name).sha256
        self._model = openvino.Core().read_model(models.load(self.name, folder))
        self._compiled: dict[tuple[int, int], CompiledModel] = {}

    def find(self, picture: Picture) -> Boxes:
        """Lines of text, and pieces of lines, surer than `FLOOR`."""
        height, width = picture.shape[:2]
        across, down = look_size(width, height)
        way = cv2.INTER_LINEAR if across >= width else cv2.INTER_AREA
        sized = np.asarray(cv2.resize(picture, (across, down), interpolation=way), np.uint8)
        boxes = read_map(self._map(sized))
        boxes[:, [0, 2]] *= width / across
        boxes[:, [1, 3]] *= height / down
        return boxes

    def _map(self, picture: Picture) -> Map:
        """Where text is, put together from tiles: the surest answer counts."""
        down, across = picture.shape[:2]
        whole = np.zeros((down, across), np.float32)
        tall, rows = tiles(down)
        wide, columns = tiles(across)
        for y in rows:
            for x in columns:
                part = whole[y : y + tall, x : x + wide]
                np.maximum(part, self._infer(picture[y : y + tall, x : x + wide]), out=part)
        return whole

    def _infer(self, tile: Picture) -> Map:
        """The model's answer for one tile, whose sides are multiples of `STEP`."""
        down, across = tile.shape[:2]
        if (across, down) not in self._compiled:
            model = self._model.clone()
            model.reshape([1, 3, down, across])
            self._compiled[across, down] = compile_model(model)
        compiled = self._compiled[across, down]
        values = (tile[:, :, ::-1].astype(np.float32) / 255 - MEAN) / DEVIATION
        (answer,) = compiled.run(np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32))
        return np.asarray(answer[0, 0], np.float32)


def look_size(width: int, height: int) -> tuple[int, int]:
    """The size to look at, in multiples of `STEP`: small pictures larger, none smaller.

    >>> look_size(480, 270)
    (960, 544)
    >>> look_size(1920, 1080)
    (1920, 1088)
    """
    scale = min(MOST_ENLARGED, max(1.0, LOOK_SIDE / max(width, height)))
    across, down = (max(1, -(-round(side * scale) // STEP)) * STEP for side in (width, height))
    return across, down


def tiles(length: int) -> tuple[int, list[int]]:
    """The size of the tiles that cover `length`, and where they start; multiples of `STEP`.

    >>> tiles(1920)
    (1920, [0])
    >>> tiles(2560)
    (1376, [0, 1184])
    """
    if length <= LARGEST_TILE:
        return length, [0]
    count = -(-(length - TILE_OVERLAP) // (LARGEST_TILE - TILE_OVERLAP))
    size = -(-(length + (count - 1) * TILE_OVERLAP) // (count * STEP)) * STEP
    room = (length - size) // STEP
    return size, [i * room // (count - 1) * STEP for i in range(count)]


def read_map(sure: Map) -> Boxes:
    """Upright boxes around what is text in a map, grown to what the model left off."""
    found = []
    for outline in _outlines(sure, THRESHOLD):
        if _filled(outline) >= LEAST_FILLED:
            found.append(_box(outline, sure))
        else:
            found += [_box(core, sure) for core in _cores(outline, sure)]
    return np.array([box for box in found if box is not None], np.float32).reshape(-1, 5)


def _outlines(sure: Map, limit: float) -> list[Outline]:
    """Outlines of what hangs together above `limit`."""
    marked = (sure > limit).astype(np.uint8)
    outlines, _ = cv2.findContours(marked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [np.asarray(outline, np.int32) for outline in outlines]


def _filled(outline: Outline) -> float:
    """The share of the smallest rectangle around it that a piece fills."""
    _, (length, breadth), _ = cv2.minAreaRect(outline)
    return cv2.contourArea(outline) / max(length * breadth, 1e-6)


def _cores(outline: Outline, sure: Map) -> list[Outline]:
    """The outlines of what is surest inside a piece."""
    x, y, width, height = cv2.boundingRect(outline)
    inside = sure[y : y + height, x : x + width] * _drawn(outline)
    return [core + np.array((x, y), np.int32) for core in _outlines(inside, CORE)]


def _drawn(outline: Outline) -> npt.NDArray[np.uint8]:
    """1 inside a piece, in the upright rectangle around it."""
    x, y, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [outline - np.array((x, y), np.int32)], -1, 1, thickness=-1)
    return inside


def _box(outline: Outline, sure: Map) -> tuple[float, ...] | None:
    """The box around one piece, and how sure it is; None for a speck or a doubt."""
    middle, (length, breadth), angle = cv2.minAreaRect(outline)
    if min(length, breadth) < THINNEST:
        return None
    x, y, width, height = cv2.boundingRect(outline)
    score = float(cv2.mean(sure[y : y + height, x : x + width], _drawn(outline))[0])
    if score < FLOOR:
        return None
    extra = 2 * GROWTH * length * breadth / (2 * (length + breadth))
    corners = cv2.boxPoints((middle, (length + extra, breadth + extra), angle))
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1), score
