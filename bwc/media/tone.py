"""The tone that may stand where sound was taken out: fixed, and known to the sample.

It keeps off from both ends of its span by more than an AAC window, so that no frame of the codec
holds both the tone and the recording: what verification finds beside the tone can then only be
the codec's noise, or a mistake. A span that is too short for that stays silent.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from bwc.media.audio import AAC_WINDOW, SoundBlock
from bwc.media.timing import sample_at
from bwc.timeline import Span, merge

TONE_HERTZ = 1000  # the line-up tone of broadcasters
TONE_PEAK = 10 ** (-20 / 20)  # -20 dBFS, their line-up level (SMPTE RP 155): heard, not painful
HUSH_SECONDS = Fraction(60, 1000)  # as far as an AAC window smears; at low rates a whole window
RISE_SECONDS = Fraction(40, 1000)  # a slow rise codes well: the rest is below -53 dB at 16 kHz up


class Tone:
    """The tone in the spans of one recording.

    Its phase is that of the media clock, whatever the span.
    """

    def __init__(self, spans: Iterable[Span[Fraction]], rate: int) -> None:
        """Place it in `spans`, at `rate` samples a second."""
        self._rate = rate
        self._rise = sample_at(RISE_SECONDS, rate)
        self._places = [place for span in merge(spans) if (place := _heard(span, rate)) is not None]

    def at(self, first: int, last: int) -> npt.NDArray[np.float32] | None:
        """What it adds to the samples [first, last) of the media clock: (n,) float32 in [-1, 1].

        None where it is silent.
        """
        near = [place for place in self._places if place[0] < last and place[1] > first]
        if not near:
            return None
        samples = np.arange(first, last, dtype=np.int64)
        gain = np.zeros(samples.size)
        for start, end in near:
            inside = (np.minimum(samples - start, end - 1 - samples) / self._rise).clip(0, 1)
            gain = np.maximum(gain, 0.5 - 0.5 * np.cos(np.pi * inside))
        wave = np.sin(2 * np.pi * (samples * TONE_HERTZ % self._rate) / self._rate)
        return np.asarray(TONE_PEAK * gain * wave, np.float32)


def toned(
    blocks: Iterable[SoundBlock], spans: Iterable[Span[Fraction]], rate: int
) -> Iterator[SoundBlock]:
    """`blocks`, which are silent inside `spans`, with the tone in them."""
    tone = Tone(spans, rate)
    for block in blocks:
        added = tone.at(block.start, block.end)
        yield block if added is None else SoundBlock(block.start, block.samples + added)


def _heard(span: Span[Fraction], rate: int) -> tuple[int, int] | None:
    """The samples of `span` in which the tone sounds, if there is room to rise and to fall."""
    hush = max(sample_at(HUSH_SECONDS, rate), AAC_WINDOW)
    start, end = sample_at(span.start, rate) + hush, sample_at(span.end, rate) - hush
    return (start, end) if end - start > 2 * sample_at(RISE_SECONDS, rate) else None
