"""The top-level boxes of an MP4 or MOV file: is it whole?

ISO/IEC 14496-12, section 4.2. FFmpeg plays what is there of a file that was cut off and says nothing. Evidence that is not whole
has to be known as such, so the declared sizes are held against the file's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bwc.errors import MediaError

HEADER_BYTES = 8
LARGE_HEADER_BYTES = 16
MAX_BOXES = 1_000_000  # a day of one-second fragments has 172,800
_INDEX = "moov"
_BODIES = {"mdat", "moov", "moof"}


@dataclass(frozen=True, slots=True)
class Box:
    """One box: `size` bytes are declared from byte `start` on, its header included."""

    name: str
    start: int
    size: int


def require_whole_mp4(path: Path) -> None:
    """Check that the index is there and that no box runs past the end of the file.

    Raises:
        MediaError: the index is missing, or the file is shorter than its boxes say.
    """
    file_size = path.stat().st_size
    names: set[str] = set()
    with path.open("rb") as file:
        for box in top_level_boxes(file, file_size):
            names.add(box.name)
            if box.name in _BODIES and box.start + box.size > file_size:
                raise MediaError(
                    f"the file is cut off inside its {box.name} box",
                    where=path.name,
                    expected=f"{box.start + box.size} bytes",
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


def top_level_boxes(file: BinaryIO, file_size: int) -> Iterator[Box]:
    """The boxes of `file` in order, up to the first that makes no sense."""
    at = 0
    for _ in range(MAX_BOXES):
        if at >= file_size:  # a declared size may be more than any file can be
            return
        file.seek(at)
        header = file.read(LARGE_HEADER_BYTES)
        if len(header) < HEADER_BYTES:
            return
        size, least = int.from_bytes(header[:4]), HEADER_BYTES
        if size == 1:  # a 64-bit size follows the name
            size, least = int.from_bytes(header[8:16]), LARGE_HEADER_BYTES
        elif size == 0:  # to the end of the file
            size = file_size - at
        if size < least:
            return
        yield Box(header[4:8].decode("latin-1"), at, size)
        at += size
