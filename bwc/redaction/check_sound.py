"""The finished sound against original and plan."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np

from bwc.media.audio import AAC_WINDOW, RAMP_SECONDS, SoundBlock, SoundLook, muted, sound
from bwc.media.timing import sample_at
from bwc.media.tone import Tone
from bwc.redaction.findings import Check, Finding
from bwc.redaction.likeness import Aligned, Likeness, coarse, mono
from bwc.redaction.plan import Plan
from bwc.timeline import Span, subtract

SILENT = 10 ** (-90 / 20)
TONE_REST = 10 ** (-50 / 20)  # peak; AAC leaves at most -53 dB beside the tone, 8 to 48 kHz
WORD = 16  # samples averaged before comparing: AAC keeps the wave, not each sample
LIKE_FLOOR = 0.7  # correlation of the waves; AAC at 64 kbit keeps 0.99 of speech, 0.9 of hiss
WINDOW_SECONDS = 0.5  # each is judged alone: a shift that begins late is not averaged away
END_TOLERANCE_SECONDS = Fraction(1, 10)  # the first and the last AAC frame are filled up
END_TOLERANCE_SAMPLES = 2048  # which takes longer at low rates
# Beside a tone: a likeness that chance explains (as many independent values as a voice's lowest
# 100 Hz hold), or a part of the original that lies below the dither of eight bits, is none.
CHANCE_HERTZ = 200
CHANCE_SIGMAS = 5
CARRIED = 10 ** (-80 / 20)

_Cut: TypeAlias = tuple[int, int, float]  # first and last sample, and the highest peak allowed


def check_silence(redacted: Path, look: SoundLook, plan: Plan) -> Iterator[Finding]:
    """Whether each muted stretch is below -90 dB, and each toned one the tone and little else.

    From the first sample of a stretch to its last: rendering keeps every AAC window that reaches
    into one silent, so that nothing is smeared into it. What of the recording may hide in that little is `check_tone`'s to say.
    """
    tones = plan.toned()
    tone = Tone(tones, look.rate)
    cuts: list[_Cut] = []
    for span in [*subtract(plan.muted(), tones), *tones]:
        first, last = _samples(span, look.rate)
        if span.end <= 0:  # no recording has sound there: the words are elsewhere, and heard
            what = f"a muted stretch at {float(span.start):.3f} s lies before the recording"
            yield Finding(check=Check.SILENCE, what=what)
        else:
            has_tone = span in tones and tone.at(first, last) is not None
            cuts.append((first, last, TONE_REST if has_tone else SILENT))
    if not cuts:
        return
    end = 0
    for block in sound(redacted, look):
        end = block.end
        rest = _less(block, tone).samples
        for first, last, most in cuts:
            heard = rest[:, max(0, first - block.start) : max(0, last - block.start)]
            if heard.size and float(np.abs(heard).max()) > most:
                at = max(first, block.start) / look.rate
                yield Finding(check=Check.SILENCE, what=f"a muted stretch is heard at {at:.3f} s")
                return
    for first, _, _ in cuts:
        if first >= end:  # the words are elsewhere, and heard
            what = f"a muted stretch at {first / look.rate:.3f} s lies after the end of the sound"
            yield Finding(check=Check.SILENCE, what=what)


def check_tone(
    original: Path, redacted: Path, *, looks: tuple[SoundLook, SoundLook], plan: Plan
) -> Iterator[Finding]:
    """Whether what stands beside a tone is the codec's noise and nothing of the original."""
    rate, tones = looks[1].rate, plan.toned()
    if not tones or looks[0].rate != rate:
        return  # another rate is `check_sync`'s finding
    cuts = [_samples(span, rate) for span in tones]
    sums = [Likeness() for _ in cuts]
    tone = Tone(tones, rate)
    rest = (_less(block, tone) for block in sound(redacted, looks[1]))
    for start, a, b in Aligned(mono(sound(original, looks[0])), mono(rest)):
        for (first, last), likeness in zip(cuts, sums, strict=True):
            inside = slice(max(0, first - start), max(0, last - start))
            likeness.add(a[inside], b[inside])
    for (first, _), likeness in zip(cuts, sums, strict=True):
        chance = CHANCE_SIGMAS / math.sqrt(max(1.0, CHANCE_HERTZ * likeness.count / rate))
        if abs(likeness.value) > chance and likeness.carried > CARRIED:
            what = f"the original is heard under a tone at {first / rate:.3f} s"
            yield Finding(check=Check.SILENCE, what=what)


def check_sync(
    original: Path, redacted: Path, *, looks: tuple[SoundLook, SoundLook], plan: Plan
) -> Iterator[Finding]:
    """Whether both files sound the same at the same time, but for what is muted.

    What is muted is silenced in both first, as far as rendering may reach beside it: a tone is as
    like itself at a wrong time.
    """
    if looks[0].rate != looks[1].rate:
        yield Finding(check=Check.SOUND, what=f"has {looks[1].rate} samples a second")
        return
    rate = looks[0].rate
    spans = _around(plan.muted(), rate)
    pairs = Aligned(
        coarse(muted(sound(original, looks[0]), spans, rate), WORD),
        coarse(muted(sound(redacted, looks[1]), spans, rate), WORD),
    )
    yield from _differences(pairs, rate)
    if pairs.off() * WORD > max(int(END_TOLERANCE_SECONDS * rate), END_TOLERANCE_SAMPLES):
        what = f"begins or ends {pairs.off() * WORD / rate:.2f} s off"
        yield Finding(check=Check.SOUND, what=what)


def _differences(pairs: Aligned, rate: int) -> Iterator[Finding]:
    """A finding for the whole, or for the first window in which the sounds are not alike."""
    whole, window = Likeness(), Likeness()
    worst: tuple[float, float] | None = None
    for start, a, b in pairs:
        whole.add(a, b)
        window.add(a, b)
        if window.count * WORD >= WINDOW_SECONDS * rate:
            if worst is None and not window.is_quiet and window.value < LIKE_FLOOR:
                worst = window.value, (start + a.size) * WORD / rate
            window = Likeness()
    if not whole.is_quiet and whole.value < LIKE_FLOOR:
        yield Finding(check=Check.SOUND, what=f"is another sound ({whole.value:.2f} alike)")
    elif worst is not None:
        value, at = worst
        what = f"is another sound in the {WINDOW_SECONDS} s before {at:.1f} s ({value:.2f} alike)"
        yield Finding(check=Check.SOUND, what=what)


def _samples(span: Span[Fraction], rate: int) -> tuple[int, int]:
    """The first sample of a stretch, and the one behind its last."""
    return sample_at(span.start, rate), sample_at(span.end, rate)


def _around(spans: Iterable[Span[Fraction]], rate: int) -> list[Span[Fraction]]:
    """`spans` and as much beside each as rendering may silence with it."""
    beside = Fraction(AAC_WINDOW, rate) + RAMP_SECONDS
    return [Span(span.start - beside, span.end + beside) for span in spans]


def _less(block: SoundBlock, tone: Tone) -> SoundBlock:
    """`block` less the tone that the plan puts there."""
    known = tone.at(block.start, block.end)
    return block if known is None else SoundBlock(block.start, block.samples - known)
