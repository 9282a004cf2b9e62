"""How loud a recording is over time: what a waveform is drawn from."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bwc.media.audio import SoundLook, sound, sound_look

RATE = 8000  # samples a second: enough for how loud it is
PEAKS_PER_SECOND = 25
LOUDEST = 255
SAMPLES = RATE // PEAKS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Peaks:
    """The largest sample of each 1/25 s since second zero of the player's clock, 0 to 255."""

    levels: npt.NDArray[np.uint8]

    def packed(self) -> str:
        """The same as text."""
        return base64.b64encode(self.levels.tobytes()).decode("ascii")

    def between(self, first: float, last: float, columns: int) -> list[int]:
        """The largest level in each of `columns` equal parts of [first, last) player seconds.

        A part without any sound is 0. Where `columns` are more than there are peaks, a peak
        stands in several.
        """
        edges = np.linspace(first, last, columns + 1) * PEAKS_PER_SECOND
        found = []
        for start, end in pairwise(edges.tolist()):
            low = max(0, int(np.floor(start)))
            part = self.levels[low : max(low + 1, int(np.ceil(end)))]
            found.append(int(part.max()) if end > 0 and part.size else 0)
        return found


def unpack(packed: str) -> Peaks:
    """Peaks out of their text."""
    return Peaks(np.frombuffer(base64.b64decode(packed), np.uint8))


def read_peaks(proxy: Path, *, check: Callable[[], None] = lambda: None) -> Peaks | None:
    """How loud `proxy` is; None where it has no sound. `check` is called often meanwhile."""
    look = sound_look(proxy)
    if look is None:
        return None
    levels: list[float] = []
    for block in sound(proxy, SoundLook(rate=RATE, layout="mono", codec=look.codec)):
        check()
        at = np.arange(block.start, block.end)
        loud = np.abs(block.samples[0])[at >= 0]
        places = at[at >= 0] // SAMPLES
        if not places.size:
            continue
        levels += [0.0] * (int(places[-1]) + 1 - len(levels))
        starts = np.flatnonzero(np.diff(places, prepend=-1))
        for place, level in zip(places[starts], np.maximum.reduceat(loud, starts), strict=True):
            levels[place] = max(levels[place], float(level))
    scaled = np.asarray(levels, np.float64).clip(0, 1) * LOUDEST
    return Peaks(np.ceil(scaled).astype(np.uint8))
