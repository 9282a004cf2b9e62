"""Clips whose pictures carry their number as a pattern that survives coding, and how it is read."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

from bwc.media.decode import open_frames
from tests.clips import add_audio, write_tone

BITS = 8
CELL = 32  # pixels of a bit, side by side on a band over the picture's middle
WIDTH, HEIGHT = BITS * CELL, 144
BAND = slice(56, 88)
TICKS = Fraction(1, 90_000)
UNEVEN = tuple(Fraction(at, 1000) for at in accumulate([0, *[20, 70, 33, 34, 120, 41] * 10]))


def numbered(number: int) -> npt.NDArray[np.uint8]:
    """Picture `number`, (144, 256, 3) uint8: a white cell for each bit that is set, the lowest first."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for bit in range(BITS):
        picture[BAND, bit * CELL : (bit + 1) * CELL] = 235 if number >> bit & 1 else 20
    return picture


def number_of(luma: npt.NDArray[np.uint8]) -> int:
    """The number in a picture's brightness, (h, w), of whatever size."""
    row = luma[luma.shape[0] // 2]
    at = [int((bit + 0.5) * row.size / BITS) for bit in range(BITS)]
    return sum(int(row[place] > 128) << bit for bit, place in enumerate(at))


def numbered_clip(
    path: Path,
    times: Sequence[Fraction] = UNEVEN,
    *,
    first_second: Fraction = Fraction(0),
    rotation: int = 0,
    sound_leads: Fraction | None = None,
) -> list[int]:
    """Write such a clip; the time stamps of its pictures in 1/90000 s.

    Where `sound_leads` is given, a tone begins so many seconds before the first picture.
    """
    stamps = [round((time + first_second) / TICKS) for time in times]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = TICKS
        stream.codec_context.max_b_frames = 2
        if rotation:
            stream.set_display_rotation(rotation)
        sound = None if sound_leads is None else add_audio(out)
        for number, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="rgb24")
            frame.pts, frame.time_base = stamp, TICKS
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if sound is not None and sound_leads is not None:
            start = first_second - sound_leads
            write_tone(out, sound, start=start, seconds=times[-1] + sound_leads)
    return stamps


def stored_times(path: Path) -> list[int]:
    """The times of the pictures as analysis reads them."""
    with open_frames(path) as source:
        return [frame.pts or 0 for frame in source.frames()]
