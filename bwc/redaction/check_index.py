"""The index of the finished file, byte by byte: what our writer puts there, and room for no more.

A player ignores boxes that it does not know and bytes that are reserved, so a camera, or anybody
between, can leave a place or a name in them. Each box therefore has to stand where our writer puts
it, once, and to be of the form that it gives it; a table has to end where its last entry does. Forms
are of ISO/IEC 14496-12 (section 8), -14 (sound) and -15 (avcC), as FFmpeg writes them when told to
leave its own name out. Whether the numbers follow from each other is for `check_tables`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bwc.errors import MediaError
from bwc.media.boxes import Box, boxes_between
from bwc.media.parameter_sets import read_header, write_header
from bwc.redaction.findings import Check, Finding

PICTURE, SOUND = "moov/picture", "moov/sound"  # paths of a `trak` box, by what it holds
LONGEST_FORM = 1024  # bytes; none of the forms below is half as long
_HANDLER = {b"vide": PICTURE, b"soun": SOUND}
_HANDLER_AT = 8  # bytes into an hdlr box
HIGH_444 = 244  # the profile of such pictures
ONE_OF_EACH = rb"\x01.{3}\xff\xe1\x00.\x67.*\x01\x00.\x68"  # parameter sets


@dataclass(frozen=True, slots=True)
class Rule:
    """What a box holds: bytes of this form, then boxes if `holds_boxes`; or a table.

    A table is what stands before its count, and so many bytes `each`.
    """

    form: re.Pattern[bytes]
    own: int = 0
    holds_boxes: bool = False
    each: int = 0


def _form(pattern: bytes) -> Rule:
    """A box that holds nothing but bytes."""
    return Rule(re.compile(pattern, re.DOTALL))


def _boxes(own: int = 0, pattern: bytes = b"") -> Rule:
    """A box that holds others behind `own` bytes of its own."""
    return Rule(re.compile(pattern, re.DOTALL), own=own, holds_boxes=True)


def _table(each: int, before: bytes = bytes(4)) -> Rule:
    """A box that holds a table."""
    return Rule(re.compile(re.escape(before)), own=len(before), each=each)


_ONE = rb"\x00\x01\x00\x00"
_TURN = rb"(\x00\x01\x00\x00|\xff\xff\x00\x00)"  # 1 or -1
_QUARTER_TURN = (  # or a mirror's: no other angle, no shift, no scale (8.2.2)
    rb"(%b\x00{12}%b|\x00{4}%b\x00{4}%b\x00{4})\x00{12}\x40\x00{3}" % (_TURN, _TURN, _TURN, _TURN)
)
_UNTURNED = _ONE + rb"\x00{12}" + _ONE + rb"\x00{12}\x40\x00\x00\x00"
_DATES = rb"(\x00{12}.{8}|\x01\x00{19}.{12})"  # version 0 or 1: none; then scale and length
_LIVES = rb"(\x00{3}\x03\x00{11}%b\x00{4}.{4}|\x01\x00\x00\x03\x00{19}%b\x00{4}.{8})\x00{8}"
_LONG = rb"\x80\x80\x80."  # a length in four bytes
_EMPTY_TAGS = (  # what FFmpeg leaves where there are no tags
    b"\x00\x00\x00\x35meta"
    + bytes(4)
    + (b"\x00\x00\x00\x21hdlr" + bytes(8) + b"mdirappl" + bytes(9))
    + b"\x00\x00\x00\x08ilst"
)
SAME_SIZE = re.compile(rb"\x00{4}.{8}", re.DOTALL)  # stsz where every sample has the same

# The form of each box, or of what a box has before those inside it: no dates, no names but the
# muxer's own, zeros wherever the standard reserves room.
_TABLES = {
    "stts": _table(8),
    "stsc": _table(12),
    "stsz": _table(4, bytes(8)),
    "stco": _table(4),
    "co64": _table(8),
}
_TRACK = {
    "": _boxes(),
    "/edts": _boxes(),
    "/edts/elst": _form(
        rb"\x00{7}(\x01|\x02.{4}\xff{4}\x00\x01\x00\x00).{8}\x00\x01\x00\x00|"
        rb"\x01\x00{6}(\x01|\x02.{8}\xff{8}\x00\x01\x00\x00).{16}\x00\x01\x00\x00"
    ),  # a late beginning, and the rest
    "/mdia": _boxes(),
    "/mdia/mdhd": _form(_DATES + rb"\x55\xc4\x00\x00"),  # no language
    "/mdia/minf": _boxes(),
    "/mdia/minf/dinf": _boxes(),
    "/mdia/minf/dinf/dref": _form(rb"\x00{7}\x01\x00{3}\x0curl \x00{3}\x01"),  # in this very file
    "/mdia/minf/stbl": _boxes(),
    "/mdia/minf/stbl/stsd": _boxes(8, rb"\x00{7}\x01"),
} | {f"/mdia/minf/stbl/{name}": rule for name, rule in _TABLES.items()}
_OF_PICTURE = {
    "/tkhd": _form(_LIVES % (rb"\x01", rb"\x01") + rb"\x00{8}" + _QUARTER_TURN + rb".{8}"),
    "/mdia/hdlr": _form(rb"\x00{8}vide\x00{12}VideoHandler\x00"),
    "/mdia/minf/vmhd": _form(rb"\x00{3}\x01\x00{8}"),
    "/mdia/minf/stbl/stss": _table(4),
    "/mdia/minf/stbl/ctts": _table(8),
    "/mdia/minf/stbl/stsd/avc1": _boxes(
        78,
        rb"\x00{7}\x01\x00{16}.{4}(\x00\x48\x00\x00){2}\x00{5}\x01\x00{32}\x00\x18\xff\xff",
    ),
    "/mdia/minf/stbl/stsd/avc1/avcC": _form(rb"\x01.{3}\xff[\xe1-\xff].*"),
    "/mdia/minf/stbl/stsd/avc1/colr": _form(rb"nclx(\x00.){3}[\x00\x80]"),
    "/mdia/minf/stbl/stsd/avc1/pasp": _form(rb".{8}"),
    "/mdia/minf/stbl/stsd/avc1/btrt": _form(rb"\x00{4}.{8}"),
}
_OF_SOUND = {
    "/tkhd": _form(
        _LIVES % (rb"\x02", rb"\x02") + rb"\x00{3}\x01\x01\x00{3}" + _UNTURNED + bytes(8)
    ),
    "/mdia/hdlr": _form(rb"\x00{8}soun\x00{12}SoundHandler\x00"),
    "/mdia/minf/smhd": _form(rb"\x00{8}"),
    "/mdia/minf/stbl/sgpd": _form(
        rb"\x01\x00{3}roll\x00{3}\x02\x00{3}\x01\xff\xff"
    ),  # it rolls by a frame
    "/mdia/minf/stbl/sbgp": _table(8, b"\0\0\0\0roll"),
    "/mdia/minf/stbl/stsd/mp4a": _boxes(
        28, rb"\x00{7}\x01\x00{9}[\x01\x02]\x00\x10\x00{4}.{2}\x00\x00"
    ),
    "/mdia/minf/stbl/stsd/mp4a/esds": _form(
        rb"\x00{4}\x03%b\x00\x02\x00\x04%b\x40\x15\x00{3}.{8}"
        rb"\x05\x80{3}(\x02.{2}|\x05.{5})\x06\x80{3}\x01\x02" % (_LONG, _LONG)
    ),
    "/mdia/minf/stbl/stsd/mp4a/btrt": _form(rb"\x00{4}.{8}"),
}
RULES = {
    "ftyp": _form(rb"isom\x00\x00\x02\x00(isom|iso[2-6]|avc1|mp4[12])+"),
    "moov": _boxes(),
    "moov/mvhd": _form(_DATES + _ONE + rb"\x01\x00{11}" + _UNTURNED + rb"\x00{27}[\x02\x03]"),
    "moov/udta": _form(re.escape(_EMPTY_TAGS)),
    **{PICTURE + path: rule for path, rule in (_TRACK | _OF_PICTURE).items()},
    **{SOUND + path: rule for path, rule in (_TRACK | _OF_SOUND).items()},
}
ELSEWHERE = {"mdat", "free"}  # `check_tables` and `check_container` judge these


def check_index(file: BinaryIO, boxes: Iterable[Box]) -> Iterator[Finding]:
    """Whether `boxes` of `file`, and all boxes within them, are as our writer makes them."""
    seen: set[str] = set()
    for path, box in walk(file, boxes):
        if path in ELSEWHERE:
            continue
        if path not in RULES:
            yield _metadata(f"carries a box {path!r}")
        elif path in seen:
            yield _metadata(f"carries a second box {path!r}")
        elif not _is_ours(file, box, RULES[path]):
            yield _metadata(f"carries something in a box {path!r} that no player shows")
        seen.add(path)


def walk(file: BinaryIO, boxes: Iterable[Box], within: str = "") -> Iterator[tuple[str, Box]]:
    """Each box with its full path, and all boxes in those that our writer puts boxes into."""
    for box in boxes:
        path = _track_of(file, box) if f"{within}{box.name}" == "moov/trak" else within + box.name
        yield path, box
        rule = RULES.get(path)
        if rule is not None and rule.holds_boxes:
            inside = boxes_between(file, box.body + rule.own, box.end)
            yield from walk(file, list(inside), f"{path}/")


def _track_of(file: BinaryIO, trak: Box) -> str:
    """The path of a track, by what its handler says it holds."""
    for mdia in boxes_between(file, trak.body, trak.end):
        if mdia.name == "mdia":
            for hdlr in boxes_between(file, mdia.body, mdia.end):
                if hdlr.name == "hdlr":
                    file.seek(hdlr.body + _HANDLER_AT)
                    return _HANDLER.get(file.read(4), "moov/trak")
    return "moov/trak"


def _is_ours(file: BinaryIO, box: Box, rule: Rule) -> bool:
    """Whether what a box holds beside other boxes is of its form, and ends where it should."""
    if rule.holds_boxes and not _is_full(file, box, rule.own):
        return False
    size = rule.own if rule.holds_boxes else box.end - box.body
    file.seek(box.body)
    body = file.read(min(size, LONGEST_FORM))
    if rule.each:
        is_all_one = box.name == "stsz" and any(body[4:8])
        return bool(SAME_SIZE.fullmatch(body)) if is_all_one else _is_table(box, body, rule)
    is_formed = size <= LONGEST_FORM and rule.form.fullmatch(body) is not None
    return is_formed and (box.name != "avcC" or _holds_sets_alone(body))


def _is_full(file: BinaryIO, box: Box, own: int) -> bool:
    """Whether the boxes inside of `box` fill it."""
    at = box.body + own
    for inside in boxes_between(file, at, box.end):
        at = inside.end
    return at == box.end


def _is_table(box: Box, body: bytes, rule: Rule) -> bool:
    """Whether a table ends where its last entry does; `body` holds its beginning."""
    count = int.from_bytes(body[rule.own : rule.own + 4])
    is_begun = rule.form.match(body) is not None
    return is_begun and box.end - box.body == rule.own + 4 + rule.each * count


def _holds_sets_alone(body: bytes) -> bool:
    """Whether an avcC box is the one that our writer makes of the parameter sets in it.

    Those of a picture that was not subsampled (4:4:4) are one of each kind and are not read.
    """
    try:
        return write_header(read_header(body)) == body
    except MediaError:
        return body[1] == HIGH_444 and _ends_with_its_sets(body)


def _ends_with_its_sets(body: bytes) -> bool:
    """Whether an avcC box ends behind its two parameter sets, or four bytes on (depth, chroma).

    >>> _ends_with_its_sets(bytes([1, 100, 0, 21, 255, 225, 0, 1, 0x67, 1, 0, 1, 0x68]))
    True
    >>> _ends_with_its_sets(bytes([1, 100, 0, 21, 255, 225, 0, 1, 0x67, 1, 0, 1, 0x68, 65, 66]))
    False
    """
    if re.match(ONE_OF_EACH, body, re.DOTALL) is None:
        return False
    at = 8 + int.from_bytes(body[6:8])
    rest = body[at + 3 + int.from_bytes(body[at + 1 : at + 3]) :]
    is_extension = re.fullmatch(rb"[\xfc-\xff][\xf8-\xff]{2}\x00", rest) is not None
    return body[at : at + 1] == b"\x01" and (not rest or is_extension)


def _metadata(what: str) -> Finding:
    """A finding."""
    return Finding(check=Check.METADATA, what=what)
