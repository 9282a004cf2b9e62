"""Where somebody speaks: what becomes of the likelihoods of consecutive windows."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bwc.media.audio import SoundBlock, SoundLook
from bwc.redaction.speech import (
    PAD_SECONDS,
    RATE,
    SILENT_WINDOWS,
    WINDOW,
    Detector,
    load_detector,
    speech_in,
    spoken,
    windows,
)
from bwc.timeline import Span

LOOK = SoundLook(rate=48_000, layout="stereo", codec="aac")


class Told:
    """Hears what it is told to."""

    def __init__(self, likely: Sequence[float]) -> None:
        self._likely = iter(likely)

    def process(self, data: memoryview) -> float:
        assert (len(data), data.itemsize) == (WINDOW, 4)
        return next(self._likely)


def blocks(count: int, *, size: int = 700) -> Iterator[SoundBlock]:
    for at in range(0, count, size):
        yield SoundBlock(at, np.ones((1, min(size, count - at)), np.float32))


def heard(*likely: float) -> list[tuple[int, int]]:
    """The spans in windows, without what is added to them."""
    detector = Detector(Told(likely), "told", "0" * 64)
    found = spoken(blocks(len(likely) * WINDOW), detector)
    window = Fraction(WINDOW, RATE)
    return [
        (round((s.start + PAD_SECONDS) / window), round((s.end - PAD_SECONDS) / window))
        for s in found
    ]


def test_speech_lasts_from_the_first_sure_window_to_the_last_likely_one() -> None:
    assert heard(*[0.4] * 3, *[0.9] * 10, *[0.4] * 2, *[0.1] * 10) == [(3, 15)]


def test_a_short_pause_does_not_end_it_and_a_long_one_does() -> None:
    assert heard(*[0.9] * 10, *[0.0] * 2, *[0.9] * 10) == [(0, 22)]
    assert heard(*[0.9] * 10, *[0.0] * 12, *[0.9] * 10) == [(0, 10), (22, 32)]


def test_a_brief_sound_is_no_speech() -> None:
    assert heard(*[0.0] * 5, *[0.9] * 4, *[0.0] * 20) == []


def test_nobody_is_asked_about_a_long_stretch_without_any_sound() -> None:
    asked = SILENT_WINDOWS + 10
    detector = Detector(Told([0.9] * asked), "told", "0" * 64)
    sound = np.zeros((1, 100 * WINDOW), np.float32)
    sound[0, -10 * WINDOW :] = 0.1
    found = spoken([SoundBlock(0, sound)], detector)
    assert [span.end for span in found] == [
        Fraction(SILENT_WINDOWS * WINDOW, RATE) + PAD_SECONDS,
        Fraction(100 * WINDOW, RATE) + PAD_SECONDS,
    ]


def test_windows_follow_each_other_whatever_the_blocks() -> None:
    wave = np.arange(5000, dtype=np.float32)
    pieces = [SoundBlock(7 + at, wave[None, at : at + 333]) for at in range(0, wave.size, 333)]
    cut = list(windows(pieces))
    assert [start for start, _ in cut] == [7 + at * WINDOW for at in range(len(cut))]
    joined = np.concatenate([window for _, window in cut])
    assert np.array_equal(joined[: wave.size], wave)
    assert not joined[wave.size :].any()


def test_a_detector_that_cannot_be_loaded_is_no_error_but_said() -> None:
    def broken() -> Detector:
        raise OSError("no such library")

    speech = speech_in(Path("unread.mp4"), LOOK, load=broken)
    assert speech is not None
    assert speech.not_judged == "it cannot be loaded: OSError"
    assert speech.spans == ()
    assert speech_in(Path("unread.mp4"), None) is None


def test_the_real_detector_hears_nobody_in_silence_and_hiss() -> None:
    detector = load_detector()
    assert len(detector.sha256) == 64
    assert spoken(blocks(3 * RATE), detector) == []
    hiss = np.random.default_rng(3).normal(0, 0.05, (1, 3 * RATE)).astype(np.float32)
    assert spoken([SoundBlock(0, hiss)], load_detector()) == []


def test_the_real_detector_hears_a_voice_like_sound_where_it_is() -> None:
    (span,) = spoken([SoundBlock(0, voice())], load_detector())
    assert float(span.start) == pytest.approx(1, abs=0.15)
    assert float(span.end) == pytest.approx(2, abs=0.15)
    assert isinstance(span, Span)


def voice() -> np.ndarray:
    """Three seconds; in the second one something that hums and opens its mouth."""
    at = np.arange(3 * RATE) / RATE
    pitch = 2 * np.pi * np.cumsum(140 + 15 * np.sin(2 * np.pi * 3 * at)) / RATE
    wave = np.zeros(at.size)
    for formant in (700, 1200, 2600):
        for partial in range(1, 30):
            weight = np.exp(-(((partial * 140 - formant) / 120) ** 2))
            wave += weight * np.sin(partial * pitch)
    wave *= np.clip(np.sin(2 * np.pi * 4 * at), 0.15, 1) * ((at >= 1) & (at < 2))
    return (0.4 * wave / np.abs(wave).max()).astype(np.float32)[None]
