"""Stored frames as the upright pictures that finders and people look at."""

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from bwc.media.decode import VideoLook
from bwc.media.encode import planes
from bwc.redaction.detect import Picture, step_up

QUICK_FORMAT = "bgr24"  # made in half of the time that FFmpeg takes for "rgb24"


def upright_size(look: VideoLook) -> tuple[int, int]:
    """Width and height once the rotation tag is applied."""
    sideways = look.rotation % 180 != 0
    return (look.height, look.width) if sideways else (look.width, look.height)


def upright(picture: npt.NDArray[np.uint8], rotation: int) -> npt.NDArray[np.uint8]:
    """`picture` turned counter-clockwise by `rotation` degrees."""
    return np.ascontiguousarray(np.rot90(picture, round(rotation / 90)))


def scaled_size(look: VideoLook, longer_side: int) -> tuple[int, int]:
    """Width and height of the upright picture that `scaled` makes."""
    width, height = upright_size(look)
    scale = longer_side / max(width, height)
    return step_up(round(width * scale)), step_up(round(height * scale))


def scaled(frame: VideoFrame, look: VideoLook, longer_side: int) -> Picture:
    """`frame` as an upright RGB picture whose sides CenterFace takes as they are."""
    sideways = look.rotation % 180 != 0
    width, height = scaled_size(look, longer_side)[:: -1 if sideways else 1]
    is_larger = longer_side >= max(look.width, look.height)
    way = Interpolation.BILINEAR if is_larger else Interpolation.AREA
    small = frame.reformat(
        width=width, height=height, format=QUICK_FORMAT, interpolation=way, threads=1
    )  # looks fill the cores already
    rows = np.frombuffer(memoryview(small.planes[0]), np.uint8).reshape(height, -1)
    picture = cv2.cvtColor(rows[:, : 3 * width].reshape(height, width, 3), cv2.COLOR_BGR2RGB)
    return upright(np.asarray(picture, np.uint8), look.rotation)


def luma(frame: VideoFrame, look: VideoLook) -> npt.NDArray[np.uint8]:
    """The brightness of `frame` at its stored size, (h, w); not upright."""
    has_luma = frame.format.name.startswith(("yuv4", "yuvj4", "gray")) and look.bit_depth == 8  # noqa: PLR2004 - bits
    plain = frame if has_luma else frame.reformat(format="gray")
    return planes(plain)[0]
