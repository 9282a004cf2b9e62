"""Whether a picture is so blurred or so faint that finders miss most of the heads in it.

Told from the small grey picture that flow works on. How sharp and how faint it is tells its middle,
since stamps and black bars lie at the edge. A blur that only small heads suffer from is not seen there.
"""

import cv2
import numpy as np

from bwc.redaction.flow import SMALL_HEIGHT, SMALL_WIDTH, Grey

STEP = 4  # pixels of the small picture
BLURRED = (
    0.1  # of what changes over `STEP` pixels, so much does over one: 1/16 a slope, 1/4 an edge
)
FAINT = 20  # grey levels between what one sample in a hundred passes and what all but one do
EMPTY = 3  # below, whatever was there is gone: a covered lens, a black title
EDGE_LEVELS = 16  # what changes by one part in so many of those levels is no surface
PLAIN = 0.2  # share of the picture that is no surface; of a sky that fades out 0.16

_MIDDLE = slice(SMALL_HEIGHT * 5 // 36, -SMALL_HEIGHT * 5 // 36), slice(40, SMALL_WIDTH - 40)


def is_unclear(grey: Grey) -> bool:
    """Whether finders miss most of the heads that `grey`, (SMALL_HEIGHT, SMALL_WIDTH), may hold."""
    middle = grey[_MIDDLE]
    levels = _levels(middle)
    if levels < FAINT:
        return levels >= EMPTY
    return _sharpness(middle) < BLURRED and _share_of_edges(grey) > PLAIN


def _levels(picture: Grey) -> int:
    """Grey levels from the first to the last hundredth of the pixels."""
    counts = cv2.calcHist([picture], [0], None, [256], [0, 256]).cumsum()
    low, high = np.searchsorted(counts, (picture.size * 0.01, picture.size * 0.99))
    return int(high - low)


def _sharpness(picture: Grey) -> float:
    """How much changes over one pixel of what changes over `STEP`; the lesser of both directions."""
    across = picture[:, STEP:], picture[:, STEP - 1 : -1], picture[:, :-STEP]
    down = picture[STEP:], picture[STEP - 1 : -1], picture[:-STEP]
    return min(
        cv2.norm(here, beside, cv2.NORM_L2SQR) / max(cv2.norm(here, far, cv2.NORM_L2SQR), 1.0)
        for here, beside, far in (across, down)
    )


def _share_of_edges(picture: Grey) -> float:
    """Share of the pixels, in every other row, that differ much from one `STEP` pixels away."""
    thin, rows = picture[::2], STEP // 2
    here = thin[rows:, STEP:]
    most = cv2.max(cv2.absdiff(here, thin[rows:, :-STEP]), cv2.absdiff(here, thin[:-rows, STEP:]))
    return float(np.count_nonzero(most > _levels(thin) // EDGE_LEVELS)) / most.size
