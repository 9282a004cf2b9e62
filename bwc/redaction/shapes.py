"""Which samples of the planes a mask covers: boxes and ellipses, decided on the colour planes.

What is hidden is decided once, on the samples of the colour planes, and covers all brightness under
each: no colour of what is hidden is left at an edge, at 4:2:0 and 4:4:4 alike.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bwc.media.encode import Plane
from bwc.redaction.keys import Region
from bwc.redaction.plan import Mask, Shape

Hidden: TypeAlias = npt.NDArray[np.bool_]  # (rows, columns) of a plane, or of a window of it
Window: TypeAlias = tuple[slice, slice]

# What a box was meant to hide may lie in its corners, so an ellipse leads through them and shows
# nothing that the box would hide. A true ellipse would be 1.41 times as wide as the box and cover
# 57 % more; this one, of degree 4, is 1.19 times as wide and covers 31 % more.
DEGREE = 4
GROWTH = 2 ** (1 / DEGREE)


def snapped(region: Region) -> Region:
    """`region` grown to even edges: no colour sample straddles what is hidden."""
    return Region(
        region.x0 - region.x0 % 2,
        region.y0 - region.y0 % 2,
        region.x1 + region.x1 % 2,
        region.y1 + region.y1 % 2,
    )


def filled(region: Region, plane: Plane, luma: Plane) -> Window:
    """Where `region` lies in `plane`, rounded outwards to whole chroma samples."""
    down, across = steps(luma, plane)
    return (
        slice(region.y0 // down, -(-region.y1 // down)),
        slice(region.x0 // across, -(-region.x1 // across)),
    )


def steps(luma: Plane, plane: Plane) -> tuple[int, int]:
    """How many rows and columns of brightness lie under one sample of `plane`."""
    return -(-luma.shape[0] // plane.shape[0]), -(-luma.shape[1] // plane.shape[1])


def covered(mask: Mask, layers: Sequence[Plane]) -> tuple[Window, Hidden]:
    """A window of the colour planes, and which of its samples `mask` covers.

    A sample that the shape touches at all is covered.
    """
    region, luma, grid = snapped(mask.region), layers[0], layers[1]
    if mask.shape is Shape.BOX:
        window = filled(region, grid, luma)
        return window, np.ones(grid[window].shape, bool)
    down, across = steps(luma, grid)
    rows, from_rows = _distances((region.y0, region.y1), step=down, count=grid.shape[0])
    columns, from_columns = _distances((region.x0, region.x1), step=across, count=grid.shape[1])
    return (rows, columns), from_rows[:, None] + from_columns[None, :] <= GROWTH**DEGREE


def hidden(layers: Sequence[Plane], masks: Sequence[Mask], *, on: Plane) -> Hidden:
    """Which samples `masks` cover of the plane `on`, one of `layers`."""
    whole = np.zeros(on.shape, bool)
    ratio = steps(on, layers[1])
    for mask in masks:
        window, inside = covered(mask, layers)
        part = whole[_stretched(window, ratio)]
        part |= spread(inside, part, ratio=ratio)
    return whole


def spread(inside: Hidden, part: Plane | Hidden, *, ratio: tuple[int, int]) -> Hidden:
    """`inside`, of a window of the colour planes, as it lies on `part`, the same window of a plane.

    `ratio` is how many rows and columns of that plane lie under one colour sample.
    """
    if ratio == (1, 1):
        return inside
    return inside.repeat(ratio[0], 0).repeat(ratio[1], 1)[: part.shape[0], : part.shape[1]]


def part_of(layer: Plane, window: Window, *, ratio: tuple[int, int]) -> Plane:
    """What lies on `layer` where `window` is on the colour planes."""
    return layer[_stretched(window, ratio)]


def _stretched(window: Window, ratio: tuple[int, int]) -> Window:
    """A window of the colour planes on a plane with so many samples under one of them."""
    rows, columns = window
    return (
        slice(rows.start * ratio[0], rows.stop * ratio[0]),
        slice(columns.start * ratio[1], columns.stop * ratio[1]),
    )


def _distances(
    edges: tuple[int, int], *, step: int, count: int
) -> tuple[slice, npt.NDArray[np.float64]]:
    """Which of `count` samples an ellipse between `edges` may touch, and how far each is.

    Distances are those of a sample's nearest point from the middle, in half sides of the box, to
    the power of `DEGREE`.
    """
    middle, half = (edges[0] + edges[1]) / 2, (edges[1] - edges[0]) / 2
    first = max(0, int((middle - half * GROWTH) // step))
    last = min(count, int((middle + half * GROWTH) // step) + 1)
    places = (np.arange(first, last) + 0.5) * step
    near = np.maximum(0, np.abs(places - middle) - step / 2) / half
    square = near * near  # products alone: `pow` may differ from one machine to another
    return slice(first, last), square * square
