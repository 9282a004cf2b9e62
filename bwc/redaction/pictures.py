"""Stored frames as the upright pictures that finders and people look at."""

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from bwc.media.decode import VideoLook
from bwc.redaction.detect import Picture, step_up


def upright_size(look: VideoLook) -> tuple[int, int]:
    """Width and height once the rotation tag is applied."""
    sideways = look.rotation % 180 != 0
    return (look.height, look.width) if sideways else (look.width, look.height)


def upright(picture: npt.NDArray[np.uint8], rotation: int) -> npt.NDArray[np.uint8]:
    """`picture` turned counter-clockwise by `rotation` degrees."""
    return np.ascontiguousarray(np.rot90(picture, round(rotation / 90)))


def scaled(frame: VideoFrame, look: VideoLook, longer_side: int) -> Picture:
    """`frame` as an upright RGB picture whose sides CenterFace takes as they are."""
    scale = longer_side / max(look.width, look.height)
    size = [step_up(round(side * scale)) for side in (look.width, look.height)]
    way = Interpolation.BILINEAR if scale >= 1 else Interpolation.AREA
    small = frame.reformat(width=size[0], height=size[1], format="rgb24", interpolation=way)
    return upright(np.asarray(small.to_ndarray(), np.uint8), look.rotation)
