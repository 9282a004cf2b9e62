"""The file of another tool, around its pictures: what it may carry that a player does not show.

Our own files are held to the byte against what our writer makes (`check_index`, `check_tables`). A file
that nobody planned here may be of any supported container and laid out in any way, and is no worse
for it. What counts is whether something beside picture and sound tells of person, place or time:
further streams, tags, boxes that no player needs, data of no sample, pictures kept from being shown;
`check_coded` looks into the pictures, `check_wrapping` around them where the file is no MP4. What is not known to tell nothing is a finding.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from av.container import InputContainer

from bwc.errors import MediaError
from bwc.media.boxes import Box, boxes_between, is_empty, require_whole_mp4
from bwc.media.containers import ContainerKind, open_media, recognise
from bwc.redaction.check_coded import check_coded
from bwc.redaction.check_file import check_kinds
from bwc.redaction.check_wrapping import check_wrapping
from bwc.redaction.findings import Check, Finding

# Boxes that play the film (ISO/IEC 14496-12); what stands in `HOLDERS` is looked through.
HOLDERS = {"moov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "udta", "mvex", "moof", "traf"}
DEEPEST = 8  # a table of samples lies four deep
NEEDED = re.compile(
    "ftyp|styp|mdat|mvhd|tkhd|elst|mdhd|hdlr|[vsn]mhd|dref|stsd|stts|stsc|stsz|stco|co64|ctts|stss"
    "|sgpd|sbgp|sdtp|cslg|iods|mehd|trex|mfhd|tfhd|tfdt|trun|sidx|mfra|\xa9swr"
)
# Of stsd: bytes before its entries, and in these before their boxes, for sound by version.
ENTRIES_AT, OF_PICTURE, OF_SOUND = 8, 78, {0: 28, 1: 44, 2: 64}
PICTURE_ENTRIES = {"avc1", "avc3", "hvc1", "hev1", "mp4v", "jpeg", "mjpa", "mjpb"}
IN_ENTRIES = {"avcC", "hvcC", "esds", "btrt", "pasp", "colr", "fiel", "clap", "wave", "chan"}
EMPTY = {"free", "skip", "wide"}  # room that has to be empty
TOOL = "\xa9too"  # the one tag of which `TAGS` judges the value
META_AT, LONGEST_FORM = 4, 1024  # bytes
# Boxes with room for more than players show: dates, the name of a handler, a path to other files.
_DATED = rb"(\x00.{3}\x00{8}|\x01.{3}\x00{16}).*"
FORMS = {name: re.compile(_DATED, re.DOTALL) for name in ("mvhd", "tkhd", "mdhd")} | {
    "hdlr": re.compile(
        rb".{24}[\x00-\x1f]?((Video|Sound|Data) ?Handler?|Core Media (Video|Audio|Data Handler))?\x00*",
        re.DOTALL,
    ),
    "dref": re.compile(rb"\x00{7}.(\x00{3}\x0c(url |alis)\x00{3}\x01)+", re.DOTALL),
}
# Tags that tell nothing, and what they may say; brands name the standards that a file keeps to.
BRANDS = "(isom|iso[2-9]|avc1|mp4[12]|M4[AV] |qt {2}|dash|hvc1|hev1|MSNV|3gp[4-9]|cmf[cs2]|msd[hx]|mmp4|f4v )+"
TAGS = {
    "major_brand": BRANDS,
    "minor_version": r"\d+",
    "compatible_brands": BRANDS,
    "encoder": r"Lav[fc][\d. ]+\w*",
    "software": r"Lav[fc][\d. ]+\w*",
    "handler_name": r"(Video|Sound)Handler?|Core Media (Video|Audio)",
    "vendor_id": r"\[0\]\[0\]\[0\]\[0\]|FFMP|appl",
    "language": r"[a-z]{3}",
    "duration": r"\d\d:\d\d:\d\d\.\d+",
}


def check_other(path: Path, *, expect_sound: bool | None) -> Iterator[Finding]:
    """What the file at `path` carries beside one picture, one sound and what plays them.

    `expect_sound` is None where that is not known.
    """
    if recognise(path) is ContainerKind.MP4:
        yield from _check_boxes(path)
    else:
        yield from check_wrapping(path)
    with open_media(path) as container:
        kinds = sorted((stream.type for stream in container.streams), reverse=True)
        yield from check_kinds(kinds, expect_sound=expect_sound)
        yield from _check_tags(container)
    yield from check_coded(path)


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
        data = [box for box in boxes if box.name == "mdat"]
        played, samples = _samples_of(path, edited=True), _samples_of(path, edited=False)
        if any(not is_empty(file, *gap) for gap in _gaps(data, sorted(samples))):
            what = "there are bytes of data that belong to no sample"
            yield Finding(check=Check.CONTAINER, what=what)
        hidden = sum(is_picture for place, is_picture in samples.items() if place not in played)
        if hidden:
            what = f"{hidden} pictures are in it that are not shown"
            yield Finding(check=Check.FRAMES, what=what)


def _samples_of(path: Path, *, edited: bool) -> dict[tuple[int, int], bool]:
    """First byte of each sample and the byte behind it, and whether it is a picture.

    Where they are `edited`, of those alone that the edit list lets be played.
    """
    with open_media(path, edited=edited) as container:
        return {
            (packet.pos or 0, (packet.pos or 0) + packet.size): packet.stream.type == "video"
            for packet in container.demux()
            if packet.size and not packet.is_discard
        }


def _gaps(data: list[Box], samples: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where bytes of `data` lie between `samples`.

    >>> list(_gaps([Box("mdat", 2, 28)], [(10, 12), (12, 20), (24, 30)]))
    [(20, 24)]
    """
    for box in data:
        at = box.body
        for start, end in samples[bisect_left(samples, (box.body, 0)) :]:
            if start >= box.end:
                break
            if start > at:
                yield at, start
            at = max(at, end)
        if at < box.end:
            yield at, box.end


def _odd_boxes(file: BinaryIO, boxes: list[Box], *, depth: int = 0) -> Iterator[str]:
    """What of `boxes`, which lie `depth` deep, and of those in them no player needs, in words."""
    if depth > DEEPEST:
        yield "has boxes in each other deeper than any player needs"
        return
    for box in boxes:
        if box.name in HOLDERS or box.name == "meta":
            at = box.body + (META_AT if box.name == "meta" else 0)
            inside = list(boxes_between(file, at, box.end))
            if not _fill(file, at, inside, box.end):
                yield f"there is something between the boxes of {box.name!r}"
            others = [part for part in inside if part.name != "ilst"]
            yield from _odd_boxes(file, others, depth=depth + 1)
            yield from _odd_tags(file, [part for part in inside if part.name == "ilst"])
        elif box.name == "stsd":
            yield from _odd_entries(file, box)
        else:
            yield from _odd_leaf(file, box)


def _odd_leaf(file: BinaryIO, box: Box) -> Iterator[str]:
    """What of a box that holds no others no player needs, in words."""
    if box.name in EMPTY:
        if not is_empty(file, box.body, box.end):
            yield "there is something in its free space"
    elif NEEDED.fullmatch(box.name) is None:
        yield f"carries a box {box.name!r}"
    elif box.name in FORMS:
        file.seek(box.body)
        if FORMS[box.name].fullmatch(file.read(min(box.end - box.body, LONGEST_FORM))) is None:
            yield f"carries something in a box {box.name!r} that no player shows"


def _odd_entries(file: BinaryIO, stsd: Box) -> Iterator[str]:
    """What of the boxes that say how samples are coded no player needs, in words (8.5.2)."""
    for entry in boxes_between(file, stsd.body + ENTRIES_AT, stsd.end):
        file.seek(entry.body)
        version = int.from_bytes(file.read(ENTRIES_AT + 2)[ENTRIES_AT:])
        own = OF_SOUND.get(version, 0) if entry.name not in PICTURE_ENTRIES else OF_PICTURE
        at = entry.body + own
        inside = list(boxes_between(file, at, entry.end))
        for box in inside:
            if box.name not in IN_ENTRIES:
                yield f"carries a box {box.name!r}"
        if not _fill(file, at, inside, entry.end):
            yield f"there is something between the boxes of {entry.name!r}"


def _fill(file: BinaryIO, at: int, boxes: list[Box], end: int) -> bool:
    """Whether `boxes`, the first at byte `at`, end at `end`, or nothing but zeros stands behind them."""
    behind = boxes[-1].end if boxes else at
    return behind <= end and is_empty(file, behind, end)


def _odd_tags(file: BinaryIO, lists: list[Box]) -> Iterator[str]:
    """The tags in `lists`, but for the one that `TAGS` judges."""
    for tags in lists:
        for tag in boxes_between(file, tags.body, tags.end):
            if tag.name != TOOL:
                yield f"carries a tag {tag.name!r}"


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
