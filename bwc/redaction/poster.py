"""The poster of a redacted file: one of its own frames, so that it shows nothing else."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from bwc.errors import MediaError
from bwc.media.decode import look, open_frames
from bwc.media.timing import time_of
from bwc.redaction.pictures import upright

AT = Fraction(1, 10)  # of the frames: the first ones often show a car's ceiling
LONGER_SIDE = 640
JPEG_QUALITY = 85


def make_poster(redacted: Path, into: Path) -> None:
    """Write a frame of `redacted`, upright, to `into` as JPEG without any tag.

    Raises:
        MediaError: nothing in it decodes.
    """
    shown = look(redacted)
    wanted = shown.first_pts + shown.frames_expected * AT / 30 / shown.time_base
    with open_frames(redacted) as source:
        frames = source.frames()
        frame = next(frames)
        while time_of(frame, source.time_base).pts < wanted:
            later = next(frames, None)
            if later is None:
                break
            frame = later
        picture = upright(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8), shown.rotation)
    scale = min(1.0, LONGER_SIDE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    done, body = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise MediaError("no poster could be made", where=redacted.name)
    into.write_bytes(body.tobytes())
