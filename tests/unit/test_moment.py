"""A picture that stands once more is found where enough of it can be seen."""

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from bwc.redaction.check_moment import MomentCheck

HEIGHT, WIDTH = 144, 176


def grey(value: int) -> VideoFrame:
    """A picture of one grey."""
    luma = np.full((HEIGHT * 3 // 2, WIDTH), value, np.uint8)
    luma[HEIGHT:] = 128
    return av.VideoFrame.from_ndarray(luma, format="yuv420p")


@pytest.mark.parametrize(("hidden", "found"), [(0, 1), (HEIGHT - 16, 0)])
def test_little_that_is_left_free_tells_nothing(hidden: int, found: int) -> None:
    """Of a crushed clip all but three blocks were hidden, and its right rendering was rejected."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[:hidden] = True
    check = MomentCheck()
    check.take(grey(100), grey(100), mask)
    check.take(grey(101), grey(100), mask)
    assert len(check.findings) == found
