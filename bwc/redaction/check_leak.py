"""What is still heard at the edges of a stretch in which a tone stands.

The coder's noise of the tone lies over it, so that the level alone says little there. What was said
must not be in that noise: each hundredth of a second is held against the original's own wave, and
what follows it is a leak.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bwc.media.audio import SoundLook, sound
from bwc.media.timing import sample_at
from bwc.redaction.findings import Check, Finding
from bwc.redaction.likeness import QUIET
from bwc.redaction.plan import Plan

EDGE_SECONDS = Fraction(75, 1000)  # here no tone sounds or it rises; `check_tone` takes the whole
WINDOW_SECONDS = Fraction(1, 100)
LEAK_LIKENESS = 0.6  # the tone follows it by less
LEAK_GAIN = 0.05  # of the original's loudness; the coder's noise stays below 0.01

_Edge = tuple[int, int]  # samples, half-open


def check_leak(
    original: Path, redacted: Path, *, looks: tuple[SoundLook, SoundLook], plan: Plan
) -> Iterator[Finding]:
    """Whether the original's sound is heard at the edges of what a tone stands for."""
    rate = looks[1].rate
    if looks[0].rate != rate:
        return  # `check_sync` reports that
    edges = _edges(plan, rate)
    if not edges:
        return
    before = _cut_out(original, looks[0], edges)
    after = _cut_out(redacted, looks[1], edges)
    window = sample_at(WINDOW_SECONDS, rate)
    for edge, said, heard in zip(edges, before, after, strict=True):
        for at in range(0, said.size - window + 1, window):
            if is_leak(said[at : at + window], heard[at : at + window]):
                second = (edge[0] + at) / rate
                yield Finding(
                    check=Check.SILENCE, what=f"a muted stretch is heard at {second:.3f} s"
                )
                return


def is_leak(said: npt.NDArray[np.float32], heard: npt.NDArray[np.float32]) -> bool:
    """Whether `heard` follows `said`; equally long stretches of samples in [-1, 1]."""
    loud = float(said @ said)
    if loud < QUIET**2 * said.size:
        return False
    both, level = float(said @ heard), float(heard @ heard)
    likeness = both / max(float(np.sqrt(loud * level)), 1e-12)
    return likeness > LEAK_LIKENESS and both / loud > LEAK_GAIN


def _edges(plan: Plan, rate: int) -> list[_Edge]:
    """Both ends of each such stretch, or the whole of a short one."""
    edges: list[_Edge] = []
    reach = sample_at(EDGE_SECONDS, rate)
    for span in plan.toned():
        start, end = sample_at(span.start, rate), sample_at(span.end, rate)
        if end - start <= 2 * reach:
            edges.append((start, end))
        else:
            edges += [(start, start + reach), (end - reach, end)]
    return edges


def _cut_out(path: Path, look: SoundLook, edges: list[_Edge]) -> list[npt.NDArray[np.float32]]:
    """The samples of each edge, all channels made one; zeros where there is no sound."""
    cut = [np.zeros(end - start, np.float32) for start, end in edges]
    for block in sound(path, look):
        for into, (start, end) in zip(cut, edges, strict=True):
            first, last = max(start, block.start), min(end, block.end)
            if first < last:
                piece = block.samples[:, first - block.start : last - block.start]
                into[first - start : last - start] = piece.mean(axis=0)
    return cut
