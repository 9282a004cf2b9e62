"""Sound that the original does not have, where it is silent or has ended. Needs no likeness."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bwc.media.audio import SoundBlock, SoundLook, muted, sound
from bwc.redaction.findings import Check, Finding
from bwc.redaction.likeness import QUIET
from bwc.timeline import Span

CELLS_A_SECOND = 100
LOUDER = 2.0  # of the highest near it; the coder rings below what it rings of
SMEAR_SECONDS = Fraction(60, 1000)  # an AAC window of 2048 samples carries a sound so far
SMEAR_SAMPLES = 2048
LEAST_CELLS = 3  # shorter is a click, in which nobody says anything

Level = npt.NDArray[np.float32]  # (n,), root mean square of the loudest channel in each cell


def check_foreign(
    original: Path,
    redacted: Path,
    *,
    looks: tuple[SoundLook, SoundLook],
    cut: Iterable[Span[Fraction]],
) -> Iterator[Finding]:
    """Whether something is heard where the original is silent or is over; `cut` is not judged."""
    rate = looks[0].rate
    if looks[1].rate != rate:
        return  # another rate is `check_sync`'s finding
    size = rate // CELLS_A_SECOND
    before = _levels(sound(original, looks[0]), size)
    after = _levels(muted(sound(redacted, looks[1]), cut, rate), size)
    length = max(before.size, after.size)
    before = np.pad(before, (0, length - before.size))
    after = np.pad(after, (0, length - after.size))
    far = -(-max(int(SMEAR_SECONDS * rate), SMEAR_SAMPLES) // size)
    near = cv2.dilate(before[:, None], np.ones((2 * far + 1, 1), np.uint8))[:, 0]
    foreign = np.flatnonzero(after > np.maximum(QUIET, LOUDER * near))
    if foreign.size >= LEAST_CELLS:
        what = f"is heard at {int(foreign[0]) * size / rate:.2f} s, where the original is silent"
        yield Finding(check=Check.SOUND, what=what)


def _levels(blocks: Iterable[SoundBlock], size: int) -> Level:
    """How loud each cell of `size` samples is, from sample 0 on."""
    total = np.zeros(0, np.float64)
    for block in blocks:
        at = np.arange(block.start, block.end)
        inside = at >= 0
        if not inside.any():
            continue
        first, last = int(at[inside][0]) // size, int(at[-1]) // size
        if last >= total.size:
            grown = np.zeros(max(last + 1, 2 * total.size))
            grown[: total.size] = total
            total = grown
        loudest = np.square(block.samples[:, inside].astype(np.float64))
        cells = at[inside] // size - first
        sums = [np.bincount(cells, row, last - first + 1) for row in loudest]
        total[first : last + 1] += np.max(sums, axis=0)
    return np.sqrt(total / size).astype(np.float32)
