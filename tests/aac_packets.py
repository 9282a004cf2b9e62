"""AAC packets built bit by bit from our tables, and what FFmpeg's decoder makes of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Self

import av
import numpy as np
import numpy.typing as npt
from av.packet import Packet

from bwc.media.aac_header import AacForm
from bwc.media.aac_packet import Edge, silent
from bwc.media.aac_words import ESCAPE, ESCAPES, SCALES, bands, words

GAIN = 120

Wave = npt.NDArray[np.float64]


@dataclass
class Bits:
    """Bits that are put one behind the other."""

    text: list[str] = field(default_factory=list)

    def put(self, *fields: tuple[int, int]) -> Self:
        """Put numbers of so many bits each."""
        self.text += [f"{number:0{count}b}" for number, count in fields if count]
        return self

    def word(self, book: int, values: Sequence[int]) -> Self:
        """Put the word of a book for these values, their signs, and what goes on behind it."""
        is_signed = book != SCALES and book not in {1, 2, 5, 6}
        seen = tuple(min(abs(v), ESCAPE) for v in values) if is_signed else tuple(values)
        word = next(word for word in words(book) if word.values == seen)
        self.put((word.code, word.length))
        if is_signed:
            self.put(*((int(v < 0), 1) for v in values if v))
        if book == ESCAPES:
            for value in values:
                if abs(value) >= ESCAPE:
                    size = abs(value).bit_length() - 1
                    ones = size - 4
                    self.put(((1 << ones) - 1 << 1, ones + 1), (abs(value) - (1 << size), size))
        return self

    def whole(self) -> bytes:
        """All of it, and zeros to the last byte."""
        text = "".join(self.text)
        return int(text + "0" * (-len(text) % 8), 2).to_bytes(-(-len(text) // 8))


def long_window(bits: Bits, used: int) -> None:
    """The layout of one long window with so many bands in use."""
    bits.put((0, 1), (0, 2), (0, 1), (used, 6), (0, 1))


def section(bits: Bits, book: int, count: int, *, short: bool = False) -> None:
    """So many bands that are coded by `book`."""
    size = 3 if short else 5
    more = (1 << size) - 1
    bits.put((book, 4), *[(more, size)] * (count // more), (count % more, size))


def packet_of(book: int, spectrum: Sequence[int], rate: int = 44100) -> bytes:
    """One channel, one long window, the first lines of whose spectrum are these, by one book."""
    starts, width = bands(rate, short=False), len(words(book)[0].values)
    used = next(at for at, start in enumerate(starts) if start >= len(spectrum))
    lines = [*spectrum, *[0] * (starts[used] - len(spectrum))]
    bits = Bits().put((0, 3), (0, 4), (GAIN, 8))
    long_window(bits, used)
    section(bits, book, used)
    for _ in range(used):
        bits.word(SCALES, (0,))
    bits.put((0, 3))
    for at in range(0, len(lines), width):
        bits.word(book, lines[at : at + width])
    return bits.put((7, 3)).whole()


def decoded(packets: Iterable[bytes], form: AacForm, header: bytes | None = None) -> Wave:
    """What a new decoder makes of `packets`: (channels, samples). Raises av's errors."""
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = form.header if header is None else header
    frames = [frame for packet in packets for frame in decoder.decode(Packet(packet))]
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1).astype(np.float64)


def spectrum_of(packet: bytes, form: AacForm, *, window: int | None = None) -> Wave:
    """The lines of the first channel, of a long window or of one of eight short ones: MDCT."""
    after = silent(form, (Edge(0, 0),) * form.channels)
    wave = decoded([packet, after], form)[0]
    size = 2048 if window is None else 256
    start = 0 if window is None else 448 + 128 * window
    return np.asarray(_transform(size) @ wave[start : start + size])


@cache
def _transform(size: int) -> Wave:
    """The lines of a window with the slopes of a sine, from its samples."""
    at = np.arange(size) + 0.5
    basis = np.cos(2 * np.pi / size * (at + size / 4) * (np.arange(size // 2)[:, None] + 0.5))
    return np.asarray(basis * np.sin(np.pi / size * at) / (size / 2))


def quantised(spectrum: Wave, unit: float) -> npt.NDArray[np.int64]:
    """The whole numbers that a spectrum was made of (4.6.1)."""
    exact = np.sign(spectrum) * (np.abs(spectrum) / unit) ** 0.75
    assert np.abs(exact - exact.round()).max() < 0.1
    return exact.round().astype(np.int64)
