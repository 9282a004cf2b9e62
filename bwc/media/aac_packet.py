"""What an AAC packet is made of, read to its last bit (ISO/IEC 14496-3, 4.4.2).

Elements follow each other without lengths, so that what stands behind the sound is found only by
reading the sound word by word. Cameras and encoders leave notes there that no player shows; what is
copied holds the one element of the sound and its end, and nothing else.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from bwc.errors import MediaError
from bwc.media.aac_header import AacForm
from bwc.media.aac_words import (
    AHEAD,
    ESCAPES,
    INTENSITY,
    LEAST_SCALE,
    NOISE,
    bands,
    book_of,
    scale_steps,
)

# Elements (table 4.85).
ONE_CHANNEL, TWO_CHANNELS, NOTE, FILLING, END = 0, 1, 4, 6, 7
MORE_SOUND = {11, 13, 14}  # kinds of filling that change what is heard (table 4.121)
LONG, LONG_TO_SHORT, SHORT, SHORT_TO_LONG = range(4)  # sequences of windows (table 4.115)
SHORT_WINDOWS = 8
NO_BOOK = 12
MOST_NOISE_BITS = 9  # of the first noise level
MOST_ONES = 8  # before a value without a bound (4.6.3.3)
MASK = (1 << AHEAD) - 1
_SHIFTS = np.arange(32 - AHEAD, 32 - AHEAD - 8, -1, dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Edge:
    """How a channel's window of one packet meets its neighbours': its sequence and its shape."""

    sequence: int
    shape: int

    @property
    def opens_short(self) -> bool:
        """Whether its first half is a short slope."""
        return self.sequence in {SHORT, SHORT_TO_LONG}

    @property
    def closes_short(self) -> bool:
        """Whether its second half is."""
        return self.sequence in {SHORT, LONG_TO_SHORT}


@dataclass(frozen=True, slots=True)
class SoundElement:
    """The sound of a packet: its bits from behind its tag on, and the windows of its channels."""

    first: int
    end: int
    edges: tuple[Edge, ...]


def read_element(packet: bytes, form: AacForm) -> SoundElement:
    """The one element of sound in `packet`, all of which is read.

    Raises:
        MediaError: it cannot be read, or has more in it that is heard.
    """
    bits = _Bits(packet)
    found: SoundElement | None = None
    try:
        while (kind := bits.take(3)) != END:
            if kind == NOTE:
                _pass_note(bits)
            elif kind == FILLING:
                _pass_filling(bits)
            elif kind == form.channels - 1 and found is None:
                bits.take(4)  # its tag
                first = bits.at
                edges = _read_channels(bits, form)
                found = SoundElement(first, bits.at, edges)
            else:
                raise MediaError("has a packet with other elements")
    except IndexError:
        raise MediaError("has a packet that breaks off") from None
    if found is None or bits.at > 8 * len(packet):
        raise MediaError("has a packet that breaks off")
    if any(packet[-(-bits.at // 8) :]):
        raise MediaError("has something behind the end of a packet")
    return found


def stripped(packet: bytes, element: SoundElement, form: AacForm) -> bytes:
    """`packet` with its `element` of sound alone, its end, and zeros to the last byte."""
    count = element.end - element.first
    sound = int.from_bytes(packet) >> 8 * len(packet) - element.end & (1 << count) - 1
    return _packed((form.channels - 1) << 4 + count | sound, 7 + count)


@cache
def silent(form: AacForm, edges: tuple[Edge, ...]) -> bytes:
    """The packet of silence whose windows are those of `edges`."""
    text = f"{form.channels - 1:03b}0000" + "0" * (form.channels - 1)
    for edge in edges:
        bands_and_groups = "0000" + "1" * 7 if edge.sequence == SHORT else "000000" + "0"
        text += f"{0:08b}0{edge.sequence:02b}{edge.shape}{bands_and_groups}000"
    return _packed(int(text, 2), len(text))


def _packed(bits: int, count: int) -> bytes:
    """`count` bits and the end behind them, as bytes."""
    size = -(-(count + 3) // 8)
    return ((bits << 3 | END) << 8 * size - count - 3).to_bytes(size)


class _Bits:
    """Reads a packet; `ahead` has the next bits at each place. Raises IndexError behind its end."""

    __slots__ = ("ahead", "at")

    def __init__(self, packet: bytes) -> None:
        """At the first bit."""
        each = np.frombuffer(packet + bytes(4), np.uint8).astype(np.uint32)
        four = each[:-3] << 24 | each[1:-2] << 16 | each[2:-1] << 8 | each[3:]
        self.ahead: list[int] = (four[:, None] >> _SHIFTS & MASK).ravel().tolist()
        self.at = 0

    def take(self, count: int) -> int:
        """The next `count` bits, as many as a word may have."""
        found = self.ahead[self.at] >> AHEAD - count
        self.at += count
        return found


@dataclass(frozen=True, slots=True)
class _Windows:
    """How a channel's spectrum is laid out: windows of each group, and bands in use."""

    edge: Edge
    groups: tuple[int, ...]
    bands: int
    starts: tuple[int, ...]

    @property
    def is_short(self) -> bool:
        return self.edge.sequence == SHORT


_Sections = list[list[tuple[int, int, int]]]  # by group: book, first band, band behind the last


def _pass_note(bits: _Bits) -> None:
    """Step over an element of data (4.4.2.6)."""
    bits.take(4)
    is_aligned, count = bits.take(1), bits.take(8)
    if count == 255:  # noqa: PLR2004 - all ones: more follows
        count += bits.take(8)
    bits.at += -bits.at % 8 if is_aligned else 0
    bits.at += 8 * count


def _pass_filling(bits: _Bits) -> None:
    """Step over filling, unless it is more sound (4.4.2.7)."""
    count = bits.take(4)
    if count == 15:  # noqa: PLR2004 - all ones: more follows
        count += bits.take(8) - 1
    if count and bits.ahead[bits.at] >> AHEAD - 4 in MORE_SOUND:
        raise MediaError("is HE-AAC, or says how loud it is to be played")
    bits.at += 8 * count


def _read_channels(bits: _Bits, form: AacForm) -> tuple[Edge, ...]:
    """Read one channel or two (4.4.2.1, tables 4.4 and 4.5)."""
    if form.channels == 1:
        return (_read_channel(bits, form, None, may_be_intensity=False),)
    shared = None
    if bits.take(1):
        shared = _read_windows(bits, form)
        mask = bits.take(2)
        if mask == 3:  # noqa: PLR2004 - reserved
            raise MediaError("has a packet that cannot be read")
        bits.at += shared.bands * len(shared.groups) if mask == 1 else 0
    return (
        _read_channel(bits, form, shared, may_be_intensity=False),
        _read_channel(bits, form, shared, may_be_intensity=shared is not None),
    )


def _read_windows(bits: _Bits, form: AacForm) -> _Windows:
    """Read how the windows are laid out (table 4.6)."""
    if bits.take(1):
        raise MediaError("has a packet that cannot be read")
    edge = Edge(bits.take(2), bits.take(1))
    is_short = edge.sequence == SHORT
    starts = bands(form.rate, short=is_short)
    groups = [1]
    if is_short:
        used = bits.take(4)
        for _ in range(SHORT_WINDOWS - 1):
            if bits.take(1):
                groups[-1] += 1
            else:
                groups.append(1)
    else:
        used = bits.take(6)
        if bits.take(1):
            raise MediaError("is another kind of AAC")
    if used >= len(starts):
        raise MediaError("has a packet that cannot be read")
    return _Windows(edge, tuple(groups), used, starts)


def _read_channel(
    bits: _Bits, form: AacForm, shared: _Windows | None, *, may_be_intensity: bool
) -> Edge:
    """Read one channel's stream (table 4.50)."""
    gain = bits.take(8)
    windows = _read_windows(bits, form) if shared is None else shared
    sections = _read_sections(bits, windows)
    books = {book for group in sections for book, _, _ in group}
    if NO_BOOK in books or (not may_be_intensity and books & set(INTENSITY)):
        raise MediaError("has a packet that cannot be read")
    _pass_scales(bits, sections, gain)
    if bits.take(1):
        _pass_pulses(bits, windows)
    if bits.take(1):
        _pass_shaping(bits, windows)
    if bits.take(1):
        raise MediaError("is another kind of AAC")
    _pass_spectrum(bits, windows, sections)
    return windows.edge


def _read_sections(bits: _Bits, windows: _Windows) -> _Sections:
    """Read which book each band is coded by (table 4.52)."""
    size = 3 if windows.is_short else 5
    more = (1 << size) - 1
    sections: _Sections = []
    for _ in windows.groups:
        group, band = [], 0
        while band < windows.bands:
            book, end = bits.take(4), band
            while (step := bits.take(size)) == more:
                end += more
            end += step
            if not band < end <= windows.bands:
                raise MediaError("has a packet that cannot be read")
            group.append((book, band, end))
            band = end
        sections.append(group)
    return sections


def _pass_scales(bits: _Bits, sections: _Sections, scale: int) -> None:
    """Step over how loud each band is (table 4.53)."""
    lengths, steps = scale_steps()
    ahead, at = bits.ahead, bits.at
    is_first_noise = True
    for group in sections:
        for book, first, end in group:
            if not book:
                continue
            count = end - first
            if book == NOISE and is_first_noise:
                at, count, is_first_noise = at + MOST_NOISE_BITS, count - 1, False
            for _ in range(count):
                word = ahead[at]
                at += lengths[word]
                if book < NOISE:
                    scale += steps[word] + LEAST_SCALE
                    if not 0 <= scale <= 255:  # noqa: PLR2004 - eight bits
                        raise MediaError("has a packet that cannot be read")
    bits.at = at


def _pass_pulses(bits: _Bits, windows: _Windows) -> None:
    """Step over single lines that are louder (table 4.7)."""
    count = bits.take(2) + 1
    if windows.is_short or bits.take(6) >= len(windows.starts) - 1:
        raise MediaError("has a packet that cannot be read")
    bits.at += 9 * count


def _pass_shaping(bits: _Bits, windows: _Windows) -> None:
    """Step over how noise is shaped in time (table 4.54)."""
    for_count, for_length, for_order, most = (1, 4, 3, 7) if windows.is_short else (2, 6, 5, 12)
    for _ in range(sum(windows.groups)):
        filters = bits.take(for_count)
        is_fine = bits.take(1) if filters else 0
        for _ in range(filters):
            bits.take(for_length)
            order = bits.take(for_order)
            if order > most:
                raise MediaError("has a packet that cannot be read")
            if order:
                bits.take(1)
                size = 3 + is_fine - bits.take(1)
                bits.at += order * size


def _pass_spectrum(bits: _Bits, windows: _Windows, sections: _Sections) -> None:
    """Step over the spectrum, word by word (table 4.56)."""
    ahead, at, starts = bits.ahead, bits.at, windows.starts
    for count, group in zip(windows.groups, sections, strict=True):
        for number, first, end in group:
            if not 0 < number < NO_BOOK:
                continue
            book = book_of(number)
            steps = book.steps
            left = count * (starts[end] - starts[first]) // book.width
            if number == ESCAPES:
                at = _pass_escapes(ahead, at, left)
                continue
            for _ in range(left):
                at += steps[ahead[at]]
    bits.at = at


def _pass_escapes(ahead: list[int], at: int, left: int) -> int:
    """Step over words of the last book, from `at` on; the place behind them (4.6.3.3)."""
    book = book_of(ESCAPES)
    steps, escapes = book.steps, book.escapes
    for _ in range(left):
        word = ahead[at]
        at += steps[word]
        for _ in range(escapes[word]):
            ones = AHEAD - (ahead[at] ^ MASK).bit_length()
            if ones > MOST_ONES:
                raise MediaError("has a packet that cannot be read")
            at += 2 * ones + 5
    return at
