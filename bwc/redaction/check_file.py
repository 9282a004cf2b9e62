"""The finished file as a file: one MP4, one picture, at most one sound, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from av.container import InputContainer

from bwc.errors import MediaError
from bwc.media.boxes import require_whole_mp4
from bwc.media.containers import ContainerKind, open_media, recognise
from bwc.media.decode import VideoLook
from bwc.redaction.findings import Check, Finding

TOP_BOXES = ["ftyp", "moov", "free", "mdat"]
NESTED = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"})
KNOWN_BOXES = NESTED | frozenset(
    b"mvhd tkhd elst mdhd hdlr vmhd smhd dref stsd stts stss ctts stsc stsz stco co64 sgpd sbgp"
    b" udta".split()
)
EMPTY_TAGS = b"\x00\x00\x00\x08ilst"  # what FFmpeg leaves where there are no tags
KNOWN_FILE_TAGS = {"major_brand", "minor_version", "compatible_brands"}
KNOWN_STREAM_TAGS = {
    "language": {"und"},
    "handler_name": {"VideoHandler", "SoundHandler"},
    "vendor_id": {"[0][0][0][0]"},
}
HEADER = 8
LIMITED_OR_UNSAID = {0, 1}


def check_container(path: Path) -> Iterator[Finding]:
    """Whether `path` is a whole, not fragmented MP4 that starts playing at once."""
    try:
        if recognise(path) is not ContainerKind.MP4:
            yield Finding(check=Check.CONTAINER, what="is not an MP4")
            return
        require_whole_mp4(path)
    except MediaError as error:
        yield Finding(check=Check.CONTAINER, what=error.what)
        return
    with path.open("rb") as file:
        boxes = list(boxes_of(file, 0, path.stat().st_size))
        names = [name.decode("latin-1") for name, _, _ in boxes]
        if names != [name for name in TOP_BOXES if name in names]:
            yield Finding(check=Check.CONTAINER, what=f"has boxes {' '.join(names)}")
        for name, start, size in boxes:
            if name == b"free" and size != HEADER:
                yield Finding(check=Check.CONTAINER, what="there is something in its free space")
            if name == b"moov":
                yield from _check_index(file, start + HEADER, start + size)


def check_streams(path: Path, *, expect_sound: bool | None) -> Iterator[Finding]:
    """Which streams and tags `path` carries. `expect_sound` is None where that is not known."""
    with open_media(path) as container:
        kinds = [stream.type for stream in container.streams]
        allowed = [["video"], ["video", "audio"]]
        if expect_sound is not None:
            allowed = [["video", "audio"]] if expect_sound else [["video"]]
        if kinds not in allowed:
            wanted = " or ".join(" and ".join(entry) for entry in allowed)
            yield Finding(check=Check.STREAMS, what=f"has {', '.join(kinds)} instead of {wanted}")
        yield from _check_tags(container)


def check_look(original: VideoLook, redacted: VideoLook) -> Iterator[Finding]:
    """Whether the redacted picture is shown as the original is."""
    shown = [(look.width, look.height) for look in (original, redacted)]
    pairs = {
        "size": (shown[0], shown[1]),
        "rotation": (original.matrix, redacted.matrix),
        "shape of pixels": (original.sample_aspect or 1, redacted.sample_aspect or 1),
        "colour space": (original.colour.space, redacted.colour.space),
        "colour primaries": (original.colour.primaries, redacted.colour.primaries),
        "transfer curve": (original.colour.transfer, redacted.colour.transfer),
    }
    for name, (before, after) in pairs.items():
        if before != after:
            yield Finding(check=Check.LOOK, what=f"{name} was {before} and is {after}")
    ranges = {original.colour.range, redacted.colour.range}
    if len(ranges) > 1 and not ranges <= LIMITED_OR_UNSAID:
        yield Finding(check=Check.LOOK, what=f"range was {original.colour.range}")
    if redacted.codec != "h264":
        yield Finding(check=Check.LOOK, what=f"is {redacted.codec} and not H.264")


def boxes_of(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and size of each box between two places."""
    while at + HEADER <= end:
        file.seek(at)
        header = file.read(2 * HEADER)
        size = int.from_bytes(header[:4])
        if size == 1:
            size = int.from_bytes(header[8:16])
        if size == 0 or size < HEADER:
            size = end - at
        yield header[4:8], at, size
        at += size


def _check_index(file: BinaryIO, start: int, end: int) -> Iterator[Finding]:
    """Only known boxes inside the index, and no tags in it."""
    for name, at, size in boxes_of(file, start, end):
        if name not in KNOWN_BOXES:
            words = f"carries a box {name.decode('latin-1')!r}"
            yield Finding(check=Check.METADATA, what=words)
        elif name in NESTED:
            yield from _check_index(file, at + HEADER, at + size)
        elif name == b"udta":
            file.seek(at)
            body = file.read(min(size, 4096))
            if not body.endswith(EMPTY_TAGS):
                yield Finding(check=Check.METADATA, what="carries tags in its user data")


def _check_tags(container: InputContainer) -> Iterator[Finding]:
    """No tag that was not written by every muxer."""
    extra = set(container.metadata) - KNOWN_FILE_TAGS
    if extra:
        yield Finding(check=Check.METADATA, what=f"carries tags {', '.join(sorted(extra))}")
    if container.chapters():
        yield Finding(check=Check.METADATA, what="has chapters")
    for stream in container.streams:
        for name, value in stream.metadata.items():
            if value not in KNOWN_STREAM_TAGS.get(name, set()):
                words = f"stream {stream.index} carries a tag {name}"
                yield Finding(check=Check.METADATA, what=words)
