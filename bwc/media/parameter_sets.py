"""The parameter sets of an H.264 stream: what they say, and that they say nothing else.

A set is read to its last bit (ITU-T H.264, 7.3.2 and annex E): bytes behind it are heeded by no
player, and a camera could leave a name in them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from bwc.errors import MediaError
from bwc.media.units import IDR_SLICE, PICTURE_SET, SEQUENCE_SET, SLICE_HEAD, Bits, kind_of

PROFILES = {66, 77, 100}  # Baseline, Main, High: each knows what those before know
HIGH = 100
YUV420, MACROBLOCK, CHROMA_STEP = 1, 16, 2
CUSTOM_ASPECT = 255
# Shapes of pixels by number (table E-1).
ASPECTS = (
    (0, 1), (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11),
    (80, 33), (18, 11), (15, 11), (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
)  # fmt: skip
MOST_SETS = 31  # of each kind
FORBIDDEN_BIT = 0x80  # of a unit's first byte
NUMBER_BITS = 4  # the least that a number in a slice has
LISTS, LARGE_LISTS, SMALL_SIDE, LARGE_SIDE = 6, 2, 16, 64


@dataclass(frozen=True, slots=True)
class SequenceSet:
    """A sequence parameter set; width and height are cropped, `aspect` is None where unsaid.

    Its numbers use the `full_range` or a part of it; None where unsaid.
    It `has_unshown` where more is cropped off than what fills up the last blocks. `numbers` are the
    bits of a frame's number and, where slices have it, of its place in the order it is shown.
    """

    unit: bytes
    id: int
    width: int
    height: int
    has_unshown: bool
    numbers: tuple[int, int]
    is_progressive: bool
    aspect: Fraction | None
    full_range: bool | None


@dataclass(frozen=True, slots=True)
class PictureSet:
    """A picture parameter set, and the sequence parameter set that it belongs to."""

    unit: bytes
    id: int
    of: int


Set = TypeVar("Set", SequenceSet, PictureSet)


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """Those of a stream, by their numbers."""

    sequences: dict[int, SequenceSet]
    pictures: dict[int, PictureSet]

    @property
    def units(self) -> set[bytes]:
        """Each set as it stands in the stream."""
        sequences = {one.unit for one in self.sequences.values()}
        return sequences | {one.unit for one in self.pictures.values()}

    @property
    def free_number(self) -> int:
        """The least number that no set has. Raises MediaError where all are taken."""
        taken = {*self.sequences, *self.pictures}
        for number in range(MOST_SETS):
            if number not in taken:
                return number
        raise MediaError("has no parameter set left")

    def are_one_picture(self, slices: Sequence[bytes]) -> bool:
        """Whether `slices` are parts of the same picture, from its first block on (7.4.1.2.4).

        A second picture in a sample, and a slice whose first bit is set (7.4.1), are passed over by
        decoders, and are in the file nonetheless.
        Raises MediaError where one breaks off or refers to no set of these.
        """
        heads = [self._head_of(unit) for unit in slices]
        begins = [first for first, _ in heads]
        rise = all(one < other for one, other in pairwise(begins))
        is_one = len({picture for _, picture in heads}) == 1
        return (
            is_one and begins[0] == 0 and rise and all(unit[0] < FORBIDDEN_BIT for unit in slices)
        )

    def _head_of(self, piece: bytes) -> tuple[int, tuple[int, ...]]:
        """The first block of a slice, and the numbers of its picture (7.3.3)."""
        bits = Bits(piece[:SLICE_HEAD])
        first, _, number = bits.number(), bits.number(), bits.number()
        sequence = self.sequences.get(self.pictures[number].of) if number in self.pictures else None
        if sequence is None:
            raise MediaError("has pictures that refer to no parameter set")
        frame, shown = sequence.numbers
        named = bits.take(frame), bits.number() if kind_of(piece) == IDR_SLICE else -1
        return first, (number, kind_of(piece), *named, bits.take(shown))

    def joined(self, other: "ParameterSets") -> "ParameterSets":
        """Both. Raises MediaError where one number stands for two sets."""
        mixed = ParameterSets(self.sequences | other.sequences, self.pictures | other.pictures)
        if mixed.units != self.units | other.units:
            raise MediaError("has parameter sets that change")
        return mixed


def sets_of(units: Iterable[bytes]) -> ParameterSets:
    """The parameter sets among `units`.

    Raises:
        MediaError: one cannot be read to its end, is of no usual picture in 8-bit 4:2:0, or has
            another's number.
    """
    sequences: dict[int, SequenceSet] = {}
    pictures: dict[int, PictureSet] = {}
    for unit in (found.rstrip(b"\x00") for found in units):
        if kind_of(unit) == SEQUENCE_SET:
            sequence = _sequence(unit)
            _put(sequences, sequence)
        elif kind_of(unit) == PICTURE_SET:
            _put(pictures, _picture(unit))
    return ParameterSets(sequences, pictures)


def read_header(header: bytes | None) -> ParameterSets:
    """The parameter sets in an avcC box (ISO/IEC 14496-15, 5.3.3). Raises MediaError."""
    if not header or header[0] != 1:
        raise MediaError("does not have its parameter sets in its header")
    units: list[bytes] = []
    at = 5
    for mask in (31, 255):
        count = header[at] & mask if at < len(header) else 0
        at += 1
        for _ in range(count):
            start = at + 2
            at = start + int.from_bytes(header[at:start])
            if at > len(header) or at == start:
                raise MediaError("has a header that breaks off")
            units.append(header[start:at])
    return sets_of(units)


def write_header(sets: ParameterSets) -> bytes:
    """An avcC box for `sets`: its profile and level are the highest of theirs, lengths of 4 bytes."""
    sequences = [one.unit for one in sets.sequences.values()]
    pictures = [one.unit for one in sets.pictures.values()]
    profile = max(unit[1] for unit in sequences)
    kept_to = 0xFF  # what all promise to keep to
    for unit in sequences:
        kept_to &= unit[2]
    header = bytes([1, profile, kept_to, max(unit[3] for unit in sequences), 0xFF])
    header += bytes([0xE0 | len(sequences)]) + b"".join(map(_with_length, sequences))
    header += bytes([len(pictures)]) + b"".join(map(_with_length, pictures))
    return header + (bytes([0xFC | YUV420, 0xF8, 0xF8, 0]) if profile == HIGH else b"")


def _with_length(unit: bytes) -> bytes:
    """A set as it stands in avcC."""
    return len(unit).to_bytes(2) + unit


def _put(among: dict[int, Set], one: Set) -> None:
    """Add `one`, unless its number stands for another."""
    if among.setdefault(one.id, one) != one:
        raise MediaError("has parameter sets that change")


def _sequence(unit: bytes) -> SequenceSet:
    """A sequence parameter set (7.3.2.1.1)."""
    bits = Bits(unit)
    profile = bits.take(8)
    bits.take(16)  # constraints and level
    number = bits.number()
    if profile not in PROFILES:
        raise MediaError("is not coded in 8-bit 4:2:0", got=f"profile {profile}")
    if profile == HIGH:
        _skip_high(bits)
    numbers = bits.number() + NUMBER_BITS, _order_bits(bits)
    bits.number()  # reference frames
    bits.flag()
    across, down = bits.number() + 1, bits.number() + 1
    is_progressive = bits.flag()
    if not is_progressive:
        bits.flag()
        down *= 2
    bits.flag()
    left, right, top, bottom = (bits.number() for _ in range(4)) if bits.flag() else (0,) * 4
    aspect, full_range = _shown_as(bits) if bits.flag() else (None, None)
    if not bits.is_at_its_end:
        raise MediaError("has a parameter set that holds more than parameters")
    return SequenceSet(
        unit,
        number,
        width=across * MACROBLOCK - CHROMA_STEP * (left + right),
        height=down * MACROBLOCK - CHROMA_STEP * (top + bottom) * (1 if is_progressive else 2),
        has_unshown=bool(left or top) or CHROMA_STEP * max(right, bottom) >= MACROBLOCK,
        numbers=numbers,
        is_progressive=is_progressive,
        aspect=aspect,
        full_range=full_range,
    )


def _picture(unit: bytes) -> PictureSet:
    """A picture parameter set (7.3.2.2)."""
    bits = Bits(unit)
    number, of = bits.number(), bits.number()
    bits.take(2)
    if bits.number():
        raise MediaError("has pictures whose slices are in groups")
    bits.number()
    bits.number()
    bits.take(3)
    for _ in range(3):
        bits.signed()
    bits.take(2)
    if bits.flag():
        raise MediaError("has pictures that are coded twice")
    if bits.has_more:
        has_large = bits.flag()
        if bits.flag():
            _skip_lists(bits, LARGE_LISTS if has_large else 0)
        bits.signed()
    if not bits.is_at_its_end:
        raise MediaError("has a parameter set that holds more than parameters")
    return PictureSet(unit, number, of)


def _skip_high(bits: Bits) -> None:
    """What only the High profile says; refuses what is not 8-bit 4:2:0."""
    if (bits.number(), bits.number(), bits.number()) != (YUV420, 0, 0):
        raise MediaError("is not coded in 8-bit 4:2:0")
    bits.flag()
    if bits.flag():
        _skip_lists(bits, LARGE_LISTS)


def _skip_lists(bits: Bits, large: int) -> None:
    """Lists of scales (7.3.2.1.1.1)."""
    for at in range(LISTS + large):
        if not bits.flag():
            continue
        last = following = 8
        for _ in range(SMALL_SIDE if at < LISTS else LARGE_SIDE):
            if following:
                following = (last + bits.signed()) % 256
            last = following or last


def _order_bits(bits: Bits) -> int:
    """How many bits of a slice say when its picture is shown; 0 where that is worked out."""
    kind = bits.number()
    if kind == 0:
        return bits.number() + NUMBER_BITS
    if kind == 1:
        bits.flag()
        bits.signed()
        bits.signed()
        for _ in range(bits.number()):
            bits.signed()
    return 0


def _shown_as(bits: Bits) -> tuple[Fraction | None, bool | None]:
    """The shape of pixels and the range of numbers, out of all that is said of showing them (E.1.1)."""
    aspect = full_range = None
    if bits.flag():
        kind = bits.take(8)
        pair = (bits.take(16), bits.take(16)) if kind == CUSTOM_ASPECT else ASPECTS[kind % 17]
        aspect = Fraction(*pair) if all(pair) else None
    if bits.flag():
        bits.flag()  # overscan
    if bits.flag():
        full_range = bool(bits.take(4) & 1)  # behind the format
        if bits.flag():
            bits.take(24)  # primaries, transfer, matrix
    if bits.flag():
        bits.number()  # where colour samples lie
        bits.number()
    if bits.flag():
        bits.take(65)  # ticks
    buffers = [bits.flag() and _skip_buffer(bits) for _ in range(2)]
    if any(buffers):
        bits.flag()
    bits.flag()
    if bits.flag():
        bits.flag()
        for _ in range(6):
            bits.number()
    return aspect, full_range


def _skip_buffer(bits: Bits) -> bool:
    """How fast bits arrive (E.1.2)."""
    count = bits.number() + 1
    bits.take(8)
    for _ in range(count):
        bits.number()
        bits.number()
        bits.flag()
    bits.take(20)
    return True
