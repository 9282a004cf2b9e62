"""Matroska of another tool (RFC 9559, RFC 8794): elements of which players skip all they do not know.

What is not known to play the film, a number that is longer than numbers are, and empty room that is
not empty, is a finding.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from bwc.media.boxes import is_empty

HOLDERS = {
    *(0x1A45DFA3, 0x18538067, 0x1549A966, 0x1F43B675, 0xA0, 0x1654AE6B, 0xAE),
    *(0x114D9B74, 0x4DBB, 0x1C53BB6B, 0xBB, 0xB7),  # where things are
    *(0xE0, 0x55B0, 0x55D0, 0x7670, 0xE1),  # how a track looks and sounds
    *(0x1254C367, 0x7373, 0x63C0, 0x67C8),  # tags
}
NUMBERS = {
    *(0xBF, 0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4287, 0x4285),  # the whole
    *(0x53AB, 0x53AC, 0xB3, 0xF7, 0xF1, 0xF0, 0xB2, 0x5378),  # where things are
    *(0x2AD7B1, 0x4489, 0x4461, 0x63C5, 0x68CA, 0x4484),  # scale, length, date; of what a tag is
    *(0xE7, 0xA7, 0xAB, 0x9B, 0xFB, 0x75A2),  # when pictures and sound are due
    # A track: number, kind, times; how it looks: sizes, colours, which way up; how it sounds
    *(0xD7, 0x73C5, 0x83, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8, 0x23E383, 0x23314F, 0x55EE),
    *(0xAA, 0x56AA, 0x56BB, 0xB0, 0xBA, 0x54B0, 0x54BA, 0x54B2, 0x54AA, 0x54BB, 0x54CC, 0x54DD),
    *(0x9A, 0x9D, 0x53B8, 0x53C0, *range(0x55B1, 0x55BE), *range(0x55D1, 0x55DB)),
    *(0x7671, 0x7673, 0x7674, 0x7675, 0xB5, 0x78B5, 0x9F, 0x6264, 0x52F1),
}
LONGEST_NUMBER = 8  # bytes
# What the container's tags show and `check_other` judges, a track's coding, and pictures and sound.
JUDGED_ELSEWHERE = {0x7BA9, 0x536E, 0x45A3, 0x63CA, 0x447A, 0x63A2, 0xA3, 0xA1}
ROOM = 0xEC
TOOL = re.compile(rb"(Lav[fc]|libebml|mkvmerge|HandBrake)[ \w.+()'-]*")
WORDS = {  # what may stand in words: the kind of file, tools, codecs, languages, values of tags
    0x4282: re.compile(rb"matroska|webm"),
    0x4D80: TOOL,
    0x5741: TOOL,
    0x86: re.compile(rb"[VA]_[A-Z0-9/_.]{1,40}"),
    0x22B59C: re.compile(rb"[a-z]{3}"),
    0x22B59D: re.compile(rb"[A-Za-z0-9-]{1,24}"),
    0x73A4: re.compile(rb".{16}", re.DOTALL),  # a number drawn by lot
    0x4487: re.compile(  # FFmpeg passes over tags of what is not there
        rb"(Lav[fc][\d. ]+\w*|\d\d:\d\d:\d\d\.\d+|\d{1,3}|(Video|Sound)Handler|\[0\]\[0\]\[0\]\[0\]|FFMP"
        rb"|(isom|iso[2-9]|avc1|mp4[12]|M4V |qt  )+)\x00*"
    ),
}
LONGEST_WORDS = 128
DEEPEST = 8  # a value that is lit lies five deep


def odd_in_matroska(file: BinaryIO, at: int, end: int, *, depth: int = 0) -> Iterator[str]:
    """What of the elements from byte `at` to `end`, `depth` deep, no player needs, in words."""
    if depth > DEEPEST:
        yield "has elements in each other deeper than any player needs"
        return
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
        if size == (1 << 7 * length_width) - 1 and code in HOLDERS:
            at = body  # recorded live, and as long as what it stands in
            continue
        behind = body + size
        if behind > end:
            yield "there is something between its elements"
            return
        if code in HOLDERS:
            yield from odd_in_matroska(file, body, behind, depth=depth + 1)
        else:
            yield from _odd_element(file, code, body, behind)
        at = behind


def _odd_element(file: BinaryIO, code: int, body: int, behind: int) -> Iterator[str]:
    """What of an element that holds no others no player needs, in words."""
    if code == ROOM:
        if not is_empty(file, body, behind):
            yield "there is something in its free space"
    elif code in NUMBERS:
        if behind - body > LONGEST_NUMBER:
            yield f"carries more than a number in an element {code:X}"
    elif code in WORDS:
        file.seek(body)
        if WORDS[code].fullmatch(file.read(min(behind - body, LONGEST_WORDS))) is None:
            yield f"says something in an element {code:X} that nobody knows"
    elif code not in JUDGED_ELSEWHERE:
        yield f"carries an element {code:X}"
