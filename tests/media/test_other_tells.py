"""Where another tool's file can tell of place and time beside what is played: each is found."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from bwc.errors import MediaError
from bwc.redaction.check_other import check_other
from tests.clips import make_clip

pytestmark = pytest.mark.media

PLACE = b"39.7392,-104.9903"
DATE = (3_870_000_000).to_bytes(4)  # seconds since 1904
MESSAGE = bytes([4, len(PLACE)]) + PLACE + b"\x80"
CODED = {
    "mp4": ("-c", "copy"),
    "mkv": ("-c", "copy"),
    "live.mkv": ("-c", "copy", "-live", "1", "-cluster_time_limit", "40"),
    "ts": ("-c", "copy"),
    "avi": ("-c:v", "mpeg4", "-an"),
    "mov": ("-c:v", "mjpeg", "-an"),
    "hevc.mp4": ("-c:v", "libx265", "-x265-params", "log-level=none", "-an"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One clip, as each kind of file."""
    folder = tmp_path_factory.mktemp("tells")
    clip, made = make_clip(folder / "clip.mp4", seconds=0.4, size=(160, 96), faces=[]), {}
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(clip.path)]
    for kind, coded in CODED.items():
        made[kind] = folder / f"a.{kind}"
        subprocess.run([*command, *coded, str(made[kind])], check=True)
    return made


def sampled(change: Callable[[bytes], bytes]) -> Callable[[Path, Path], None]:
    """Each picture as `change` makes it."""

    def make(path: Path, into: Path) -> None:
        with av.open(str(path)) as source, av.open(str(into), "w") as out:
            video = source.streams.video[0]
            stream = out.add_stream_from_template(video)
            for packet in source.demux(video):
                if packet.size:
                    new = av.Packet(change(bytes(packet)))
                    new.pts, new.dts, new.duration = packet.pts, packet.dts, packet.duration
                    new.time_base, new.is_keyframe = packet.time_base, packet.is_keyframe
                    new.stream = stream
                    out.mux(new)

    return make


def with_unit(unit: bytes) -> Callable[[Path, Path], None]:
    return sampled(lambda sample: len(unit).to_bytes(4) + unit + sample)


def put(mark: bytes, after: int, note: bytes) -> Callable[[Path, Path], None]:
    """`note` over what stands some bytes `after` a mark."""

    def make(path: Path, into: Path) -> None:
        content = path.read_bytes()
        at = content.index(mark) + after
        into.write_bytes(content[:at] + note + content[at + len(note) :])

    return make


def longer(name: bytes, note: bytes) -> Callable[[Path, Path], None]:
    """A box of the file with a note at its end."""

    def make(path: Path, into: Path) -> None:
        content = path.read_bytes()
        at = content.index(name) - 4
        size = int.from_bytes(content[at : at + 4])
        box = (size + len(note)).to_bytes(4) + content[at + 4 : at + size] + note
        into.write_bytes(content[:at] + box + content[at + size :])

    return make


def in_entry(name: bytes, note: bytes) -> Callable[[Path, Path], None]:
    """A note at the end of a box that says how samples are coded, and all around it longer by as much."""

    def make(path: Path, into: Path) -> None:
        content = bytearray(path.read_bytes())
        end = content.index(name) - 4
        end += int.from_bytes(content[end : end + 4])
        for box in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"hev1", name):
            at = content.find(box) - 4
            if at >= 0:
                content[at : at + 4] = (int.from_bytes(content[at : at + 4]) + len(note)).to_bytes(
                    4
                )
        into.write_bytes(content[:end] + note + content[end:])

    return make


def put_in(note: bytes, *, at: int | None = None) -> Callable[[Path, Path], None]:
    """`note` between the bytes of a file; at its end where nobody says where."""

    def make(path: Path, into: Path) -> None:
        content = path.read_bytes()
        where = len(content) if at is None else at
        into.write_bytes(content[:where] + note + content[where:])

    return make


def cut_short(path: Path, into: Path) -> None:
    """The edit list ends before the pictures do."""
    content = bytearray(path.read_bytes())
    at = content.index(b"elst") + 12
    content[at : at + 4] = (int.from_bytes(content[at : at + 4]) // 2).to_bytes(4)
    into.write_bytes(content)


def packet_of(number: int) -> bytes:
    return b"\x47" + number.to_bytes(2) + b"\x10" + PLACE.ljust(184)


def element(name: bytes, body: bytes) -> bytes:
    """One of Matroska, of fewer than 127 bytes."""
    return name + bytes([0x80 | len(body)]) + body


VOID = element(b"\xec", PLACE)
STRAY_TAG = element(
    b"\x12\x54\xc3\x67",
    element(
        b"\x73\x73",
        element(b"\x63\xc0", element(b"\x63\xc5", b"\x63"))
        + element(b"\x67\xc8", element(b"\x45\xa3", b"NOTE") + element(b"\x44\x87", PLACE)),
    ),
)
CUES = element(b"\x1c\x53\xbb\x6b", element(b"\xbb", element(b"\xb3", PLACE)))
BEFORE_NOTHING = (b"\x47\x01\x00\x20\xb7\x02" + bytes([len(PLACE)]) + PLACE).ljust(188, b"\xff")
IN_ITS_HEADER = (
    b"\x47\x41\x00\x10\0\0\1\xe0\0\0\x80\x80" + bytes([5 + len(PLACE)]) + b"\x21\0\1\0\1" + PLACE
).ljust(188, b"\xff")


def deep(outer: Callable[[bytes], bytes], depth: int = 2000) -> bytes:
    """What holds one of its kind, and so on."""
    content = b""
    for _ in range(depth):
        content = outer(content)
    return content


def box(content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4) + b"udta" + content


def chunks(content: bytes) -> bytes:
    return b"LIST" + (len(content) + 4).to_bytes(4, "little") + b"movi" + content


def tags(content: bytes) -> bytes:
    return b"\x12\x54\xc3\x67" + (1 << 56 | len(content)).to_bytes(8) + content


EXIF = b"\xff\xe1" + (len(PLACE) + 8).to_bytes(2) + b"Exif\0\0" + PLACE
TELLING: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "a message behind one of timing": ("mp4", with_unit(bytes([6, 1, 1, 16]) + MESSAGE)),
    "a message in HEVC": ("hevc.mp4", with_unit(bytes([0x4E, 1]) + MESSAGE)),
    "a mark with more behind it": ("mp4", with_unit(bytes([9, 16]) + PLACE)),
    "Exif in a JPEG": ("mov", sampled(lambda picture: picture[:2] + EXIF + picture[2:])),
    "bytes behind a JPEG": ("mov", sampled(lambda picture: picture + PLACE)),
    "user data of MPEG-4": ("avi", sampled(lambda sample: b"\0\0\1\xb2" + PLACE + sample)),
    "the date of a track": ("mp4", put(b"tkhd", 8, DATE)),
    "when a film was changed": ("mp4", put(b"mvhd", 12, DATE)),
    "the name of a handler of data": ("mov", put(b"DataHandler", 0, PLACE[:11])),
    "a path beside the data": ("mp4", put(b"url ", 3, b"x")),
    "bytes behind the last sample": ("mp4", longer(b"mdat", PLACE)),
    "bytes behind the last box": ("mp4", longer(b"moov", b"\0\0\0\3" + PLACE)),
    "pictures behind the edit list": ("mp4", cut_short),
    "room of AVI": ("avi", put(b"JUNK", 60, PLACE)),
    "bytes behind AVI": ("avi", put_in(PLACE)),
    "room of Matroska": ("mkv", put_in(VOID)),
    "an element that nobody knows": ("mkv", put_in(b"\x73\x84" + VOID[1:])),
    "the program that wrote Matroska": ("mkv", put(b"Lavf", 0, PLACE[:4])),
    "a tag of a track that there is not": ("mkv", put_in(STRAY_TAG)),
    "a box beside how samples are coded": ("mp4", put(b"btrt", 0, b"note")),
    "a brand that is none": ("mkv", put(b"isom", 0, b"39.7")),
    "packets of no stream": ("ts", put_in(packet_of(0x155), at=5 * 188)),
    "packets of nothing": ("ts", put_in(packet_of(0x1FFF), at=5 * 188)),
    "private data before a packet's bytes": ("ts", put_in(BEFORE_NOTHING, at=5 * 188)),
    "bytes in the header of a picture": ("ts", put_in(IN_ITS_HEADER, at=5 * 188)),
    "a number of Matroska's index that is none": ("mkv", put_in(CUES)),
    "attachments of Matroska": ("mkv", put_in(element(b"\x19\x41\xa4\x69", PLACE))),
    "bytes behind the sets of H.264": ("mp4", in_entry(b"avcC", PLACE)),
    "bytes behind the sets of HEVC": ("hevc.mp4", in_entry(b"hvcC", PLACE)),
    "a message among the sets of HEVC": (
        "hevc.mp4",
        put(b"hvcC", 4 + 22 + 5, bytes([0x4E, 1]) + MESSAGE),
    ),
    "boxes in each other": ("mp4", put_in(deep(box, 10))),
    "lists in each other": ("avi", put_in(deep(chunks))),
    "elements in each other": ("mkv", put_in(deep(tags))),
    "whose programme it is": ("ts", put(b"FFmpeg", 0, PLACE[:6])),
}


@pytest.mark.parametrize("kind", CODED)
def test_a_plain_file_tells_nothing(kind: str, files: dict[str, Path]) -> None:
    assert list(check_other(files[kind], expect_sound=None)) == []


@pytest.mark.parametrize("what", TELLING)
def test_what_tells_something_is_found(what: str, files: dict[str, Path], tmp_path: Path) -> None:
    kind, make = TELLING[what]
    bad = tmp_path / f"bad.{kind}"
    make(files[kind], bad)
    assert list(check_other(bad, expect_sound=None)) != []


def test_boxes_so_deep_that_no_player_opens_them_are_an_error_of_ours(
    files: dict[str, Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.mp4"
    put_in(deep(box))(files["mp4"], bad)
    with pytest.raises(MediaError):
        list(check_other(bad, expect_sound=None))


def test_a_codec_into_which_nobody_looks_is_no_clean_one(
    files: dict[str, Path], tmp_path: Path
) -> None:
    bad = tmp_path / "a.mkv"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(files["mp4"]), "-an"]
    subprocess.run([*command, "-c:v", "ffv1", str(bad)], check=True)
    assert any("ffv1" in finding.what for finding in check_other(bad, expect_sound=None))
