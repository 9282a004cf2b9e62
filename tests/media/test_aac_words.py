"""Our tables of AAC say what FFmpeg's decoder says, for every word and every band."""

import itertools

import numpy as np
import pytest

from bwc.media.aac_header import RATES, AacForm
from bwc.media.aac_packet import read_element, stripped
from bwc.media.aac_words import ESCAPE, ESCAPES, SCALES, bands, words
from tests.aac_packets import GAIN, Bits, packet_of, quantised, section, spectrum_of

pytestmark = pytest.mark.media

MONO = AacForm(44100, 1)
UNIT = float(spectrum_of(packet_of(1, [1, 0, 0, 0]), MONO)[0])


@pytest.mark.parametrize("book", range(ESCAPES + 1))
def test_the_words_of_a_book_fill_its_code(book: int) -> None:
    assert sum(2.0**-word.length for word in words(book)) == 1
    assert len({word.values for word in words(book)}) == len(words(book))


@pytest.mark.parametrize("book", range(1, ESCAPES + 1))
def test_every_word_decodes_to_the_values_of_our_table(book: int) -> None:
    rng = np.random.default_rng(book)
    width = len(words(book)[0].values)
    for _ in range(3):
        chosen = [words(book)[at].values for at in rng.permutation(len(words(book)))]
        lines = list(itertools.chain.from_iterable(chosen))
        if min(lines) >= 0:
            lines = [value * int(rng.choice([-1, 1])) for value in lines]
        if book == ESCAPES:
            lines = [
                int(np.sign(v) * 2 ** rng.uniform(4, 12.9)) if abs(v) == ESCAPE else v
                for v in lines
            ]
        for at in range(0, len(lines), 512):
            part = lines[at : at + 512 - 512 % width]
            packet = packet_of(book, part)
            assert stripped(packet, read_element(packet, MONO), MONO) == packet
            heard = quantised(spectrum_of(packet, MONO), UNIT)
            assert heard[: len(part)].tolist() == part
            assert not heard[len(part) :].any()


@pytest.mark.parametrize("step", range(-60, 61))
def test_every_step_between_scale_factors_decodes_as_in_our_table(step: int) -> None:
    bits = Bits().put((0, 3), (0, 4), (GAIN, 8), (0, 4), (1, 6), (0, 1))
    section(bits, 1, 1)
    packet = bits.word(SCALES, (step,)).put((0, 3)).word(1, (1, 0, 0, 0)).put((7, 3)).whole()
    assert stripped(packet, read_element(packet, MONO), MONO) == packet
    assert spectrum_of(packet, MONO)[0] == pytest.approx(UNIT * 2 ** (step / 4), rel=1e-4)


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("rate", RATES)
def test_every_band_has_the_lines_of_our_table(rate: int, *, short: bool) -> None:
    form, starts = AacForm(rate, 1), bands(rate, short=short)
    for band, (first, last) in enumerate(itertools.pairwise(starts)):
        packet = _with_one_band(band, len(starts) - 1, (last - first) // 4, short=short)
        assert stripped(packet, read_element(packet, form), form) == packet
        spectrum = spectrum_of(packet, form, window=4 if short else None)
        assert np.flatnonzero(np.abs(spectrum) > UNIT / 10).tolist() == list(range(first, last))


def _with_one_band(band: int, count: int, quads: int, *, short: bool) -> bytes:
    """All lines of one band are 1, and of the other bands none; of the fifth window, if short."""
    bits = Bits().put((0, 3), (0, 4), (GAIN, 8), (0, 1), (2 if short else 0, 2), (0, 1))
    bits.put((count, 4), (0b1110011, 7)) if short else bits.put((count, 6), (0, 1))
    for group in range(3 if short else 1):
        if short and group != 1:
            section(bits, 0, count, short=True)
            continue
        for book, size in ((0, band), (1, 1), (0, count - band - 1)):
            if size:
                section(bits, book, size, short=short)
    bits.word(SCALES, (0,)).put((0, 3))
    for _ in range(quads):
        bits.word(1, (1, 1, 1, 1))
    return bits.put((7, 3)).whole()
