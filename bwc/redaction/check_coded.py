"""The coded pictures of another tool's file: what they carry that is no picture.

Each codec has a place where cameras write place, time and serial numbers, and no player shows it:
messages between the slices of H.264 and HEVC (their annex D), segments before a JPEG's scan
(ITU-T T.81, B.2.4), user data of MPEG-4 (ISO/IEC 14496-2, 6.2.2). What is not known to tell nothing
is a finding, and so is a codec into which nobody looks.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bwc.errors import MediaError
from bwc.media.containers import open_media
from bwc.media.decode import picture_stream
from bwc.media.parameter_sets import sets_of
from bwc.media.units import (
    LENGTH_AT,
    PICTURE_SET,
    PICTURES,
    SEQUENCE_SET,
    kind_of,
    units_of,
)
from bwc.redaction.check_header import odd_in_header, units_of_avcc, units_of_hvcc
from bwc.redaction.findings import Check, Finding

HVCC_LENGTH_AT = 21  # byte of hvcC whose low two bits say how many bytes a length has, less one
START = re.compile(rb"\x00\x00\x01")
# H.264's kinds of units (table 7-1): a message, and marks of one byte more at most.
MESSAGE, MARKS, LONGEST_MARK = 6, {9, 10, 11}, 2
# HEVC's (table 7-1): parts of pictures, sets, marks, messages before and behind them.
HEVC_PICTURES, HEVC_SETS, HEVC_MARKS, HEVC_MESSAGES = (
    range(22),
    range(32, 35),
    range(35, 38),
    (39, 40),
)
# Messages of timing, of how the picture is to be lit, and hashes of it; x264 and x265 about their options.
HARMLESS = {0, 1, 6, 129, 132, 137, 144}
LONGEST_HARMLESS = 64  # bytes
USER_DATA, REST = 5, b"\x80"
CODERS = re.compile(
    rb"(%b|%b)x26[45] [ -~]*\x00?"
    % tuple(
        re.escape(bytes.fromhex(name))
        for name in ("dc45e9bde6d948b7962cd820d923eeef", "2ca2de09b51747dbbb55a4fe7fc2fc4e")
    )
)
# Of JPEG, beside tables, frame and scan: the coder's name, what JFIF says, and AVI's field order.
JPEG_TABLES = {0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD}
JPEG_NOTES = re.compile(rb"\xfeLavc[\d. ]+\x00?|\xe0JFIF\x00.{9}|\xe0AVI1.{0,12}", re.DOTALL)
SCAN, PICTURE_BEGINS, PICTURE_ENDS = 0xDA, b"\xff\xd8", b"\xff\xd9"
NOTE_BEGINS = b"\xb2"
MPEG4_NOTE = re.compile(rb"\xb2(Lavc[\d. ]+|(XviD|DivX)\w{0,16})\x00*")


def check_coded(path: Path) -> Iterator[Finding]:
    """Whether the pictures of `path` carry nothing that may tell something."""
    odd: set[str] = set()
    with open_media(path) as container:
        stream = picture_stream(container, path)
        header = stream.codec_context.extradata or b""
        look_in = _reader(stream.codec_context.name, header)
        odd.update(_in_header(stream.codec_context.name, header, look_in))
        for packet in container.demux(stream):
            if look_in is not None and packet.size:
                odd |= look_in(bytes(packet))
    if look_in is None:
        odd.add(f"nobody can say what its pictures carry, as {stream.codec_context.name}")
    for what in sorted(odd):
        yield Finding(check=Check.METADATA, what=what)


def _reader(codec: str, header: bytes) -> Callable[[bytes], set[str]] | None:
    """What says, of a sample of this codec, what it carries; None where nobody knows."""
    has_lengths = header[:1] == b"\x01"  # else marks stand between units
    if codec == "h264":
        return _Units(is_foreign, (header[LENGTH_AT] & 3) + 1 if has_lengths else 0)
    if codec == "hevc":
        at = (header[HVCC_LENGTH_AT] & 3) + 1 if has_lengths else 0
        return _Units(is_foreign_in_hevc, at)
    return {"mjpeg": in_jpeg, "mpeg4": in_mpeg4}.get(codec)


def _in_header(
    codec: str, header: bytes, look_in: Callable[[bytes], set[str]] | None
) -> Iterable[str]:
    """What stands beside the pictures and says how they are coded carries, in words."""
    has_record = header[:1] == b"\x01"
    if has_record and codec == "h264":
        return odd_in_header(header, units_of_avcc, is_foreign)
    if has_record and codec == "hevc":
        return odd_in_header(header, units_of_hvcc, is_foreign_in_hevc)
    return look_in(header) if look_in is not None and header and codec != "mjpeg" else ()


class _Units:
    """Looks at the units of a sample; `length` is of each one's size, 0 where marks part them."""

    def __init__(self, is_odd: Callable[[bytes], bool], length: int) -> None:
        self._is_odd, self._length = is_odd, length

    def __call__(self, sample: bytes) -> set[str]:
        """What a sample carries, in words."""
        if self._length:
            try:
                units = list(units_of(sample, self._length))
            except MediaError as error:
                return {error.what}
        else:
            before, *units = (part.rstrip(b"\x00") for part in START.split(sample))
            units = [before, *units] if before else units
        return {"a picture carries what is no picture" for unit in units if self._is_odd(unit)}


def is_foreign(unit: bytes) -> bool:
    """Whether a unit of H.264 is neither a slice nor anything that tells nothing.

    >>> [is_foreign(bytes(unit)) for unit in ((0x65, 9), (6, 1, 1, 16, 128), (6, 4, 1, 71, 128))]
    [False, False, True]
    """
    kind = kind_of(unit) if unit else 0
    if kind == MESSAGE:
        return tells_something(unit[1:])
    if kind in {SEQUENCE_SET, PICTURE_SET}:
        return not _is_set(unit)
    return kind not in PICTURES and not (kind in MARKS and len(unit) <= LONGEST_MARK)


def _is_set(unit: bytes) -> bool:
    """Whether a parameter set can be read to its end."""
    try:
        sets_of([unit])
    except MediaError:
        return False
    return True


def is_foreign_in_hevc(unit: bytes) -> bool:
    """The same of HEVC.

    >>> [is_foreign_in_hevc(bytes(unit)) for unit in ((2, 1, 9), (78, 1, 4, 1, 71, 128), (124, 1))]
    [False, True, True]
    """
    kind = unit[0] >> 1 & 63 if unit else 63
    if kind in HEVC_MESSAGES:
        return tells_something(unit[2:])
    is_mark = kind in HEVC_MARKS and len(unit) <= LONGEST_MARK + 1
    return kind not in HEVC_PICTURES and kind not in HEVC_SETS and not is_mark


def tells_something(messages: bytes) -> bool:
    """Whether any of the messages in a unit (7.3.2.3) may tell something, or one breaks off.

    >>> [tells_something(bytes(found)) for found in ((1, 1, 16, 128), (1, 1, 16, 4, 1, 71, 128))]
    [False, True]
    """
    rest = messages.replace(b"\x00\x00\x03", b"\x00\x00")
    while rest != REST:
        kind, rest = _number(rest)
        size, rest = _number(rest)
        body, rest = rest[:size], rest[size:]
        is_harmless = kind in HARMLESS and size <= LONGEST_HARMLESS
        is_coders = kind == USER_DATA and CODERS.fullmatch(body) is not None
        if not rest or not (is_harmless or is_coders):
            return True
    return False


def _number(rest: bytes) -> tuple[int, bytes]:
    """A number that is a sum of bytes, of which all but the last are 255, and what follows."""
    begun = rest.lstrip(b"\xff")
    return 255 * (len(rest) - len(begun)) + (begun[0] if begun else 0), begun[1:]


def in_jpeg(sample: bytes) -> set[str]:
    """What a JPEG carries before its scan, in words.

    >>> in_jpeg(bytes.fromhex("ffd8 ffdb0003ff ffda0002")), len(in_jpeg(bytes.fromhex("ffd8 ffe1000378")))
    (set(), 1)
    """
    at = len(PICTURE_BEGINS)
    while sample[:at][:2] == PICTURE_BEGINS and sample[at : at + 1] == b"\xff":
        marker, size = sample[at + 1], int.from_bytes(sample[at + 2 : at + 4])
        if marker == SCAN:
            behind = sample[at:].partition(PICTURE_ENDS)[2]
            return {"something stands behind a picture"} if behind.strip(b"\x00\xff") else set()
        said = sample[at + 1 : at + 2] + sample[at + 4 : at + 2 + size]
        if marker not in JPEG_TABLES and JPEG_NOTES.fullmatch(said) is None:
            return {"a picture carries a note"}
        at += 2 + size
    return {"a picture is no whole JPEG"}


def in_mpeg4(sample: bytes) -> set[str]:
    """What user data a picture of MPEG-4 carries, in words.

    >>> in_mpeg4(bytes.fromhex("000001b6 1060")), len(in_mpeg4(bytes.fromhex("000001b2 61 000001b6")))
    (set(), 1)
    """
    parts = START.split(sample)[1:]
    notes = (part for part in parts if part[:1] == NOTE_BEGINS)
    is_known = all(MPEG4_NOTE.fullmatch(note) for note in notes)
    return set() if is_known else {"a picture carries a note"}
