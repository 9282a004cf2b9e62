"""Muting and the tone, sample by sample, whatever the spans and however the sound is cut up."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bwc.media.audio import (
    AAC_FRAME,
    AAC_WINDOW,
    RAMP_SECONDS,
    SoundBlock,
    muted,
    whole_windows,
)
from bwc.media.timing import sample_at
from bwc.media.tone import TONE_PEAK, toned
from bwc.timeline import Span, merge

RATES = st.sampled_from([8_000, 11_025, 44_100, 48_000])
SPANS = st.lists(
    st.builds(
        lambda start, length: Span(Fraction(start, 1000), Fraction(start + length, 1000)),
        st.integers(-300, 1300),
        st.integers(1, 700),
    ),
    max_size=4,
)


@settings(max_examples=60)
@given(RATES, SPANS, st.integers(50, 9000), st.integers(-500, 500))
def test_inside_nothing_is_left_and_beyond_the_ramps_nothing_is_changed(
    rate: int, spans: list[Span[Fraction]], size: int, first: int
) -> None:
    count = rate * 5 // 4
    loud = np.random.default_rng(5).uniform(0.2, 1, (2, count)).astype(np.float32)
    blocks = [SoundBlock(first + at, loud[:, at : at + size]) for at in range(0, count, size)]
    cut = list(muted(blocks, spans, rate))
    after = np.concatenate([block.samples for block in cut], axis=1)
    at = np.arange(first, first + count)
    inside, near = np.zeros(count, bool), np.zeros(count, bool)
    ramp = sample_at(RAMP_SECONDS, rate)
    for span in merge(spans):
        start, end = sample_at(span.start, rate), sample_at(span.end, rate)
        inside |= (at >= start) & (at < end)
        near |= (at > start - ramp) & (at < end - 1 + ramp)
    assert not after[:, inside].any()
    assert np.array_equal(after[:, ~near], loud[:, ~near])
    assert (np.abs(after) <= np.abs(loud)).all()

    heard = np.concatenate([block.samples for block in toned(cut, spans, rate)], axis=1)
    assert np.array_equal(heard[:, ~inside], after[:, ~inside])
    assert np.abs(heard[:, inside]).max(initial=0) <= TONE_PEAK + 1e-6
    whole = next(iter(toned(muted([SoundBlock(first, loud)], spans, rate), spans, rate)))
    assert np.array_equal(heard, whole.samples)


@settings(max_examples=60)
@given(RATES, SPANS, st.integers(-3000, 3000))
def test_every_window_that_reaches_into_a_span_is_silent_and_little_else(
    rate: int, spans: list[Span[Fraction]], first: int
) -> None:
    wide = [(sample_at(s.start, rate), sample_at(s.end, rate)) for s in _wide(rate, spans, first)]
    for span in merge(spans):
        start, end = sample_at(span.start, rate), sample_at(span.end, rate)
        ((opens, closes),) = [cut for cut in wide if cut[0] <= start and cut[1] >= end]
        reaching = [
            at
            for at in range(first - 90 * AAC_FRAME, first + 90 * AAC_FRAME, AAC_FRAME)
            if at < end and at + AAC_WINDOW > start
        ]
        assert opens <= min(reaching)
        assert closes >= max(reaching) + AAC_WINDOW
    narrow = [
        (sample_at(s.start, rate) - AAC_WINDOW, sample_at(s.end, rate) + AAC_WINDOW)
        for s in merge(spans)
    ]
    assert all(any(n[0] < w[0] for n in narrow) and any(n[1] > w[1] for n in narrow) for w in wide)


def _wide(rate: int, spans: list[Span[Fraction]], first: int) -> list[Span[Fraction]]:
    return whole_windows(spans, rate, first=first)
