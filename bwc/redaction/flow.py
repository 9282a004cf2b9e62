"""How the picture moves from frame to frame, as a coarse grid that `track` can carry boxes with.

Dense flow on a small grey picture, averaged over cells. What is kept of a frame is a kilobyte, and
it is kept in a scratch file: memory does not grow with the length of a recording.
"""

import tempfile
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Cells = npt.NDArray[np.float32]  # (ROWS, COLUMNS), grey levels
Grid = npt.NDArray[np.float16]  # (ROWS, COLUMNS, 2), x and y, in shares of width and height

SMALL_WIDTH, SMALL_HEIGHT = 256, 144
CELL = 8
ROWS, COLUMNS = SMALL_HEIGHT // CELL, SMALL_WIDTH // CELL
CUT_CHANGE = 28.0  # mean grey levels that flow cannot explain; whip pans reach 20, cuts 35 to 90
CUT_HISTOGRAM = 0.35  # and the share of grey levels that moved elsewhere; pans stay below 0.2
USUAL_STEPS = 10  # what a cell and those beside it did in the steps before is usual there

_Y, _X = np.mgrid[0:SMALL_HEIGHT, 0:SMALL_WIDTH].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Step:
    """What changed since the frame before."""

    motion: Grid
    is_cut: bool
    change: float  # mean grey levels that the motion does not explain
    surprise: float  # by how many more of them than usual the most changed cell has


class Flow:
    """Compares each small grey picture with the one before."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._before: Grey | None = None
        self._usual: deque[Cells] = deque(maxlen=USUAL_STEPS)

    def step(self, picture: Grey) -> Step:
        """The motion from the picture before to this one; none at the first and across a cut.

        `picture` is (SMALL_HEIGHT, SMALL_WIDTH), as `small_grey` makes it.
        """
        before, self._before = self._before, picture
        still = np.zeros((ROWS, COLUMNS, 2), np.float16)
        if before is None:
            return Step(still, is_cut=False, change=0.0, surprise=0.0)
        flow = np.asarray(
            self._flow.calc(before, picture, np.zeros((*picture.shape, 2), np.float32)), np.float32
        )
        unexplained = _unexplained(before, picture, flow)
        change = float(unexplained.mean())
        if change >= CUT_CHANGE and may_be_cut(before, picture):
            self._usual.clear()
            return Step(still, is_cut=True, change=change, surprise=0.0)
        surprise = self._surprise(unexplained)
        cells = cv2.resize(flow, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
        motion = (cells / (SMALL_WIDTH, SMALL_HEIGHT)).astype(np.float16)
        return Step(motion, is_cut=False, change=change, surprise=surprise)

    def _surprise(self, cells: Cells) -> float:
        """What of `cells` exceeds the most that was seen there or beside it; nothing at first."""
        usual = np.max(self._usual, axis=0) if self._usual else None
        self._usual.append(cells)
        if usual is None:
            return 0.0
        return float((cells - cv2.dilate(usual, np.ones((3, 3), np.uint8))).max())


def may_be_cut(before: Grey, now: Grey) -> bool:
    """Whether so many greys moved elsewhere that a cut may lie between; without it there is none."""
    return _histogram_distance(before, now) > CUT_HISTOGRAM


def small_grey(luma: Grey, *, is_sideways: bool = False) -> Grey:
    """A picture's brightness at the size that flow works on once it is upright.

    One that is less than twice as large is sampled between its pixels. A larger one is halved first,
    for which OpenCV has a quick way: at 1080p the whole takes a thirtieth of the time of one average.
    """
    size = (SMALL_HEIGHT, SMALL_WIDTH) if is_sideways else (SMALL_WIDTH, SMALL_HEIGHT)
    height, width = luma.shape
    while width >= 2 * size[0] and height >= 2 * size[1]:
        width, height = width // 2, height // 2
        luma = np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    is_near = width < 2 * size[0] and height < 2 * size[1]
    way = cv2.INTER_LINEAR if is_near else cv2.INTER_AREA
    return np.asarray(cv2.resize(luma, size, interpolation=way), np.uint8)


class MotionStore:
    """Grids of a whole recording in a scratch file; read by index once all are written."""

    def __init__(self) -> None:
        """Open the scratch file; it has no name and ends with this object."""
        self._file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        self._count = 0

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the file."""
        self._file.close()

    def append(self, grids: npt.NDArray[np.float16]) -> None:
        """Keep the motion of the next frames, (n, ROWS, COLUMNS, 2)."""
        self._file.write(grids.tobytes())
        self._count += len(grids)

    def grids(self) -> npt.NDArray[np.float16]:
        """(n, ROWS, COLUMNS, 2), mapped from the file."""
        self._file.flush()
        shape = (self._count, ROWS, COLUMNS, 2)
        if self._count == 0:
            return np.zeros(shape, np.float16)
        mapped = np.memmap(self._file, np.float16, "r", shape=shape)
        return mapped.view(np.ndarray)  # which is read many thousand times, twice as fast


def _unexplained(before: Grey, now: Grey, flow: npt.NDArray[np.float32]) -> Cells:
    """Mean grey levels, by cell, by which the picture differs from where its motion carries it."""
    carried = cv2.remap(
        now, _X + flow[..., 0], _Y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    levels = cv2.absdiff(carried, before).astype(np.float32)
    cells = cv2.resize(levels, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return np.asarray(cells, np.float32)


def _histogram_distance(first: Grey, second: Grey) -> float:
    """Share of the pixels whose grey level (in 32 steps) would have to change."""
    bins = [np.bincount(picture.ravel() >> 3, minlength=32) for picture in (first, second)]
    return float(np.abs(bins[0] - bins[1]).sum()) / (2 * first.size)
