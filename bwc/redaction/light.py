"""Hard light: what the finders see of a dark picture, and of people before a bright window.

A dark picture is brightened. Where much of a picture is as bright as a sensor can say, and some of
it is dark, the dark part is what somebody before a window or the sky looks like: it is spread over
all greys, and the bright part is given up. Drawing never uses either.
"""

import cv2
import numpy as np

from bwc.redaction.detect import Picture

DARK = 60  # grey levels that one sample in a hundred passes; above, brightening changes no answer
BRIGHT = 235.0  # where that sample is brought to
LEAST = 24.0  # nothing is made more than ten times brighter: what is left there is noise
GAMMA = 0.75  # and the shadows a little more
SAMPLE = 8  # one pixel in so many, each way, tells how dark it is
FULL = 250  # grey levels from which a sensor may have been full
FULL_SHARE = 0.1  # of the picture, and so much below `DARK`: see docs/benchmarks.md
SHADOW_SHARE = 0.05
SHADOW = 80.0  # grey levels that become the brightest; everything above them is lost
CONTRAST = 2.0  # how much of it is added, at most, in each of 8 by 8 parts of the picture
PARTS = (8, 8)


def brightened(picture: Picture) -> Picture:
    """`picture` (h, w, 3) as it is, or brightened where it is dark.

    Measured on clips darkened to an eighth, with noise: faces answered to rise from 47 to 80 %.
    """
    top = float(np.percentile(picture[::SAMPLE, ::SAMPLE, 1], 99))
    if top >= DARK:
        return picture
    levels = (np.arange(256) * (BRIGHT / max(top, LEAST))).clip(0, 255) / 255
    table = (255 * levels**GAMMA).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, table), np.uint8)


def is_backlit(picture: Picture) -> bool:
    """Whether much of `picture` (h, w, 3) is fully bright while some of it is dark."""
    levels = np.bincount(picture[::SAMPLE, ::SAMPLE, 1].ravel(), minlength=256)
    full, shadow = levels[FULL:].sum(), levels[:DARK].sum()
    return bool(full >= FULL_SHARE * levels.sum() and shadow >= SHADOW_SHARE * levels.sum())


def lifted(picture: Picture) -> Picture:
    """The shadows of `picture` (h, w, 3, RGB) spread over all greys, and locally made clearer."""
    table = (np.arange(256) * (255 / SHADOW)).clip(0, 255).astype(np.uint8)
    parts = cv2.cvtColor(cv2.LUT(picture, table), cv2.COLOR_RGB2YCrCb)
    luma = np.ascontiguousarray(parts[..., 0])
    parts[..., 0] = cv2.createCLAHE(CONTRAST, PARTS).apply(luma)
    return np.asarray(cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB), np.uint8)
