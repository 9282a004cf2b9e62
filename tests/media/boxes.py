"""MP4 boxes by hand, to make files that no encoder would write."""

import io
from pathlib import Path

from bwc.media.boxes import boxes_between

CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"dinf")


def find_box(content: bytes, name: bytes, start: int = 0) -> tuple[int, int]:
    """Where the first box of that name begins on this level, and its size."""
    for box in boxes_between(io.BytesIO(content), start, len(content)):
        if box.name.encode("latin-1") == name:
            return box.start, box.size
    raise AssertionError(f"no {name!r} box")


def point_media_elsewhere(movie: bytes, elsewhere: Path) -> bytes:
    """`movie` (index last) with its own media wiped and a reference to `elsewhere` in its place.

    The data reference becomes an alias record of the QuickTime File Format, which names a file by
    its absolute path.
    """
    content = bytearray(movie)
    media, media_size = find_box(movie, b"mdat")
    content[media + 8 : media + media_size] = bytes(media_size - 8)
    path, inside = [], 0
    for name in CONTAINERS:
        start, _ = find_box(movie, name, inside)
        path.append(start)
        inside = start + 8
    entry = find_box(movie, b"dref", inside)[0] + 16
    old_size = int.from_bytes(movie[entry : entry + 4])
    alias = _alias(elsewhere)
    content[entry : entry + old_size] = alias
    grown = len(alias) - old_size
    for start in [*path, find_box(movie, b"dref", inside)[0]]:
        size = int.from_bytes(movie[start : start + 4]) + grown
        content[start : start + 4] = size.to_bytes(4)
    return bytes(content)


def _alias(target: Path) -> bytes:
    """A dref entry of type `alis`: a record that names `target`, one level up and one down."""
    volume, name = b"Volume", target.name.encode()[:63]
    record = bytearray(150)
    record[10] = len(volume)
    record[11 : 11 + len(volume)] = volume
    record[50] = len(name)
    record[51 : 51 + len(name)] = name
    record[130:134] = (1).to_bytes(2) + (1).to_bytes(2)
    where = volume + str(target).replace("/", ":").encode()
    items = (2).to_bytes(2) + len(where).to_bytes(2) + where + bytes(len(where) % 2)
    body = bytes(4) + bytes(record) + items + b"\xff\xff\x00\x00"
    return (8 + len(body)).to_bytes(4) + b"alis" + body
