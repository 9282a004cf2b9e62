"""The places an SSD answers about, and how its answers become boxes.

Six grids lie over the square picture; on each cell stand boxes of a few shapes, and the model says
for each how far the thing it sees is from it. Liu et al., SSD: Single Shot MultiBox Detector, 2016,
section 2.2; the scales and the coder are those the model was trained with (its `pipeline.config`).
"""

import numpy as np
import numpy.typing as npt

GRIDS = (19, 10, 5, 3, 2, 1)  # cells along a side of a picture of 300 pixels
SCALES = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0)  # side of a box on each grid, and beyond the last
RATIOS = (1.0, 2.0, 0.5, 3.0, 0.3333)  # width to height
FIRST = ((0.1, 1.0), (0.2, 2.0), (0.2, 0.5))  # the finest grid has these scales and ratios instead
MIDDLE_SCALE, SIDE_SCALE = 10.0, 5.0  # by which the model's answers are larger than they mean

Array = npt.NDArray[np.float32]


def anchors() -> Array:
    """(1917, 4): y and x of the middle, height and width of each box, in shares of the picture."""
    made = []
    for at, cells in enumerate(GRIDS):
        middles = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(middles, middles, indexing="ij")
        for_each = np.stack([y, x], axis=-1).reshape(-1, 1, 2)
        sides = np.array([_sides(*shape) for shape in _shapes(at)]).reshape(1, -1, 2)
        size = (cells * cells, sides.shape[1], 2)
        both = [np.broadcast_to(for_each, size), np.broadcast_to(sides, size)]
        made.append(np.concatenate(both, axis=-1).reshape(-1, 4))
    return np.concatenate(made).astype(np.float32)


def boxes_from(answers: Array, around: Array) -> Array:
    """(..., 4) y0 x0 y1 x1 in shares of the picture.

    Args:
        answers: (..., n, 4) what the model says of each anchor: y, x, height, width.
        around: (n, 4) the anchors.
    """
    middle = answers[..., :2] / MIDDLE_SCALE * around[:, 2:] + around[:, :2]
    half = np.exp(answers[..., 2:] / SIDE_SCALE) * around[:, 2:] / 2
    return np.concatenate([middle - half, middle + half], axis=-1)


def _shapes(grid: int) -> list[tuple[float, float]]:
    """Scale and ratio of the boxes on one grid."""
    if grid == 0:
        return list(FIRST)
    between = float(np.sqrt(SCALES[grid] * SCALES[grid + 1]))
    return [*((SCALES[grid], ratio) for ratio in RATIOS), (between, 1.0)]


def _sides(scale: float, ratio: float) -> tuple[float, float]:
    """Height and width of a box, in shares of the picture."""
    return scale / ratio**0.5, scale * ratio**0.5
