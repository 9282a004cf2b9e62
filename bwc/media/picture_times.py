"""When each picture of a recording is shown: the map between a player's clock and media time.

Pictures are known by their PTS, in ticks of the original's picture stream, as plans name them. A
player counts seconds from the recording's first moment, `origin` in the same ticks, for so the
proxy was made. The steps from picture to picture are run lengths: an even hour is one of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from bwc.errors import MediaError
from bwc.media.audio import first_moment
from bwc.media.containers import open_media
from bwc.media.decode import picture_stream
from bwc.media.timing import time_base_of


@dataclass(frozen=True, slots=True)
class PictureTimes:
    """The times of all pictures, rising strictly.

    `steps` is step, count, step, count: the ticks between pictures. `last_lasts` is for how many
    ticks the last one is shown.
    """

    time_base: Fraction
    origin: int
    first_pts: int
    steps: tuple[int, ...]
    last_lasts: int

    @property
    def count(self) -> int:
        """How many pictures."""
        return 1 + sum(self.steps[1::2])

    @property
    def last_pts(self) -> int:
        """The time of the last picture."""
        runs = zip(self.steps[::2], self.steps[1::2], strict=True)
        return self.first_pts + sum(step * count for step, count in runs)

    @property
    def seconds(self) -> Fraction:
        """From the first picture to the end of the last."""
        return (self.last_pts + self.last_lasts - self.first_pts) * self.time_base

    def pts(self) -> npt.NDArray[np.int64]:
        """The time of each picture, (count,) ticks."""
        steps = np.repeat(
            np.asarray(self.steps[::2], np.int64), np.asarray(self.steps[1::2], np.int64)
        )
        return self.first_pts + np.concatenate([np.zeros(1, np.int64), np.cumsum(steps)])


def times_of(
    pts: Sequence[int], *, time_base: Fraction, origin: int, last_lasts: int
) -> PictureTimes:
    """The map of pictures at these times.

    Raises:
        MediaError: there are none, or the times do not rise.
    """
    deltas = [later - earlier for earlier, later in pairwise(pts)]
    if not pts or min(deltas, default=1) <= 0:
        raise MediaError(
            "the times of its pictures do not rise", expected="a picture, each later than the last"
        )
    return PictureTimes(time_base, origin, pts[0], tuple(_runs(deltas)), max(1, last_lasts))


def read_picture_times(proxy: Path, original: Path) -> PictureTimes:
    """The times of the pictures of `proxy`, in the media time of the `original` it was made from.

    Nothing is decoded: the proxy has one packet for each picture.

    Raises:
        MediaError: either cannot be read.
    """
    with open_media(original) as container:
        base = time_base_of(picture_stream(container, original))
    start = first_moment(original)
    with av.open(str(proxy)) as made:
        stream = made.streams.video[0]
        ticks = time_base_of(stream)
        packets = [packet for packet in made.demux(stream) if packet.pts is not None]
        shown = sorted((packet.pts or 0, packet.duration or 0) for packet in packets)
    pts = [round((at * ticks + start) / base) for at, _ in shown]
    lasts = shown[-1][1] * ticks / base if shown else Fraction(0)
    return times_of(pts, time_base=base, origin=round(start / base), last_lasts=round(lasts))


def _runs(deltas: Iterable[int]) -> Iterable[int]:
    """Step, count, step, count."""
    for step, same in groupby(deltas):
        yield step
        yield sum(1 for _ in same)
