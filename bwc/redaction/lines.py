"""From pieces of text to what is hidden: lines, blocks of lines, and what may be a plate.

Pure. Boxes are (n, 5) float32: x0 y0 x1 y1 in pixels of the upright picture, ends exclusive, and a
score. Nothing here can tell a plate by what it says: whatever has a plate's shape and size is one.
"""

import numpy as np
import numpy.typing as npt

from bwc.redaction.track import Boxes

# Shares of a line's height.
LINE_GAP = 1.0  # letters and pieces of a plate stand nearer than this
ROW_GAP = 1.0  # and lines of one page or screen
SIDES, ABOVE = 0.5, 0.25  # from the letters to the plate's edge: all 36 plates are covered to 90 %
SAME_LINE = 0.5  # of the lower height lies beside the other

# A plate: 4.6 times as wide as high in Europe, twice in the US; its letters up to 9; from aside less.
LEAST_ASPECT, MOST_ASPECT = 0.5, 10.0
LEAST_HEIGHT = 5.0  # pixels; lower letters cannot be read
MOST_WIDTH, MOST_HEIGHT = 0.8, 0.35  # of the picture, from a metre away
PAGE_LINES = 5  # a plate has at most three


def plates(pieces: Boxes, *, width: int, height: int) -> Boxes:
    """Everything among `pieces` that may be a plate, up to the plate's edge.

    A line counts, or each of its pieces where the line is too long to be one; a line of a page of
    `PAGE_LINES` and more does not.
    """
    lines = joined(pieces, across=LINE_GAP, down=-SAME_LINE)
    fits = _may_be_plate(lines, width, height)
    alone = pieces[_may_be_plate(pieces, width, height)]
    alone = alone[~_inside(alone, lines[fits]).any(axis=1)]
    found = np.concatenate([lines[fits], alone])
    pages = _pages(lines)
    return grown(found[~_inside(found, pages).any(axis=1)])


def blocks(pieces: Boxes) -> Boxes:
    """All text, lines that stand together as one: a page or a screen is one block."""
    return joined(grown(pieces), across=LINE_GAP - SIDES, down=ROW_GAP - ABOVE)


def grown(boxes: Boxes) -> Boxes:
    """Lines up to the edge of what they stand on."""
    height = boxes[:, 3] - boxes[:, 1]
    nothing = np.zeros_like(height)
    extra = [-SIDES * height, -ABOVE * height, SIDES * height, ABOVE * height, nothing]
    return np.asarray(boxes + np.stack(extra, axis=1), np.float32)


def joined(boxes: Boxes, *, across: float, down: float) -> Boxes:
    """Boxes nearer to each other than shares of the lower height, as one, until none are.

    A negative share asks that they overlap by that much. The surest score counts.
    """
    waiting = np.asarray(boxes, np.float32)
    settled: Boxes = np.zeros((0, 5), np.float32)
    while len(waiting):
        box, waiting = waiting[0], waiting[1:]
        near_waiting = _near(box, waiting, across=across, down=down)
        near_settled = _near(box, settled, across=across, down=down)
        group = np.concatenate([box[None], waiting[near_waiting], settled[near_settled]])
        whole = np.concatenate([group[:, :2].min(axis=0), group[:, 2:].max(axis=0)])[None]
        waiting, settled = waiting[~near_waiting], settled[~near_settled]
        if len(group) == 1:
            settled = np.concatenate([settled, whole])
        else:
            waiting = np.concatenate([waiting, whole])
    return settled


def _near(
    box: npt.NDArray[np.float32], others: Boxes, *, across: float, down: float
) -> npt.NDArray[np.bool_]:
    """Which of `others` are near to `box`."""
    height = np.minimum(box[3] - box[1], others[:, 3] - others[:, 1])
    apart_x = np.maximum(box[0], others[:, 0]) - np.minimum(box[2], others[:, 2])
    apart_y = np.maximum(box[1], others[:, 1]) - np.minimum(box[3], others[:, 3])
    return np.asarray((apart_x < across * height) & (apart_y < down * height), np.bool_)


def _may_be_plate(boxes: Boxes, width: int, height: int) -> npt.NDArray[np.bool_]:
    """Which of `boxes` have the shape and the size of a plate."""
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    aspect = wide / high.clip(1e-3)
    shaped = (aspect >= LEAST_ASPECT) & (aspect <= MOST_ASPECT) & (high >= LEAST_HEIGHT)
    sized = (wide <= MOST_WIDTH * width) & (high <= MOST_HEIGHT * height)
    return np.asarray(shaped & sized, np.bool_)


def _pages(lines: Boxes) -> Boxes:
    """Blocks of so many lines that they are no plate."""
    found = joined(lines, across=0.0, down=ROW_GAP)
    are_pages = _inside(lines, found).sum(axis=0) >= PAGE_LINES
    return np.asarray(found[are_pages], np.float32)


def _inside(boxes: Boxes, wholes: Boxes) -> npt.NDArray[np.bool_]:
    """(boxes, wholes): which lie in which."""
    starts = (boxes[:, None, :2] >= wholes[None, :, :2]).all(axis=2)
    ends = (boxes[:, None, 2:4] <= wholes[None, :, 2:4]).all(axis=2)
    return np.asarray(starts & ends, np.bool_)
