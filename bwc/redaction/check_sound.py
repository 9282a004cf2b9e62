"""The finished sound against original and plan."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bwc.media.audio import RAMP_SECONDS, SoundBlock, SoundLook, muted, sound
from bwc.media.timing import sample_at
from bwc.redaction.findings import Check, Finding
from bwc.redaction.plan import Plan
from bwc.timeline import Span

SILENT = 10 ** (-90 / 20)
PRE_ECHO_SECONDS = Fraction(60, 1000)  # an AAC window of 2048 samples smears this far into a cut
WORD = 16  # samples averaged before comparing: AAC keeps the wave, not each sample
QUIET = 10 ** (-60 / 20)
LIKE_FLOOR = 0.7  # correlation of the waves; AAC at 64 kbit a channel gives 0.97 and more
END_TOLERANCE_SECONDS = Fraction(1, 10)  # the last AAC frame is filled up


@dataclass(slots=True)
class _Likeness:
    """Running sums of a correlation, so that memory does not grow."""

    both: float = 0.0
    first: float = 0.0
    second: float = 0.0
    count: int = 0

    def add(self, a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> None:
        """Take in two equally long stretches."""
        self.both += float((a * b).sum())
        self.first += float((a * a).sum())
        self.second += float((b * b).sum())
        self.count += a.size

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to compare."""
        return self.count == 0 or (self.first / self.count) ** 0.5 < QUIET

    @property
    def value(self) -> float:
        """The correlation."""
        return self.both / max(math.sqrt(self.first * self.second), 1e-12)


def check_silence(redacted: Path, look: SoundLook, plan: Plan) -> Iterator[Finding]:
    """Whether each muted stretch is below -90 dB."""
    quiet = [_inner(span) for span in plan.muted()]
    cuts = [cut for cut in quiet if cut is not None]
    if not cuts:
        return
    for block in sound(redacted, look):
        for cut in cuts:
            first = max(sample_at(cut.start, look.rate), block.start)
            last = min(sample_at(cut.end, look.rate), block.end)
            heard = block.samples[:, max(0, first - block.start) : max(0, last - block.start)]
            if heard.size and float(np.abs(heard).max()) > SILENT:
                at = float(Fraction(first, look.rate))
                yield Finding(check=Check.SILENCE, what=f"a muted stretch is heard at {at:.3f} s")
                return


def check_sync(
    original: Path, redacted: Path, *, looks: tuple[SoundLook, SoundLook], plan: Plan
) -> Iterator[Finding]:
    """Whether both files sound the same at the same time, but for what is muted."""
    if looks[0].rate != looks[1].rate:
        yield Finding(check=Check.SOUND, what=f"has {looks[1].rate} samples a second")
        return
    rate = looks[0].rate
    before = _words(muted(sound(original, looks[0]), plan.muted(), rate))
    after = _words(sound(redacted, looks[1]))
    likeness = _Likeness()
    ends = [0, 0]
    for a, b in _aligned(before, after, ends):
        likeness.add(a, b)
    if abs(ends[0] - ends[1]) * WORD > END_TOLERANCE_SECONDS * rate:
        seconds = abs(ends[0] - ends[1]) * WORD / rate
        yield Finding(check=Check.SOUND, what=f"ends {seconds:.2f} s off")
    if not likeness.is_quiet and likeness.value < LIKE_FLOOR:
        yield Finding(check=Check.SOUND, what=f"is another sound ({likeness.value:.2f} alike)")


def _inner(span: Span[Fraction]) -> Span[Fraction] | None:
    """A muted stretch without the coder's pre-echo and ringing at its ends."""
    margin = min(PRE_ECHO_SECONDS, (span.end - span.start) / 4) + RAMP_SECONDS
    if span.end - span.start <= 2 * margin:
        return None
    return Span(span.start + margin, span.end - margin)


def _words(blocks: Iterator[SoundBlock]) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Mono means of `WORD` samples, each stretch with the number of its first word."""
    left = np.zeros(0, np.float32)
    start: int | None = None
    for block in blocks:
        mono = block.samples.mean(axis=0)
        if start is None:
            skip = -block.start % WORD
            start, mono = (block.start + skip) // WORD, mono[skip:]
        joined = np.concatenate([left, mono])
        count = joined.size // WORD
        if count:
            yield start, joined[: count * WORD].reshape(count, WORD).mean(axis=1)
            start += count
        left = joined[count * WORD :]


def _aligned(
    first: Iterator[tuple[int, npt.NDArray[np.float32]]],
    second: Iterator[tuple[int, npt.NDArray[np.float32]]],
    ends: list[int],
) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
    """Stretches that both have, at the same times; `ends` receives where each ended."""
    a, b = next(first, None), next(second, None)
    while a is not None and b is not None:
        low, high = max(a[0], b[0]), min(a[0] + a[1].size, b[0] + b[1].size)
        if low < high:
            yield a[1][low - a[0] : high - a[0]], b[1][low - b[0] : high - b[0]]
        ends[:] = [max(ends[0], a[0] + a[1].size), max(ends[1], b[0] + b[1].size)]
        if a[0] + a[1].size <= b[0] + b[1].size:
            a = next(first, None)
        else:
            b = next(second, None)
    for which, rest in ((0, first), (1, second)):
        for start, words in rest:
            ends[which] = start + words.size
