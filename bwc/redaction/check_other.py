"""The file of another tool, around its pictures: what it may carry that a player does not show.

Our own files are held to the byte against what our writer makes (`check_index`, `check_tables`). A file
that nobody planned here may be of any supported container and laid out in any way, and is no worse
for it. What counts is whether something beside picture and sound tells of person, place or time:
further streams, tags, boxes that no player needs, messages between the slices, pictures kept from
being shown. What is not known to tell nothing is a finding.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from av.container import InputContainer

from bwc.errors import MediaError
from bwc.media.boxes import Box, boxes_between, require_whole_mp4
from bwc.media.containers import ContainerKind, open_media, recognise
from bwc.redaction.check_file import check_kinds
from bwc.redaction.check_samples import check_samples, is_no_slice
from bwc.redaction.findings import Check, Finding

# Boxes that play the film (ISO/IEC 14496-12); what stands in `HOLDERS` is looked through.
HOLDERS = {"moov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "udta", "mvex", "moof", "traf"}
NEEDED = re.compile(
    "ftyp|styp|mdat|mvhd|tkhd|elst|mdhd|hdlr|[vsn]mhd|dref|stsd|stts|stsc|stsz|stco|co64|ctts|stss"
    "|sgpd|sbgp|sdtp|cslg|iods|mehd|trex|mfhd|tfhd|tfdt|trun|sidx|mfra|\xa9swr"
)
EMPTY = {"free", "skip", "wide"}  # room that has to be empty
TOOL = "\xa9too"  # the one tag of which `TAGS` judges the value
META_AT, CHUNK = 4, 1 << 16  # bytes
# Tags that tell nothing, and what they may say.
TAGS = {
    "major_brand": r".{4}",
    "minor_version": r"\d+",
    "compatible_brands": r"(.{4})+",
    "encoder": r"Lav[fc][\d. ]+\w*",
    "software": r"Lav[fc][\d. ]+\w*",
    "handler_name": r"(Video|Sound)Handler?|Core Media (Video|Audio)",
    "vendor_id": r"\[0\]\[0\]\[0\]\[0\]|FFMP|appl",
    "language": r"[a-z]{3}",
    "duration": r"[\d:.]+",
}
# Beside the slices: marks (ITU-T H.264, table 7-1), and messages of timing (annex D: types 0, 1
# and 6) or of x264 about its own options.
MARKS = {9, 10, 11}
MESSAGE = 6
X264 = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")
HARMLESS = re.compile(
    rb"([\x00\x01\x06].{1,64}|\x05\xff*.%bx264 - core [ -~]*\x00?)\x80" % re.escape(X264), re.DOTALL
)


def check_other(path: Path, *, expect_sound: bool | None) -> Iterator[Finding]:
    """What the file at `path` carries beside one picture, one sound and what plays them.

    `expect_sound` is None where that is not known.
    """
    if recognise(path) is ContainerKind.MP4:
        yield from _check_boxes(path)
    with open_media(path) as container:
        kinds = sorted((stream.type for stream in container.streams), reverse=True)
        yield from check_kinds(kinds, expect_sound=expect_sound)
        yield from _check_tags(container)
    yield from check_samples(path, is_foreign)


def is_foreign(unit: bytes) -> bool:
    """Whether a unit of H.264 is neither a slice nor anything that tells nothing.

    >>> [is_foreign(bytes(unit)) for unit in ((0x65, 9), (6, 1, 1, 16, 128), (6, 4, 1, 71, 128))]
    [False, False, True]
    """
    kind = unit[0] & 31 if unit else 0
    if kind == MESSAGE:
        return HARMLESS.fullmatch(unit[1:]) is None
    return is_no_slice(unit) and kind not in MARKS


def _check_boxes(path: Path) -> Iterator[Finding]:
    """Whether an MP4 is whole, and has no box that does not play it."""
    try:
        require_whole_mp4(path)
    except MediaError as error:
        yield Finding(check=Check.CONTAINER, what=error.what)
        return
    with path.open("rb") as file:
        size = path.stat().st_size
        boxes = list(boxes_between(file, 0, size))
        if boxes[-1].end != size:
            yield Finding(check=Check.CONTAINER, what="there are bytes behind its last box")
        for what in sorted(set(_odd_boxes(file, boxes))):
            yield Finding(check=Check.METADATA, what=what)


def _odd_boxes(file: BinaryIO, boxes: list[Box]) -> Iterator[str]:
    """What of `boxes` and those in them no player needs, in words."""
    for box in boxes:
        if box.name in HOLDERS:
            yield from _odd_boxes(file, list(boxes_between(file, box.body, box.end)))
        elif box.name == "meta":
            inside = list(boxes_between(file, box.body + META_AT, box.end))
            yield from _odd_boxes(file, [part for part in inside if part.name != "ilst"])
            for tags in (part for part in inside if part.name == "ilst"):
                for tag in boxes_between(file, tags.body, tags.end):
                    if tag.name != TOOL:
                        yield f"carries a tag {tag.name!r}"
        elif box.name in EMPTY:
            if not _is_empty(file, box):
                yield "there is something in its free space"
        elif NEEDED.fullmatch(box.name) is None:
            yield f"carries a box {box.name!r}"


def _is_empty(file: BinaryIO, box: Box) -> bool:
    """Whether a box holds zeros alone."""
    file.seek(box.body)
    left = box.end - box.body
    while left > 0 and (part := file.read(min(left, CHUNK))):
        if any(part):
            return False
        left -= len(part)
    return True


def _check_tags(container: InputContainer) -> Iterator[Finding]:
    """Tags that may tell something, and chapters."""
    tags = [("", container.metadata)]
    tags += [(f"stream {stream.index} ", stream.metadata) for stream in container.streams]
    for where, named in tags:
        for name, value in named.items():
            if re.fullmatch(TAGS.get(name.casefold(), ""), value) is None:
                yield Finding(check=Check.METADATA, what=f"{where}carries a tag {name}")
    if container.chapters():
        yield Finding(check=Check.METADATA, what="has chapters")
