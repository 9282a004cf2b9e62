"""Pictures against the light, as decoded frames."""

from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame

from bwc.media.decode import Colour, VideoLook
from bwc.redaction.detect import Picture


def against_a_window(dark: Picture) -> Picture:
    """`dark` (h, w, 3) at the foot of a bright window of 960 by 544, dim floor beside it."""
    scene = np.full((544, 960, 3), 255, np.uint8)
    scene[300:] = 30
    height, width = dark.shape[:2]
    scene[544 - height :, 400 : 400 + width] = dark
    return scene


def as_frame(picture: Picture) -> tuple[VideoFrame, VideoLook]:
    """RGB `picture` of even sides as a decoded frame, and how it would lie in a file."""
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    look = VideoLook(
        codec="h264",
        width=picture.shape[1],
        height=picture.shape[0],
        pixel_format="yuv420p",
        bit_depth=8,
        time_base=Fraction(1, 25),
        first_pts=0,
        rotation=0,
        matrix=None,
        sample_aspect=None,
        colour=Colour(2, 2, 2, 2),
        others=(),
        frames_expected=1,
    )
    return frame.reformat(format="yuv420p"), look
