"""The containers that are no MP4, of another tool's file: room in them for what no player shows.

AVI and Matroska are chunks within chunks, of which players skip all that they do not know; a
transport stream is packets by number, of which they take those of a programme. What is not known
to play the film, and empty room that is not empty, is a finding.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bwc.media.boxes import is_empty
from bwc.media.containers import (
    M2TS_PACKET_BYTES,
    TS_PACKET_BYTES,
    TS_SYNC,
    ContainerKind,
    open_media,
    recognise,
)
from bwc.redaction.findings import Check, Finding

# AVI: lists, what plays the film, text that the tags show, and room.
AVI_LISTS = re.compile("RIFF(AVI |AVIX)|LIST(hdrl|strl|movi|odml|rec |INFO)")
AVI_CHUNKS = re.compile(
    "avih|str[hfn]|dmlh|vprp|ind[x1]|idx1|ix0[01]|0[01](d[bc]|wb)|I[A-Z]{3}|ISFT"
)
AVI_ROOM = {"JUNK", "PAD "}
AVI_INDEX_ROOM = re.compile(
    rb"\x04\x00{7}0[01](d[bc]|wb)|odmldmlh.{4}", re.DOTALL
)  # for long films
# Matroska (RFC 9559, 5): what holds others, what plays the film or is shown by the tags, and room.
EBML_HOLDERS = {0x18538067, 0x1549A966, 0x1F43B675, 0xA0, 0x1654AE6B, 0xAE}
EBML_HOLDERS |= {0x1254C367, 0x7373, 0x63C0, 0x67C8}  # tags
EBML_CHUNKS = {
    # The whole: header, index, places, chapters, attachments, checksum
    *(0x1A45DFA3, 0x1C53BB6B, 0x114D9B74, 0x1043A770, 0x1941A469, 0xBF),
    *(0x63C5, 0x68CA, 0x63CA, 0x45A3, 0x447A, 0x4484),  # of what a tag is, and its name
    *(0x2AD7B1, 0x4489, 0x7BA9, 0x4461, 0x73A4),  # scale, length, title, date, number
    *(0xE7, 0xA7, 0xAB, 0xA3, 0xA1, 0x9B, 0xFB, 0x75A2),  # pictures and sound
    # A track: number, kind, name, language, codec, times, how it looks and sounds
    *(0xD7, 0x73C5, 0x83, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8, 0x23E383, 0x23314F, 0x55EE),
    *(0xAA, 0x536E, 0x22B59C, 0x22B59D, 0x86, 0x63A2, 0x56AA, 0x56BB, 0xE0, 0xE1),
}
EBML_ROOM, EBML_TOOLS, EBML_VALUE = 0xEC, {0x4D80, 0x5741}, 0x4487
TOOLS = re.compile(rb"(Lav[fc]|libebml|mkvmerge|HandBrake)[ \w.+()'-]*")
VALUES = re.compile(
    rb"(Lav[fc][\d. ]+\w*|\d\d:\d\d:\d\d\.\d+|\d{1,3}|(Video|Sound)Handler|\[0\]\[0\]\[0\]\[0\]|FFMP|"
    rb"(isom|iso[2-9]|avc1|mp4[12]|M4V |qt  )+)\x00*"
)
LONGEST_NAME = 128
# A transport stream's own: programmes, their streams, and packets of nothing (ISO/IEC 13818-1, 2.4).
TS_PROGRAMMES, TS_SERVICE, TS_NOTHING = 0, 0x11, 0x1FFF
TS_SERVICE_NAMES = re.compile(rb"FFmpeg.Service01", re.DOTALL)

Chunk = tuple[str, int, int]  # name, first byte behind the header, and the byte behind it


def check_wrapping(path: Path) -> Iterator[Finding]:
    """What a file that is no MP4 has beside what plays it."""
    kind, size = recognise(path), path.stat().st_size
    with path.open("rb") as file:
        if kind is ContainerKind.AVI:
            odd = _odd_in_avi(file, 0, size)
        elif kind is ContainerKind.MATROSKA:
            odd = _odd_in_matroska(file, 0, size)
        else:
            odd = _odd_in_stream(file, path)
        for what in sorted(set(odd)):
            yield Finding(check=Check.METADATA, what=what)


def _odd_in_avi(file: BinaryIO, at: int, end: int) -> Iterator[str]:
    """What of the chunks from byte `at` to `end` no player needs, in words."""
    while at < end:
        file.seek(at)
        head = file.read(12)
        name, kind = (part.decode("latin-1") for part in (head[:4], head[8:12]))
        body, behind = at + 8, at + 8 + int.from_bytes(head[4:8], "little")
        if behind > end or len(head) < 8:  # noqa: PLR2004 - a name and a length
            yield "there is something between its chunks"
            return
        if name in {"RIFF", "LIST"}:
            if AVI_LISTS.fullmatch(name + kind) is None:
                yield f"carries a list {kind!r}"
            else:
                yield from _odd_in_avi(file, body + 4, behind)
        elif name in AVI_ROOM:
            file.seek(body)
            begins = AVI_INDEX_ROOM.match(file.read(LONGEST_NAME))
            if not is_empty(file, body + (begins.end() if begins else 0), behind):
                yield "there is something in its free space"
        elif AVI_CHUNKS.fullmatch(name) is None:
            yield f"carries a chunk {name!r}"
        at = behind + behind % 2


def _odd_in_matroska(file: BinaryIO, at: int, end: int) -> Iterator[str]:
    """The same of EBML elements (RFC 8794)."""
    while at < end:
        file.seek(at)
        head = file.read(12)
        width = 9 - head[0].bit_length()
        code, head = int.from_bytes(head[:width]), head[width:]
        if width > 4 or not head or not head[0]:  # noqa: PLR2004 - bytes of a name
            yield "there is something between its elements"
            return
        length_width = 9 - head[0].bit_length()
        size = int.from_bytes(head[:length_width]) & (1 << 7 * length_width) - 1
        body = at + width + length_width
        if size == (1 << 7 * length_width) - 1 and code in EBML_HOLDERS:
            at = body  # recorded live, and as long as what it stands in
            continue
        behind = body + size
        if behind > end:
            yield "there is something between its elements"
            return
        if code in EBML_HOLDERS:
            yield from _odd_in_matroska(file, body, behind)
        else:
            yield from _odd_element(file, code, body, behind)
        at = behind


def _odd_element(file: BinaryIO, code: int, body: int, behind: int) -> Iterator[str]:
    """What of an element that holds no others no player needs, in words."""
    file.seek(body)
    said = file.read(min(behind - body, LONGEST_NAME))
    if code == EBML_ROOM:
        if not is_empty(file, body, behind):
            yield "there is something in its free space"
    elif code in EBML_TOOLS:
        if TOOLS.fullmatch(said) is None:
            yield "names a tool that nobody knows"
    elif code == EBML_VALUE:  # FFmpeg passes over tags of what is not there
        if VALUES.fullmatch(said) is None:
            yield "carries a tag"
    elif code not in EBML_CHUNKS:
        yield f"carries an element {code:X}"


def _odd_in_stream(file: BinaryIO, path: Path) -> Iterator[str]:
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
        elif number not in known and number not in tables:
            yield f"carries packets {number:#x} that belong to no stream"


def _tables_in(packet: bytes) -> set[int]:
    """The numbers of the packets that say what a programme consists of (2.4.4.3)."""
    section = packet[5 + packet[4] :]
    rows = section[8 : 3 + (int.from_bytes(section[1:3]) & 0xFFF) - 4]
    return {int.from_bytes(rows[at + 2 : at + 4]) & 0x1FFF for at in range(0, len(rows) - 3, 4)}
