"""The units that an H.264 sample is made of, and the bits in them (ITU-T H.264, 7.3 and 9.1).

Units here stand behind their length, as MP4, MOV and Matroska keep them (ISO/IEC 14496-15, 5.3.3).
"""

import re
from collections.abc import Iterator

from bwc.errors import MediaError

SLICE, DATA_PARTITIONS, IDR_SLICE, SEQUENCE_SET, PICTURE_SET = 1, {2, 3, 4}, 5, 7, 8
PICTURES = {SLICE, IDR_SLICE}  # kinds that are part of a picture; our writer puts in no other
LENGTH_BYTES = 4  # of a unit's length, as our writer puts it before each
LENGTH_AT = 4  # byte of avcC whose low two bits say how many bytes a length has, less one
SLICE_HEAD = 24  # bytes; what is read of a slice's header is far shorter
MOST_ZEROS = 32  # of a number in Exp-Golomb code
# None of these can stand inside a unit: another one could be hidden behind it (7.4.1).
FORBIDDEN = re.compile(rb"\x00\x00[\x00-\x02]")


def units_of(sample: bytes, length: int) -> Iterator[bytes]:
    """The units of `sample`, whose lengths have `length` bytes each.

    Raises:
        MediaError: the sample is not a row of whole units.

    >>> [unit.hex() for unit in units_of(bytes([0, 2, 0x65, 1, 0, 1, 0x0C]), 2)]
    ['6501', '0c']
    """
    at = 0
    while at < len(sample):
        start = at + length
        end = start + int.from_bytes(sample[at:start])
        if start > len(sample) or end > len(sample) or end == start:
            raise MediaError("a picture does not end where its sample ends")
        yield sample[start:end]
        at = end


def kind_of(unit: bytes) -> int:
    """What a unit is (table 7-1)."""
    return unit[0] & 31


def pictures_in(sample: bytes, length: int) -> list[bytes]:
    """The units of `sample` that are part of a picture. Raises MediaError as `units_of` does."""
    return [unit for unit in units_of(sample, length) if kind_of(unit) in PICTURES]


def as_sample(units: list[bytes]) -> bytes:
    """`units` as our writer puts them.

    >>> as_sample([b"ab"]).hex()
    '000000026162'
    """
    return b"".join(len(unit).to_bytes(LENGTH_BYTES) + unit for unit in units)


class Bits:
    """Reads a unit bit by bit, behind its first byte.

    >>> bits = Bits(bytes([0x67, 0b10100111]))
    >>> [bits.number() for _ in range(3)], bits.is_at_its_end
    ([0, 1, 2], True)
    """

    def __init__(self, unit: bytes) -> None:
        """Read `unit` without the bytes that keep start codes apart (7.4.1)."""
        self._bytes = unit[1:].replace(b"\x00\x00\x03", b"\x00\x00")
        self._all = int.from_bytes(self._bytes)
        self._left = 8 * len(self._bytes)

    def take(self, count: int) -> int:
        """The next `count` bits. Raises MediaError where the unit is over."""
        if count > self._left:
            raise MediaError("a unit of the picture stream breaks off")
        self._left -= count
        return self._all >> self._left & (1 << count) - 1

    def flag(self) -> bool:
        """The next bit."""
        return bool(self.take(1))

    def number(self) -> int:
        """The next number in Exp-Golomb code (9.1). Raises MediaError where there is none."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > MOST_ZEROS:
                raise MediaError("a unit of the picture stream holds a number that cannot be")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """The next signed number (9.1.1)."""
        number = self.number()
        return (number + 1) // 2 if number % 2 else -number // 2

    @property
    def has_more(self) -> bool:
        """Whether anything stands before the bit that ends the unit (7.2)."""
        rest = self._all & (1 << self._left) - 1
        return bool(rest & rest - 1)

    @property
    def is_at_its_end(self) -> bool:
        """Whether that bit is next and nothing comes behind the byte it stands in (7.3.2.11)."""
        last = self._left - 1
        return 0 <= last < 8 and self._all & (1 << self._left) - 1 == 1 << last  # noqa: PLR2004 - bits


def picture_set_of(unit: bytes) -> int:
    """Which picture parameter set a slice refers to (7.3.3). Raises MediaError."""
    bits = Bits(unit[:SLICE_HEAD])
    bits.number()  # first macroblock
    bits.number()  # type
    return bits.number()
