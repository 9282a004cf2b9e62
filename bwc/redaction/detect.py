"""Finding faces and people in one picture; each finder is a pinned model run by OpenVINO.

Pictures are (h, w, 3) uint8 RGB, upright. Boxes are (n, 5) float32: x0 y0 x1 y1 in pixels of the
picture given, ends exclusive, and a score in [0, 1].
"""

from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import openvino

from bwc.ids import Sha256
from bwc.redaction import models

Picture = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]

FACE_STRIDE = 4  # CenterFace answers for each 4x4 pixels
SIDE_STEP = 32  # and wants sides that its five halvings divide
FACE_FLOOR = 0.1  # below this nine answers in ten are texture (docs/benchmarks.md)
PERSON_FLOOR = 0.15  # 88 % of heads without a face lie in such a box, 79 % at 0.3
PERSON_SIDE = 300
SAME_FACE_IOU = 0.3
SAME_PERSON_IOU = 0.6


class Finder(Protocol):
    """A detector: what it is, and what it sees in a picture."""

    @property
    def name(self) -> str:
        """Its name in `models.toml`."""
        ...

    @property
    def sha256(self) -> Sha256:
        """The hash of its weights."""
        ...

    def find(self, picture: Picture) -> Boxes:
        """Everything it sees in `picture` above its floor."""
        ...


class FaceFinder:
    """CenterFace: faces from about 8 pixels up, at whatever size the picture has."""

    name = "centerface"

    def __init__(self, folder: Path) -> None:
        """Load the model out of the cache `folder`. Raises NotFound, IntegrityError."""
        self.sha256 = models.find(self.name).sha256
        self._core = openvino.Core()
        self._model = self._core.read_model(_cleaned(models.load(self.name, folder)))
        self._compiled: dict[tuple[int, int], Any] = {}

    def find(self, picture: Picture) -> Boxes:
        """Faces above `FACE_FLOOR`; sides that are not multiples of 32 are stretched to them."""
        height, width = picture.shape[:2]
        down, across = step_up(height), step_up(width)
        if (down, across) != (height, width):
            picture = np.asarray(cv2.resize(picture, (across, down)), np.uint8)
        tensor = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
        request = self._request(across, down)
        request.infer([tensor])
        heat, size, offset = (request.get_output_tensor(i).data for i in range(3))
        boxes = _read_heat(heat[0, 0], size[0], offset[0])
        boxes[:, [0, 2]] *= width / across
        boxes[:, [1, 3]] *= height / down
        return boxes

    def _request(self, width: int, height: int) -> Any:
        """The model compiled for one size; a recording has one or two."""
        key = (width, height)
        if key not in self._compiled:
            model = self._model.clone()
            model.reshape([1, 3, height, width])
            self._compiled[key] = compile_model(self._core, model)
        return self._compiled[key]


class PersonFinder:
    """The pedestrian SSDLite, on the whole picture and on squares of it: people of any pose."""

    name = "pedestrian-ssdlite"

    def __init__(self, folder: Path) -> None:
        """Load the model out of the cache `folder`. Raises NotFound, IntegrityError."""
        self.sha256 = models.find(self.name).sha256
        core = openvino.Core()
        model = core.read_model(models.load(self.name, folder))
        model.reshape([1, PERSON_SIDE, PERSON_SIDE, 3])
        self._request = compile_model(core, model)

    def find(self, picture: Picture) -> Boxes:
        """People above `PERSON_FLOOR`.

        The model squeezes whatever it gets into a square; a wide picture makes people thin. So it
        is asked about the squares that fit along the longer side as well.
        """
        height, width = picture.shape[:2]
        found = [self._find_in(picture)]
        side = min(height, width)
        for x0, y0 in squares(width, height, side=side):
            boxes = self._find_in(picture[y0 : y0 + side, x0 : x0 + side])
            boxes[:, :4] += (x0, y0, x0, y0)
            found.append(boxes)
        return suppress(np.concatenate(found), SAME_PERSON_IOU)

    def _find_in(self, picture: Picture) -> Boxes:
        """People in one view."""
        height, width = picture.shape[:2]
        squeezed = cv2.resize(picture, (PERSON_SIDE, PERSON_SIDE), interpolation=cv2.INTER_AREA)
        self._request.infer([np.ascontiguousarray(squeezed[None])])
        corners, _, scores = (self._request.get_output_tensor(i).data[0] for i in range(3))
        kept = scores > PERSON_FLOOR
        boxes = corners[kept][:, [1, 0, 3, 2]] * (width, height, width, height)
        return np.concatenate([boxes, scores[kept, None]], axis=1).astype(np.float32)


def compile_model(core: Any, model: Any) -> Any:
    """An inference request for `model` on this machine's processor, at its fastest precision."""
    return core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"}).create_infer_request()


def squares(width: int, height: int, *, side: int, overlap: float = 0.25) -> list[tuple[int, int]]:
    """Left upper corners of the fewest squares of `side` that cover the picture.

    >>> squares(854, 480, side=480)
    [(0, 0), (374, 0)]
    """
    return [(x, y) for y in _starts(height, side, overlap) for x in _starts(width, side, overlap)]


def step_up(pixels: int) -> int:
    """`pixels` rounded to the nearest side CenterFace takes."""
    return max(SIDE_STEP, round(pixels / SIDE_STEP) * SIDE_STEP)


def suppress(boxes: Boxes, limit: float) -> Boxes:
    """The best of each group of boxes that overlap by more than `limit` IoU, best first."""
    left = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    kept = []
    while len(left):
        kept.append(left[0])
        left = left[1:][overlaps(left[0], left[1:]) <= limit]
    return np.stack(kept) if kept else boxes


def overlaps(box: npt.NDArray[np.float32], others: Boxes) -> npt.NDArray[np.float32]:
    """IoU of `box` with each of `others`."""
    across = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    down = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    shared = across.clip(0) * down.clip(0)
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    whole = (box[2] - box[0]) * (box[3] - box[1]) + areas - shared
    return np.asarray(shared / np.maximum(whole, 1e-6), np.float32)


def _starts(length: int, side: int, overlap: float) -> list[int]:
    """Where stretches of `side` start so that they cover `length`."""
    if length <= side:
        return [0]
    count = int(np.ceil((length - side) / (side * (1 - overlap)))) + 1
    return [round(i * (length - side) / (count - 1)) for i in range(count)]


def _cleaned(path: Path) -> bytes:
    """CenterFace with its weights out of the graph's inputs and its sides left open.

    As shipped it declares each weight as an input and one fixed size, which no runtime optimises.
    """
    model = onnx.load(path)
    weights = {weight.name for weight in model.graph.initializer}
    for entry in [entry for entry in model.graph.input if entry.name in weights]:
        model.graph.input.remove(entry)
    for entry in [*model.graph.input, *model.graph.output]:
        sides = entry.type.tensor_type.shape.dim
        for axis, name in ((0, "batch"), (2, "height"), (3, "width")):
            sides[axis].Clear()
            sides[axis].dim_param = name
    del model.graph.value_info[:]
    return bytes(model.SerializeToString())


def _read_heat(
    heat: npt.NDArray[np.float32], size: npt.NDArray[np.float32], offset: npt.NDArray[np.float32]
) -> Boxes:
    """Boxes from CenterFace's heat map (h, w), log sizes and offsets (2, h, w; y before x)."""
    rows, columns = np.nonzero(heat > FACE_FLOOR)
    half_height, half_width = np.exp(size[:, rows, columns]) * FACE_STRIDE / 2
    y = (rows + offset[0, rows, columns] + 0.5) * FACE_STRIDE
    x = (columns + offset[1, rows, columns] + 0.5) * FACE_STRIDE
    edges = [x - half_width, y - half_height, x + half_width, y + half_height]
    boxes = np.stack([*edges, heat[rows, columns]], axis=1).astype(np.float32)
    return suppress(boxes, SAME_FACE_IOU)
