"""The containers that are no MP4, of another tool's file: room in them for what no player shows.

AVI is chunks within chunks, of which players skip all that they do not know (`check_matroska` and
`check_transport` look into the other two). What is not known to play the film, and empty room that is not
empty, is a finding.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bwc.media.boxes import is_empty
from bwc.media.containers import ContainerKind, recognise
from bwc.redaction.check_matroska import odd_in_matroska
from bwc.redaction.check_transport import odd_in_transport
from bwc.redaction.findings import Check, Finding

# AVI: lists, what plays the film, text that the tags show, and room.
AVI_LISTS = re.compile("RIFF(AVI |AVIX)|LIST(hdrl|strl|movi|odml|rec |INFO)")
AVI_CHUNKS = re.compile(
    "avih|str[hfn]|dmlh|vprp|ind[x1]|idx1|ix0[01]|0[01](d[bc]|wb)|I[A-Z]{3}|ISFT"
)
AVI_ROOM = {"JUNK", "PAD "}
AVI_DEEPEST = 5  # RIFF, movi, rec: lists in each other; one more would be nobody's
LONGEST_INDEX = 128  # bytes
AVI_INDEX_ROOM = re.compile(
    rb"\x04\x00{7}0[01](d[bc]|wb)|odmldmlh.{4}", re.DOTALL
)  # for long films


def check_wrapping(path: Path) -> Iterator[Finding]:
    """What a file that is no MP4 has beside what plays it."""
    kind, size = recognise(path), path.stat().st_size
    with path.open("rb") as file:
        if kind is ContainerKind.AVI:
            odd = _odd_in_avi(file, 0, size)
        elif kind is ContainerKind.MATROSKA:
            odd = odd_in_matroska(file, 0, size)
        else:
            odd = odd_in_transport(file, path)
        for what in sorted(set(odd)):
            yield Finding(check=Check.METADATA, what=what)


def _odd_in_avi(file: BinaryIO, at: int, end: int, *, depth: int = 0) -> Iterator[str]:
    """What of the chunks from byte `at` to `end`, `depth` lists deep, no player needs, in words."""
    if depth > AVI_DEEPEST:
        yield "has lists in each other deeper than any player needs"
        return
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
                yield from _odd_in_avi(file, body + 4, behind, depth=depth + 1)
        elif name in AVI_ROOM:
            file.seek(body)
            begins = AVI_INDEX_ROOM.match(file.read(LONGEST_INDEX))
            if not is_empty(file, body + (begins.end() if begins else 0), behind):
                yield "there is something in its free space"
        elif AVI_CHUNKS.fullmatch(name) is None:
            yield f"carries a chunk {name!r}"
        at = behind + behind % 2
