"""How the picture moves from frame to frame, as a coarse grid that `track` can carry boxes with.

Dense flow on a small grey picture, averaged over cells. What is kept of a frame is a kilobyte, and
it is kept in a scratch file: memory does not grow with the length of a recording.
"""

import tempfile
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Grid = npt.NDArray[np.float16]  # (ROWS, COLUMNS, 2), x and y, in shares of width and height

SMALL_WIDTH, SMALL_HEIGHT = 256, 144
CELL = 8
ROWS, COLUMNS = SMALL_HEIGHT // CELL, SMALL_WIDTH // CELL
CUT_CHANGE = 28.0  # mean grey levels that flow cannot explain; whip pans reach 20, cuts 35 to 90
CUT_HISTOGRAM = 0.35  # and the share of grey levels that moved elsewhere; pans stay below 0.2


@dataclass(frozen=True, slots=True)
class Step:
    """What changed since the frame before."""

    motion: Grid
    is_cut: bool


class Flow:
    """Compares each small grey picture with the one before."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._before: Grey | None = None

    def step(self, picture: Grey) -> Step:
        """The motion from the picture before to this one; none at the first and across a cut."""
        small = np.asarray(
            cv2.resize(picture, (SMALL_WIDTH, SMALL_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8
        )
        before, self._before = self._before, small
        still = np.zeros((ROWS, COLUMNS, 2), np.float16)
        if before is None:
            return Step(still, is_cut=False)
        flow = np.asarray(
            self._flow.calc(before, small, np.zeros((*small.shape, 2), np.float32)), np.float32
        )
        if _is_cut(before, small, flow):
            return Step(still, is_cut=True)
        cells = cv2.resize(flow, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
        return Step((cells / (SMALL_WIDTH, SMALL_HEIGHT)).astype(np.float16), is_cut=False)


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

    def append(self, grid: Grid) -> None:
        """Keep the motion of the next frame."""
        self._file.write(grid.tobytes())
        self._count += 1

    def grids(self) -> npt.NDArray[np.float16]:
        """(n, ROWS, COLUMNS, 2), mapped from the file."""
        self._file.flush()
        shape = (self._count, ROWS, COLUMNS, 2)
        if self._count == 0:
            return np.zeros(shape, np.float16)
        return np.memmap(self._file, np.float16, "r", shape=shape)


def _is_cut(before: Grey, now: Grey, flow: npt.NDArray[np.float32]) -> bool:
    """Whether neither motion nor light explains the change."""
    y, x = np.mgrid[0:SMALL_HEIGHT, 0:SMALL_WIDTH].astype(np.float32)
    carried = cv2.remap(
        now, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    change = float(np.abs(carried.astype(np.int16) - before).mean())
    if change < CUT_CHANGE:
        return False
    return _histogram_distance(before, now) > CUT_HISTOGRAM


def _histogram_distance(first: Grey, second: Grey) -> float:
    """Share of the pixels whose grey level (in 32 steps) would have to change."""
    bins = [np.bincount(picture.ravel() >> 3, minlength=32) for picture in (first, second)]
    return float(np.abs(bins[0] - bins[1]).sum()) / (2 * first.size)
