"""A transport stream of another tool (ISO/IEC 13818-1, 2.4): room in it for what no player shows.

It is packets by number, of which players take those of a programme, and pass over what stands before
the bytes of each. What is not known to play the film is a finding.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bwc.media.containers import M2TS_PACKET_BYTES, TS_PACKET_BYTES, TS_SYNC, open_media

# Its own packets: programmes, the name of a programme, and nothing.
TS_PROGRAMMES, TS_SERVICE, TS_NOTHING = 0, 0x11, 0x1FFF
TS_SERVICE_NAMES = re.compile(rb"FFmpeg.Service01", re.DOTALL)
HEADER = 4
HAS_FIELD, BEGINS = 0x20, 0x40  # of its fourth and second byte
# What may stand before a packet's own bytes, by its flag: bytes of clocks and countdowns (2.4.3.4) ...
FIELD = {0x10: 6, 0x08: 6, 0x04: 1}
FIELD_PRIVATE = 0x03
# ... and in the header of a picture or sound: its times, rates, copyright and checksum (2.4.3.6).
PES_BEGINS, PES_FLAGS_AT = b"\x00\x00\x01", 7
PES = {0x80: 5, 0x40: 5, 0x20: 6, 0x10: 3, 0x08: 1, 0x04: 1, 0x02: 2}
PES_PRIVATE = 0x01
WITHOUT_HEADER = set(b"\xbc\xbe\xbf\xf0\xf1\xf2\xf8\xff")  # kinds of streams


def odd_in_transport(file: BinaryIO, path: Path) -> Iterator[str]:
    """Packets of a transport stream that belong to nothing that is played, in words."""
    with open_media(path) as container:
        known = {stream.id for stream in container.streams}
    file.seek(0)
    first = file.read(1)[0]
    step = TS_PACKET_BYTES if first == TS_SYNC else M2TS_PACKET_BYTES
    file.seek(0)
    tables: set[int] = set()
    while packet := file.read(step)[-TS_PACKET_BYTES:]:
        if len(packet) < TS_PACKET_BYTES or packet[0] != TS_SYNC:
            yield "there is something between its packets"
            return
        number = int.from_bytes(packet[1:3]) & 0x1FFF
        if number == TS_PROGRAMMES:
            tables |= _tables_in(packet)
        elif number == TS_NOTHING:
            if packet[4:].strip(b"\xff") and any(packet[4:]):
                yield "there is something in its free space"
        elif number == TS_SERVICE:
            if TS_SERVICE_NAMES.search(packet) is None:
                yield "says whose programme it is"
        elif number in known:
            yield from _odd_before(packet)
        elif number not in tables:
            yield f"carries packets {number:#x} that belong to no stream"


def _tables_in(packet: bytes) -> set[int]:
    """The numbers of the packets that say what a programme consists of (2.4.4.3)."""
    section = packet[5 + packet[4] :]
    rows = section[8 : 3 + (int.from_bytes(section[1:3]) & 0xFFF) - 4]
    return {int.from_bytes(rows[at + 2 : at + 4]) & 0x1FFF for at in range(0, len(rows) - 3, 4)}


def _odd_before(packet: bytes) -> Iterator[str]:
    """What stands before the bytes of picture or sound and is neither time nor filling, in words."""
    at = HEADER
    if packet[3] & HAS_FIELD:
        field = packet[at + 1 : at + 1 + packet[at]]
        at += 1 + len(field)
        if field and _tells(field[0], field[1:], FIELD, FIELD_PRIVATE):
            yield "carries private data beside its packets"
    header = packet[at:]
    if (
        not packet[1] & BEGINS
        or header[:3] != PES_BEGINS
        or not WITHOUT_HEADER.isdisjoint(header[3:4])
    ):
        return
    if len(header) < PES_FLAGS_AT + 2:
        yield "there is something between its packets"
        return
    flags, length, rest = header[PES_FLAGS_AT], header[PES_FLAGS_AT + 1], header[PES_FLAGS_AT + 2 :]
    if _tells(flags, rest[:length], PES, PES_PRIVATE):
        yield "carries private data in the header of a picture or sound"


def _tells(flags: int, body: bytes, sizes: dict[int, int], private: int) -> bool:
    """Whether `flags` name something private, or `body` goes on behind what they name.

    >>> [_tells(flags, b"123456" + rest, FIELD, 3) for flags, rest in ((16, b""), (16, b"x"), (2, b""))]
    [False, True, True]
    """
    taken = sum(size for flag, size in sizes.items() if flags & flag)
    return bool(flags & private) or bool(body[taken:].strip(b"\xff"))
