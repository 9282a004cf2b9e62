"""How a planned region is drawn: filled, or with a look laid over what was taken away first.

Mosaics and blurs of a face can be undone, the more so over many frames. So none is ever made of
what is hidden: the region is painted in one tone, the mean of what stays visible close around it,
and mosaic or blur are then made of that picture. All they show can be worked out from the plan and
the rest of the frame, which are there for everybody to see; verification does just that. They tell
nothing of what is hidden, not even its mean colour. Where nothing is visible around, all is filled.

Pixels are worked out in integers: the same plan and frame give the same pixels on every machine.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np

from bwc.media.encode import Plane
from bwc.redaction.plan import Effect, Mask, Shape
from bwc.redaction.shapes import (
    Hidden,
    Window,
    covered,
    filled,
    hidden,
    part_of,
    snapped,
    spread,
    steps,
)

Fill: TypeAlias = tuple[int, int, int]  # brightness, blue, red, as the file stores them

# Rises when the same plan gives other pixels, so that no older piece is joined with newer ones.
DRAWING = 1

# A look passes over into the picture around it within this share of the region's shorter side.
# The box of a face is 1.4 times as wide as the face, so that no more than its outline is reached.
REACH_SHARE = 8
REACHES = (4, 8, 16, 32, 64)  # pixels; few steps, or cells would crawl while a region grows
# Cells are told apart by colour alone: one lies above the tone, the next below it by so much in
# brightness, blue and red. A pattern of brightness, as faint as 1 level, comes back from the coder
# seven times as strong, and then a block of it may look like the one that was there by chance.
CELL_SWING = (0, 5, 5)
# The line of an outline is grey: white beside black would ring twice as far into the fill.
LINE: Fill = (128, 128, 128)
LINE_ROWS = 360  # rows of colour samples for each sample of the line's width
LOOKS = frozenset({Effect.MOSAIC, Effect.BLUR})


class _Patch(NamedTuple):
    """Regions with looks that touch each other: they share one tone, so no edge lies between.

    `window` is of the colour planes, made of whole cells, and reaches beyond by one at least. In
    it lie `blurred` and `in_cells`, which are drawn, `taken`, which is all that is hidden, and
    `near`, which is visible close around. `reach` is in pixels.
    """

    window: Window
    blurred: Hidden
    in_cells: Hidden
    taken: Hidden
    near: Hidden
    reach: int


def draw(layers: Sequence[Plane], masks: Sequence[Mask], *, fill: Fill) -> None:
    """Draw `masks` into the three planes of a frame; where effects meet, the fill wins."""
    effects = {mask.effect for mask in masks}
    if effects & LOOKS:
        _draw_looks(layers, masks, fill)
    if Effect.OUTLINE in effects:
        _draw_outlines(layers, [mask for mask in masks if mask.effect is Effect.OUTLINE], fill)
    for mask in masks:
        if mask.effect is Effect.SOLID:
            _fill(layers, mask, fill)


def _fill(layers: Sequence[Plane], mask: Mask, fill: Fill) -> None:
    """Give every sample that `mask` covers the same value."""
    if mask.shape is Shape.BOX:
        for layer, value in zip(layers, fill, strict=True):
            layer[filled(snapped(mask.region), layer, layers[0])] = value
        return
    window, inside = covered(mask, layers)
    for layer, value in zip(layers, fill, strict=True):
        ratio = steps(layer, layers[1])
        part = part_of(layer, window, ratio=ratio)
        part[spread(inside, part, ratio=ratio)] = value


def _draw_outlines(layers: Sequence[Plane], masks: Sequence[Mask], fill: Fill) -> None:
    """Fill what `masks` cover and draw a line inside the edge of it all."""
    for mask in masks:
        _fill(layers, mask, fill)
    inside = hidden(layers, masks, on=layers[1])
    width = 2 * max(1, inside.shape[0] // LINE_ROWS) + 1
    line = inside & (cv2.erode(inside.astype(np.uint8), np.ones((width, width), np.uint8)) == 0)
    for layer, value in zip(layers, LINE, strict=True):
        layer[spread(line, layer, ratio=steps(layer, layers[1]))] = value


def _draw_looks(layers: Sequence[Plane], masks: Sequence[Mask], fill: Fill) -> None:
    """Draw mosaics and blurs; where they meet, the mosaic wins."""
    for patch in _patches(layers, masks):
        tone = _tone(layers, patch, fill)
        for layer, value, swing in zip(layers, tone, CELL_SWING, strict=True):
            _draw_patch(layers, layer, patch, tone=value, swing=swing)


def _draw_patch(
    layers: Sequence[Plane], layer: Plane, patch: _Patch, *, tone: int, swing: int
) -> None:
    """Paint what is hidden in its tone, and draw the looks of that picture."""
    ratio = steps(layer, layers[1])
    part = part_of(layer, patch.window, ratio=ratio)
    painted = part.copy()
    painted[spread(patch.taken, part, ratio=ratio)] = tone
    down, across = steps(layers[0], layer)
    sides = max(1, patch.reach // down), max(1, patch.reach // across)
    if patch.blurred.any():
        at = spread(patch.blurred, part, ratio=ratio)
        part[at] = _blur(painted, sides)[at]
    if patch.in_cells.any():
        rows, columns = patch.window
        first = rows.start * ratio[0] // sides[0], columns.start * ratio[1] // sides[1]
        at = spread(patch.in_cells, part, ratio=ratio)
        part[at] = _mosaic(painted, sides, first=first, swing=swing)[at]


def _patches(layers: Sequence[Plane], masks: Sequence[Mask]) -> Iterator[_Patch]:
    """The regions with looks, those that touch as one."""
    taken = hidden(layers, masks, on=layers[1])
    with_looks = [mask for mask in masks if mask.effect in LOOKS]
    with_cells = [mask for mask in masks if mask.effect is Effect.MOSAIC]
    looks, cells = (hidden(layers, some, on=layers[1]) for some in (with_looks, with_cells))
    down, across = steps(layers[0], layers[1])
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(looks.astype(np.uint8))
    for number in range(1, count):
        x, y, width, height, _ = (int(value) for value in boxes[number])
        reach = _reach(min(width * across, height * down))
        window = (
            _whole_cells(y, y + height, cell=reach // down, count=looks.shape[0]),
            _whole_cells(x, x + width, cell=reach // across, count=looks.shape[1]),
        )
        inside = labels[window] == number
        around = np.ones((2 * (reach // down) + 1, 2 * (reach // across) + 1), np.uint8)
        near = (cv2.dilate(inside.astype(np.uint8), around) > 0) & ~taken[window]
        in_cells = inside & cells[window]
        yield _Patch(window, inside & ~in_cells, in_cells, taken[window], near, reach)


def _reach(side: int) -> int:
    """How far a look reaches that is `side` pixels high or wide, whichever is less."""
    return max((r for r in REACHES if r * REACH_SHARE <= side), default=REACHES[0])


def _whole_cells(low: int, high: int, *, cell: int, count: int) -> slice:
    """The samples from `low` to `high` and a cell beyond, in whole cells of the picture."""
    return slice(max(0, low // cell - 1) * cell, min(count, (-(-high // cell) + 1) * cell))


def _tone(layers: Sequence[Plane], patch: _Patch, fill: Fill) -> Fill:
    """The mean of what is visible close around, or the fill where nothing is."""
    if not patch.near.any():
        return fill
    means = []
    for layer in layers:
        ratio = steps(layer, layers[1])
        part = part_of(layer, patch.window, ratio=ratio)
        seen = part[spread(patch.near, part, ratio=ratio)]
        means.append((2 * int(seen.sum(dtype=np.int64)) + seen.size) // (2 * seen.size))
    return means[0], means[1], means[2]


def _blur(picture: Plane, reach: tuple[int, int]) -> Plane:
    """The mean around each sample, taken twice: nothing further off than `reach` is in it."""
    size = (reach[1] // 2 * 2 + 1, reach[0] // 2 * 2 + 1)
    area = size[0] * size[1]
    for _ in range(2):
        sums = cv2.boxFilter(
            picture, cv2.CV_32S, size, normalize=False, borderType=cv2.BORDER_REPLICATE
        )
        picture = np.asarray((sums + area // 2) // area, np.uint8)
    return picture


def _mosaic(picture: Plane, sides: tuple[int, int], *, first: tuple[int, int], swing: int) -> Plane:
    """The mean of each cell, one up and the next down by `swing`.

    `first` says which cell of the whole picture the first one is, down and across.
    """
    tops, lefts = (np.arange(0, n, side) for n, side in zip(picture.shape, sides, strict=True))
    sums = np.add.reduceat(np.add.reduceat(picture, tops, 0, np.int64), lefts, 1)
    heights, widths = (
        np.diff(tops, append=picture.shape[0]),
        np.diff(lefts, append=picture.shape[1]),
    )
    sizes = np.outer(heights, widths)
    odd = np.add.outer(np.arange(len(tops)) + first[0], np.arange(len(lefts)) + first[1]) % 2
    means = (2 * sums + sizes) // (2 * sizes) + swing * (1 - 2 * odd)
    return np.asarray(means.clip(0, 255).astype(np.uint8).repeat(heights, 0).repeat(widths, 1))
