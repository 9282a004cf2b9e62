"""Finding faces and people in one picture; each finder is a pinned model run by OpenVINO.

Pictures are (h, w, 3) uint8 RGB, upright. Boxes are (n, 5) float32: x0 y0 x1 y1 in pixels of the
picture given, ends exclusive, and a score in [0, 1]. Finders may be asked by several threads at
once: each thread works on one core with a request of its own, which wastes less than all cores
sharing one picture.
"""

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import cv2
import numpy as np
import numpy.typing as npt
import openvino

from bwc.ids import Sha256
from bwc.redaction import models
from bwc.redaction.anchors import anchors, boxes_from
from bwc.redaction.compiled import CompiledModel, KeptOnce, finder_model

Picture = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]
View = tuple[int, int, int, int]  # x, y, width and height of a part of a picture

FACE_STRIDE = 4  # CenterFace answers for each 4x4 pixels
SIDE_STEP = 32  # and wants sides that its five halvings divide
FACE_FLOOR = 0.1  # below this nine answers in ten are texture (docs/benchmarks.md)
PERSON_FLOOR = 0.15  # 88 % of heads without a face lie in such a box, 79 % at 0.3
PERSON_SIDE = 300
PERSON_ENTRY = "Preprocessor/map/TensorArrayStack/TensorArrayGatherV3:0"  # pictures, resized
PERSON_ANSWERS = ("Squeeze:0", "Postprocessor/convert_scores:0")  # places, scores of nobody, person
PERSON_OVERLAP = (
    0.2  # of a square: two of them cover a picture of 16 to 9, three take a third longer
)
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


@runtime_checkable
class Prepared(Protocol):
    """A finder that has to be made ready for each size of picture."""

    def prepare(self, width: int, height: int) -> None:
        """Do now what the first look at such a picture would wait for."""
        ...


class FaceFinder:
    """CenterFace: faces from about 8 pixels up, at whatever size the picture has."""

    name = "centerface"

    def __init__(self, folder: Path) -> None:
        """Load the model out of the cache `folder`. Raises NotFound, IntegrityError."""
        self.sha256 = models.find(self.name).sha256
        self._folder = folder
        self._path = models.load(self.name, folder)
        self._compiled = KeptOnce[tuple[int, int]](self._compile)

    def find(self, picture: Picture) -> Boxes:
        """Faces above `FACE_FLOOR`; sides that are not multiples of 32 are stretched to them."""
        height, width = picture.shape[:2]
        across, down = step_up(width), step_up(height)
        if (down, across) != (height, width):
            picture = np.asarray(cv2.resize(picture, (across, down)), np.uint8)
        heat, size, offset = self._compiled[across, down].run(picture[None])[:3]
        boxes = _read_heat(heat[0, 0], size[0], offset[0])
        boxes[:, [0, 2]] *= width / across
        boxes[:, [1, 3]] *= height / down
        return boxes

    def prepare(self, width: int, height: int) -> None:
        """Compile for pictures of one size, so that the first look need not."""
        _ = self._compiled[step_up(width), step_up(height)]

    def _compile(self, size: tuple[int, int]) -> CompiledModel:
        """The model for one size; a recording has three or four."""

        def build() -> Any:
            return face_graph(openvino.Core().read_model(self._path), *size)

        return finder_model(self.name, f"{size[0]}x{size[1]}", build, self._folder)


class PersonFinder:
    """The pedestrian SSDLite, on the whole picture and on squares of it: people of any pose."""

    name = "pedestrian-ssdlite"

    def __init__(self, folder: Path) -> None:
        """Load the model out of the cache `folder`. Raises NotFound, IntegrityError."""
        self.sha256 = models.find(self.name).sha256
        self._folder = folder
        self._path = models.load(self.name, folder)
        self._anchors = anchors()
        self._compiled = KeptOnce[int](self._compile)

    def find(self, picture: Picture) -> Boxes:
        """People above `PERSON_FLOOR`.

        The model squeezes whatever it gets into a square; a wide picture makes people thin. So it
        is asked about the squares that fit along the longer side as well.
        """
        views = person_views(picture.shape[1], picture.shape[0])
        found = []
        for (x, y, across, down), answers, score in zip(
            views, *self._look(picture, views), strict=True
        ):
            kept = score > PERSON_FLOOR
            boxes = boxes_from(answers[kept], self._anchors[kept])[:, [1, 0, 3, 2]]
            placed = boxes.clip(0, 1) * (across, down, across, down) + (x, y, x, y)
            found.append(np.concatenate([placed, score[kept, None]], axis=1).astype(np.float32))
        return suppress(np.concatenate(found), SAME_PERSON_IOU)

    def _look(
        self, picture: Picture, views: list[View]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """For each view: (n, 4) answers for the anchors, and (n,) scores."""
        tensor = np.empty((len(views), PERSON_SIDE, PERSON_SIDE, 3), np.uint8)
        for at, (x, y, across, down) in enumerate(views):
            tensor[at] = squeezed(picture[y : y + down, x : x + across])
        answers, scores = self._compiled[len(views)].run(tensor)
        return answers, scores[..., 1]

    def prepare(self, width: int, height: int) -> None:
        """Compile for pictures of one size, so that the first look need not."""
        _ = self._compiled[len(person_views(width, height))]

    def _compile(self, views: int) -> CompiledModel:
        """The model for so many views at once; a recording has one number."""

        def build() -> Any:
            return person_graph(self._path, views)

        return finder_model(self.name, f"{views} views of bytes", build, self._folder)


def person_views(width: int, height: int) -> list[View]:
    """The whole picture, and the squares that fit along its longer side."""
    side = min(height, width)
    views = [(0, 0, width, height)]
    if width != height:
        corners = squares(width, height, side=side, overlap=PERSON_OVERLAP)
        views += [(x, y, side, side) for x, y in corners]
    return views


def squeezed(picture: Picture) -> Picture:
    """`picture` as a square of `PERSON_SIDE` pixels.

    Whole pixels are averaged until it is less than twice as large, then it is brought there between
    them: a tenth of the time of one average over parts of pixels.
    """
    height, width = picture.shape[:2]
    whole = (width // max(1, width // PERSON_SIDE), height // max(1, height // PERSON_SIDE))
    if whole != (width, height):
        picture = np.asarray(cv2.resize(picture, whole, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(picture, (PERSON_SIDE, PERSON_SIDE)), np.uint8)


def squares(width: int, height: int, *, side: int, overlap: float = 0.25) -> list[tuple[int, int]]:
    """Left upper corners of the fewest squares of `side` that cover the picture and overlap so much.

    >>> squares(854, 480, side=480)
    [(0, 0), (187, 0), (374, 0)]
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


def face_graph(model: Any, width: int, height: int) -> Any:
    """`model` (1, 3, h, w) made to take (1, h, w, 3) uint8 of one size, converted inside."""
    model.reshape([1, 3, height, width])
    steps = openvino.preprocess.PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    return steps.build()


def person_graph(path: Path, views: int) -> Any:
    """SSDLite out of `path` for `views` pictures at once: (views, 300, 300, 3) uint8 to answers, scores.

    As shipped it resizes before and suppresses after in loops of the graph, one picture at a time:
    half of its time. Both are done outside, and so are anchors, which are most of what there is to
    read and to compile; only what is between is read, and runs as one batch.
    """
    reader = openvino.frontend.FrontEndManager().load_by_framework("tf")
    graph = reader.load(str(path))
    entry = graph.get_place_by_tensor_name(PERSON_ENTRY)
    graph.extract_subgraph([entry], [graph.get_place_by_tensor_name(x) for x in PERSON_ANSWERS])
    graph.set_partial_shape(entry, openvino.PartialShape([views, PERSON_SIDE, PERSON_SIDE, 3]))
    graph.set_element_type(entry, openvino.Type.f32)
    model = reader.convert(graph)
    picture = next(one for one in model.get_parameters() if PERSON_ENTRY in one.output(0).names)
    found = openvino.Model(model.get_results(), [picture], "people")
    steps = openvino.preprocess.PrePostProcessor(found)
    steps.input().tensor().set_element_type(openvino.Type.u8)
    return steps.build()


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
