"""AAC packets of random content: every book, every kind of window, whatever may stand in an element."""

from collections.abc import Sequence

import numpy as np

from bwc.media.aac_header import AacForm
from bwc.media.aac_packet import LONG, LONG_TO_SHORT, SHORT, SHORT_TO_LONG, Edge
from bwc.media.aac_words import ESCAPE, ESCAPES, INTENSITY, NOISE, SCALES, bands, words
from tests.aac_packets import Bits, section

NOTE = "1000000000000010" + f"{0x47:08b}{0x50:08b}"  # a data element with two bytes in it
ALIGNED_NOTE = "100" + "0000" + "1" + "00000001"  # its byte begins where a byte of the packet does
FILLING = "110" + "0011" + "00000000" + f"{0x47:08b}{0x50:08b}"


class RandomSound:
    """Packets of one form, whose windows follow each other as they may."""

    def __init__(self, form: AacForm, seed: int, *, noise: bool = True) -> None:
        self.form, self._rng = form, np.random.default_rng(seed)
        self._books = [*range(1, ESCAPES + 1), *([NOISE] * noise)]
        self._before = LONG

    def packet(self, *, notes: bool = False, tag: int = 0) -> bytes:
        """The next one, with notes before and behind the sound or without."""
        bits = Bits()
        if notes:
            bits.text += [NOTE, FILLING]
        bits.put((self.form.channels - 1, 3), (tag, 4))
        self._channels(bits)
        if notes:
            bits.text += [NOTE, FILLING, ALIGNED_NOTE]
            bits.text.append("0" * (-len("".join(bits.text)) % 8) + f"{0x51:08b}")
        return bits.put((7, 3)).whole()

    def _channels(self, bits: Bits) -> None:
        after = {
            LONG: [LONG, LONG_TO_SHORT],
            SHORT_TO_LONG: [LONG, LONG_TO_SHORT],
            LONG_TO_SHORT: [SHORT, SHORT_TO_LONG],
            SHORT: [SHORT, SHORT_TO_LONG],
        }[self._before]
        edge = Edge(int(self._rng.choice(after)), int(self._rng.integers(2)))
        self._before = edge.sequence
        if self.form.channels == 1:
            self._channel(bits, edge, None, [0])
            return
        if self._rng.integers(2):
            bits.put((1, 1))
            layout = self._windows(bits, edge)
            mask = int(self._rng.integers(3))
            bits.put((mask, 2))
            if mask == 1:
                bits.put(*[(int(self._rng.integers(2)), 1)] * (layout[0] * len(layout[1])))
            self._channel(bits, edge, layout, [0])
            self._channel(bits, edge, layout, [0, *INTENSITY])
        else:
            bits.put((0, 1))
            self._channel(bits, edge, None, [0])
            self._channel(bits, edge, None, [0])

    def _windows(self, bits: Bits, edge: Edge) -> tuple[int, list[int]]:
        """Put a layout; bands in use and windows of each group."""
        short = edge.sequence == SHORT
        used = int(self._rng.integers(len(bands(self.form.rate, short=short))))
        bits.put((0, 1), (edge.sequence, 2), (edge.shape, 1))
        if not short:
            bits.put((used, 6), (0, 1))
            return used, [1]
        groups = [1]
        bits.put((used, 4))
        for _ in range(7):
            joins = int(self._rng.integers(2))
            bits.put((joins, 1))
            if joins:
                groups[-1] += 1
            else:
                groups.append(1)
        return used, groups

    def _channel(
        self, bits: Bits, edge: Edge, layout: tuple[int, list[int]] | None, more: Sequence[int]
    ) -> None:
        rng, short = self._rng, edge.sequence == SHORT
        bits.put((120, 8))
        used, groups = self._windows(bits, edge) if layout is None else layout
        sections = []
        for size in groups:
            band = 0
            while band < used:
                count = int(rng.integers(1, used - band + 1))
                book = int(rng.choice([*self._books, *more]))
                section(bits, book, count, short=short)
                sections.append((book, band, band + count, size))
                band += count
        self._scales(bits, sections)
        has_pulse = not short and used > 4 and int(rng.integers(2))
        bits.put((int(has_pulse), 1))
        if has_pulse:
            bits.put((1, 2), (0, 6), (3, 5), (2, 4), (5, 5), (1, 4))
        self._shaping(bits, short=short)
        bits.put((0, 1))
        starts = bands(self.form.rate, short=short)
        for book, first, last, size in sections:
            if 0 < book <= ESCAPES:
                self._spectrum(bits, book, size * (starts[last] - starts[first]))

    def _scales(self, bits: Bits, sections: Sequence[tuple[int, int, int, int]]) -> None:
        scale, noise, is_first = 120, 0, True
        for book, first, last, _ in sections:
            for _ in range(last - first if book else 0):
                if book == NOISE and is_first:
                    bits.put((256, 9))
                    is_first = False
                    continue
                low, at = (-60, noise) if book >= NOISE else (60, scale)
                step = int(self._rng.integers(max(-60, low - at), min(60, low + 120 - at) + 1))
                bits.word(SCALES, (step,))
                scale, noise = (scale, noise + step) if book >= NOISE else (scale + step, noise)

    def _shaping(self, bits: Bits, *, short: bool) -> None:
        rng = self._rng
        has_shaping = int(rng.integers(2))
        bits.put((has_shaping, 1))
        for _ in range((8 if short else 1) * has_shaping):
            filters = int(rng.integers(2 if short else 4))
            bits.put((filters, 1 if short else 2))
            fine = int(rng.integers(2))
            if filters:
                bits.put((fine, 1))
            for _ in range(filters):
                order = int(rng.integers(8 if short else 13))
                bits.put((5, 4 if short else 6), (order, 3 if short else 5))
                if order:
                    squeezed = int(rng.integers(2))
                    bits.put((0, 1), (squeezed, 1), *[(0, 3 + fine - squeezed)] * order)

    def _spectrum(self, bits: Bits, book: int, lines: int) -> None:
        listed = words(book)
        for at in self._rng.integers(len(listed), size=lines // len(listed[0].values)):
            values = [
                int(2 ** self._rng.uniform(4, 12.9)) if book == ESCAPES and v == ESCAPE else v
                for v in listed[at].values
            ]
            if listed[at].signs:
                values = [v * int(self._rng.choice([-1, 1])) for v in values]
            bits.word(book, values)
