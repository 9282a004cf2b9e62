"""The boxes of an MP4 or MOV file, and whether it is whole.

ISO/IEC 14496-12, section 4.2. FFmpeg plays what is there of a file that was cut off and says nothing. Evidence that is not whole
has to be known as such, so the declared sizes are held against the file's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from bwc.errors import MediaError

HEADER_BYTES = 8
CHUNK = 1 << 16  # bytes read at once
LARGE_HEADER_BYTES = 16
MAX_BOXES = 1_000_000  # a day of one-second fragments has 172,800
_INDEX = "moov"
_BODIES = {"mdat", "moov", "moof"}


@dataclass(frozen=True, slots=True)
class Box:
    """One box: `size` bytes are declared from byte `start` on, the first `header` its header."""

    name: str
    start: int
    size: int
    header: int = HEADER_BYTES

    @property
    def body(self) -> int:
        """Where its header ends."""
        return self.start + self.header

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + self.size


def require_whole_mp4(path: Path) -> None:
    """Check that the index is there and that no box runs past the end of the file.

    Raises:
        MediaError: the index is missing, or the file is shorter than its boxes say.
    """
    file_size = path.stat().st_size
    names: set[str] = set()
    with path.open("rb") as file:
        for box in boxes_between(file, 0, file_size):
            names.add(box.name)
            if box.name in _BODIES and box.end > file_size:
                raise MediaError(
                    f"the file is cut off inside its {box.name} box",
                    where=path.name,
                    expected=f"{box.end} bytes",
                    got=f"{file_size}",
                    advice="Copy it from the camera again.",
                )
    if _INDEX not in names:
        raise MediaError(
            "its index (the moov box) is missing, so that nothing in it can be found",
            where=path.name,
            got="boxes " + ", ".join(sorted(names)) if names else "no box",
            advice="The recording or its transfer was cut off: copy it from the camera again.",
        )


def film_length(path: Path) -> Fraction:
    """How many seconds the index of an MP4 says that its film lasts (ISO/IEC 14496-12, 8.2.2).

    Raises:
        MediaError: it does not say so.
    """
    with path.open("rb") as file:
        for moov in boxes_between(file, 0, path.stat().st_size):
            for mvhd in boxes_between(file, moov.body, moov.end) if moov.name == _INDEX else ():
                if mvhd.name == "mvhd":
                    file.seek(mvhd.body)
                    body = file.read(32)
                    long = body[0] == 1  # times of 64 bits
                    scale = int.from_bytes(body[20:24] if long else body[12:16])
                    length = int.from_bytes(body[24:32] if long else body[16:20])
                    return Fraction(length, max(1, scale))
    raise MediaError("does not say how long it lasts", where=path.name)


def boxes_between(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes from byte `start` up to `end` in order, up to the first that makes no sense."""
    at = start
    for _ in range(MAX_BOXES):
        if at >= end:  # a declared size may be more than any file can be
            return
        file.seek(at)
        header = file.read(LARGE_HEADER_BYTES)
        if len(header) < HEADER_BYTES:
            return
        size, least = int.from_bytes(header[:4]), HEADER_BYTES
        if size == 1:  # a 64-bit size follows the name
            size, least = int.from_bytes(header[8:16]), LARGE_HEADER_BYTES
        elif size == 0:  # to the end of what it stands in
            size = end - at
        if size < least:
            return
        yield Box(header[4:8].decode("latin-1"), at, size, least)
        at += size


def is_empty(file: BinaryIO, start: int, end: int) -> bool:
    """Whether zeros alone stand from byte `start` up to `end`."""
    file.seek(start)
    left = end - start
    while left > 0 and (part := file.read(min(left, CHUNK))):
        if any(part):
            return False
        left -= len(part)
    return True
