"""A release as one file: a stored ZIP that exists only as it is sent, and of which any part can be.

Pure. The bytes follow from the manifest alone: stored entries in its order, its time as theirs, their
CRC-32 as it lists them. So the same release gives the same file for everyone, and no copy is kept.
APPNOTE.TXT 6.3.10 names the fields; sizes from 4 GiB on are written as its ZIP64.
"""

import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

LIMIT = 0xFFFFFFFF  # what does not fit below stands in a ZIP64 field
MOST_SHORT = 0xFFFF
PLAIN, ZIP64 = 20, 45  # the version that is needed to read it
UTF8 = 0x0800
READ_ONLY_FILE = 0o100444 << 16
UNIX = 3 << 8

Read = Callable[[int, int], Iterator[bytes]]


class Entry(NamedTuple):
    """One file of the ZIP; `read(start, length)` gives its bytes."""

    name: str
    size_bytes: int
    crc32: int
    sha256: str
    read: Read


class Piece(NamedTuple):
    """A stretch of the ZIP."""

    length: int
    read: Read


@dataclass(frozen=True, slots=True)
class Zipped:
    """A laid out ZIP."""

    size_bytes: int
    etag: str
    pieces: Sequence[Piece]

    def read(self, start: int, length: int) -> Iterator[bytes]:
        """The bytes `[start, start + length)`."""
        end, place = start + length, 0
        for piece in self.pieces:
            first, last = max(start, place) - place, min(end, place + piece.length) - place
            if first < last:
                yield from piece.read(first, last - first)
            place += piece.length


def known(body: bytes) -> Read:
    """Bytes that are there already, to be read in parts."""
    return lambda start, length: iter([body[start : start + length]])


def zipped(entries: Sequence[Entry], *, at: datetime) -> Zipped:
    """Lay out `entries`, dated `at`."""
    moment = _dos(at)
    pieces: list[Piece] = []
    directory: list[bytes] = []
    offset = 0
    for entry in entries:
        header = _local(entry, moment)
        directory.append(_central(entry, moment, offset))
        pieces += [Piece(len(header), known(header)), Piece(entry.size_bytes, entry.read)]
        offset += len(header) + entry.size_bytes
    tail = b"".join(directory)
    tail += _end(len(entries), size=len(tail), offset=offset)
    pieces.append(Piece(len(tail), known(tail)))
    named = hashlib.sha256(tail + "".join(entry.sha256 for entry in entries).encode())
    return Zipped(offset + len(tail), named.hexdigest(), pieces)


def _local(entry: Entry, moment: tuple[int, int]) -> bytes:
    """What stands before the bytes of a file."""
    size, extra = entry.size_bytes, b""
    if size >= LIMIT:
        size, extra = LIMIT, struct.pack("<HHQQ", 1, 16, entry.size_bytes, entry.size_bytes)
    name = entry.name.encode()
    fields = (ZIP64 if extra else PLAIN, UTF8, 0, *moment, entry.crc32, size, size)
    return struct.pack("<4s5H3I2H", b"PK\3\4", *fields, len(name), len(extra)) + name + extra


def _central(entry: Entry, moment: tuple[int, int], offset: int) -> bytes:
    """The file's line in the directory at the end."""
    large = [n for n in (entry.size_bytes, entry.size_bytes, offset) if n >= LIMIT]
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    size, place = min(entry.size_bytes, LIMIT), min(offset, LIMIT)
    name = entry.name.encode()
    needs = ZIP64 if large else PLAIN
    fields = (UNIX | needs, needs, UTF8, 0, *moment, entry.crc32, size, size, len(name), len(extra))
    rest = (0, 0, 0, READ_ONLY_FILE, place)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", *fields, *rest) + name + extra


def _end(count: int, *, size: int, offset: int) -> bytes:
    """Where the directory is; its large form before it where a number needs that."""
    large = b""
    if offset >= LIMIT or count >= MOST_SHORT:
        fields = (44, ZIP64, ZIP64, 0, 0, count, count, size, offset)
        large = struct.pack("<4sQ2H2I4Q", b"PK\6\6", *fields)
        large += struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
    count, offset = min(count, MOST_SHORT), min(offset, LIMIT)
    return large + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, size, offset, 0)


def _dos(at: datetime) -> tuple[int, int]:
    """Time and day as ZIP counts them, in UTC; it knows the years 1980 to 2107."""
    utc = at.astimezone(UTC)
    year = min(max(utc.year - 1980, 0), 127)
    return (
        utc.hour << 11 | utc.minute << 5 | utc.second // 2,
        year << 9 | utc.month << 5 | utc.day,
    )
