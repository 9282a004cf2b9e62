"""Sound as one gapless run of samples with exact positions, so that cuts are exact to the sample.

Whatever the container says, what comes out is float32 in [-1, 1] at the recording's own rate;
missing stretches are silence and overlaps are trimmed, so that picture and sound stay together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from bwc.errors import MediaError
from bwc.media.containers import open_media
from bwc.media.timing import lead_before_zero, sample_at, time_base_of, time_of
from bwc.timeline import Span, merge

Samples = npt.NDArray[np.float32]  # (channels, n), in [-1, 1]

RAMP_SECONDS = Fraction(5, 1000)  # a cut without a ramp clicks
AAC_FRAME = 1024  # samples between the starts of two windows
AAC_WINDOW = 2 * AAC_FRAME  # samples that a frame is coded from (ISO/IEC 14496-3, 4.6.11)
JITTER_SECONDS = Fraction(1, 500)  # containers with 1 ms ticks wobble by less than this
LONGEST_GAP_SECONDS = 600  # a longer hole is a broken time stamp, not silence
AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
MOST_CHANNELS = 2


@dataclass(frozen=True, slots=True)
class SoundLook:
    """What the sound of a file is once decoded: `rate` samples a second, mono or stereo."""

    rate: int
    layout: str
    codec: str

    @property
    def channels(self) -> int:
        """How many."""
        return {"mono": 1}.get(self.layout, MOST_CHANNELS)


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """`samples` whose first stands at sample `start` of the media clock (second 0 is sample 0)."""

    start: int
    samples: Samples

    @property
    def end(self) -> int:
        """One past its last sample."""
        return self.start + int(self.samples.shape[1])


def sound_look(path: Path) -> SoundLook | None:
    """What the first sound stream of `path` is, or None where there is none that decodes."""
    with open_media(path) as container:
        stream = sound_stream(container)
        if stream is None:
            return None
        for frame in _decoded(container, stream):
            rate = min(AAC_RATES, key=lambda known: abs(known - frame.sample_rate))
            layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
            return SoundLook(rate=rate, layout=layout, codec=stream.codec_context.name)
    return None


def first_moment(path: Path) -> Fraction:
    """The second at which the recording begins, from which players count; mostly 0."""
    with open_media(path) as container:
        return Fraction(container.start_time or 0, av.time_base) + lead_before_zero(container)


def length(path: Path) -> Fraction | None:
    """The seconds from the first moment to the end, as the container states them."""
    with open_media(path) as container:
        return None if container.duration is None else Fraction(container.duration, av.time_base)


def sound(path: Path, look: SoundLook) -> Iterator[SoundBlock]:
    """The sound of `path`, block by block, each starting where the one before ended."""
    with open_media(path) as container:
        stream = sound_stream(container)
        if stream is None:
            raise MediaError("has no sound", where=path.name)
        yield from _gapless(_placed(container, stream, look), look)


def muted(
    blocks: Iterable[SoundBlock], spans: Iterable[Span[Fraction]], rate: int
) -> Iterator[SoundBlock]:
    """`blocks` with nothing left inside `spans`; the ramps lie outside of them."""
    quiet = merge(spans)
    ramp = sample_at(RAMP_SECONDS, rate)
    cuts = [(sample_at(span.start, rate), sample_at(span.end, rate)) for span in quiet]
    for block in blocks:
        near = [cut for cut in cuts if cut[0] - ramp < block.end and cut[1] + ramp > block.start]
        if not near:
            yield block
            continue
        at = np.arange(block.start, block.end)
        gain = np.ones(at.size, np.float32)
        for first, last in near:
            distance = np.maximum(np.maximum(first - at, at - (last - 1)), 0)
            gain = np.minimum(gain, (distance / ramp).clip(0, 1).astype(np.float32))
        yield SoundBlock(block.start, block.samples * gain)


def whole_windows(
    spans: Iterable[Span[Fraction]], rate: int, *, first: int
) -> list[Span[Fraction]]:
    """`spans`, widened so that each AAC window that reaches into one lies in it as a whole.

    Coded so, nothing that is heard beside is smeared into a span. `first` is the first sample that
    is coded: windows begin at whole frames from it.

    >>> whole_windows([Span(Fraction(5000), Fraction(6000))], 1, first=0)
    [Span(start=Fraction(3072, 1), end=Fraction(7168, 1))]
    """
    wide = []
    for span in merge(spans):
        start, end = sample_at(span.start, rate), sample_at(span.end, rate)
        opens = first + ((start - AAC_WINDOW - first) // AAC_FRAME + 1) * AAC_FRAME
        last = first + (end - 1 - first) // AAC_FRAME * AAC_FRAME
        wide.append(Span(Fraction(opens, rate), Fraction(max(last, opens) + AAC_WINDOW, rate)))
    return merge(wide)


def sound_stream(container: InputContainer) -> AudioStream | None:
    """The first sound stream; further ones are dropped and the certificate says so."""
    return container.streams.audio[0] if container.streams.audio else None


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Whatever decodes; damaged packets leave a gap that becomes silence."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.FFmpegError:
            continue


def _placed(
    container: InputContainer, stream: AudioStream, look: SoundLook
) -> Iterator[SoundBlock]:
    """Blocks where their time stamps put them, at the wanted rate and layout."""
    base, lead = time_base_of(stream), lead_before_zero(container)
    resampler = AudioResampler(format="fltp", layout=look.layout, rate=look.rate)
    for frame in _decoded(container, stream):
        if frame.pts is None:
            continue
        start = sample_at(time_of(frame, base).seconds + lead, look.rate)
        frame.pts = None  # the resampler only converts; positions are kept here
        for ready in resampler.resample(frame):
            samples = np.asarray(ready.to_ndarray(), np.float32)
            yield SoundBlock(start, samples)
            start += samples.shape[1]


def _gapless(blocks: Iterator[SoundBlock], look: SoundLook) -> Iterator[SoundBlock]:
    """Close small wobbles, fill holes with silence, trim overlaps."""
    jitter = sample_at(JITTER_SECONDS, look.rate)
    at: int | None = None
    for block in blocks:
        if at is None:
            at = block.start
        hole = block.start - at
        if hole > LONGEST_GAP_SECONDS * look.rate:
            raise MediaError("the sound jumps", got=f"{hole / look.rate:.0f} s without any")
        while hole > jitter:
            step = min(hole, look.rate)
            yield SoundBlock(at, np.zeros((look.channels, step), np.float32))
            at, hole = at + step, hole - step
        samples = block.samples[:, -hole:] if hole < -jitter else block.samples
        if samples.shape[1]:
            yield SoundBlock(at, samples)
            at += samples.shape[1]
