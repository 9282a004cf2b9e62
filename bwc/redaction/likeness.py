"""How alike two sounds are, at the same times, in memory that does not grow."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bwc.media.audio import SoundBlock

QUIET = 10 ** (-60 / 20)

Wave: TypeAlias = npt.NDArray[np.float32]  # (n,), mono
Placed: TypeAlias = tuple[int, Wave]  # where it starts, and the wave


@dataclass(slots=True)
class Likeness:
    """Running sums of a correlation."""

    both: float = 0.0
    first: float = 0.0
    second: float = 0.0
    count: int = 0

    def add(self, a: Wave, b: Wave) -> None:
        """Take in two equally long stretches."""
        self.both += float(np.dot(a, b))
        self.first += float(np.dot(a, a))
        self.second += float(np.dot(b, b))
        self.count += a.size

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to compare."""
        return self.count == 0 or (self.first / self.count) ** 0.5 < QUIET

    @property
    def value(self) -> float:
        """The correlation, from -1 to 1."""
        return self.both / max(math.sqrt(self.first * self.second), 1e-12)

    @property
    def carried(self) -> float:
        """How loud that part of the second is which is the first: root mean square."""
        return abs(self.value) * math.sqrt(self.second / max(1, self.count))


class Aligned:
    """Walks two sounds side by side; afterwards `starts` and `ends` say from where to where."""

    def __init__(self, first: Iterable[Placed], second: Iterable[Placed]) -> None:
        """Take both, each in the order of time."""
        self._first, self._second = iter(first), iter(second)
        self.starts: list[int | None] = [None, None]
        self.ends = [0, 0]

    def __iter__(self) -> Iterator[tuple[int, Wave, Wave]]:
        """Stretches that both have: where they start, and each sound there."""
        a, b = self._next(0), self._next(1)
        while a is not None and b is not None:
            low, high = max(a[0], b[0]), min(a[0] + a[1].size, b[0] + b[1].size)
            if low < high:
                yield low, a[1][low - a[0] : high - a[0]], b[1][low - b[0] : high - b[0]]
            if a[0] + a[1].size <= b[0] + b[1].size:
                a = self._next(0)
            else:
                b = self._next(1)
        for which in (0, 1):
            while self._next(which) is not None:
                pass

    def off(self) -> int:
        """By how much the two begin or end apart, whichever is more."""
        starts = [start or 0 for start in self.starts]
        return max(abs(starts[0] - starts[1]), abs(self.ends[0] - self.ends[1]))

    def _next(self, which: int) -> Placed | None:
        """The next stretch of one of the two."""
        placed = next((self._first, self._second)[which], None)
        if placed is not None:
            if self.starts[which] is None:
                self.starts[which] = placed[0]
            self.ends[which] = placed[0] + placed[1].size
        return placed


def mono(blocks: Iterable[SoundBlock]) -> Iterator[Placed]:
    """The mean of the channels, sample by sample."""
    for block in blocks:
        yield block.start, block.samples.mean(axis=0)


def coarse(blocks: Iterable[SoundBlock], every: int) -> Iterator[Placed]:
    """Means of `every` samples of the mono wave, each stretch with the number of its first."""
    left = np.zeros(0, np.float32)
    start: int | None = None
    for at, wave in mono(blocks):
        if start is None:
            skip = -at % every
            start, wave = (at + skip) // every, wave[skip:]  # noqa: PLW2901 - cut to the grid
        joined = np.concatenate([left, wave])
        count = joined.size // every
        if count:
            yield start, joined[: count * every].reshape(count, every).mean(axis=1)
            start += count
        left = joined[count * every :]
