"""The finished file as a file: one MP4, one picture, at most one sound, and nothing else."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from av.container import InputContainer

from bwc.errors import MediaError
from bwc.media.boxes import HEADER_BYTES, boxes_between, require_whole_mp4
from bwc.media.containers import ContainerKind, open_media, recognise
from bwc.media.decode import VideoLook
from bwc.redaction.check_index import check_index
from bwc.redaction.findings import Check, Finding

TOP_BOXES = ["ftyp", "moov", "free", "mdat"]
KNOWN_FILE_TAGS = {"major_brand", "minor_version", "compatible_brands"}
KNOWN_STREAM_TAGS = {
    "language": {"und"},
    "handler_name": {"VideoHandler", "SoundHandler"},
    "vendor_id": {"[0][0][0][0]"},
}
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
        size = path.stat().st_size
        boxes = list(boxes_between(file, 0, size))
        names = [box.name for box in boxes]
        if names != [name for name in TOP_BOXES if name in names] or boxes[-1].end != size:
            yield Finding(check=Check.CONTAINER, what=f"has boxes {' '.join(names)}")
        for box in boxes:
            if box.name == "free" and box.size != HEADER_BYTES:
                yield Finding(check=Check.CONTAINER, what="there is something in its free space")
        yield from check_index(file, boxes)


def check_streams(path: Path, *, expect_sound: bool | None) -> Iterator[Finding]:
    """Which streams and tags `path` carries. `expect_sound` is None where that is not known."""
    with open_media(path) as container:
        kinds = [stream.type for stream in container.streams]
        yield from check_kinds(kinds, expect_sound=expect_sound)
        yield from _check_tags(container)


def check_kinds(kinds: Sequence[str], *, expect_sound: bool | None) -> Iterator[Finding]:
    """Whether streams of these kinds are one picture and at most one sound behind it."""
    allowed = [["video"], ["video", "audio"]]
    if expect_sound is not None:
        allowed = [["video", "audio"]] if expect_sound else [["video"]]
    if list(kinds) not in allowed:
        wanted = " or ".join(" and ".join(entry) for entry in allowed)
        yield Finding(check=Check.STREAMS, what=f"has {', '.join(kinds)} instead of {wanted}")


def check_look(
    original: VideoLook, redacted: VideoLook, *, codec: str = "h264"
) -> Iterator[Finding]:
    """Whether the redacted picture is shown as the original is, and coded by `codec`."""
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
    if redacted.codec != codec:
        yield Finding(check=Check.LOOK, what=f"is {redacted.codec} and not {codec}")


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
