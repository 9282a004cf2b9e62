"""What the first bytes say, whatever the name."""

from pathlib import Path

import pytest

from bwc.errors import MediaError
from bwc.media.containers import ContainerKind, describe, recognise

TS = bytes([0x47]) + bytes(187)
M2TS = bytes(4) + bytes([0x47]) + bytes(187)

ACCEPTED = {
    "MP4": (b"\x00\x00\x00\x20ftypisom", ContainerKind.MP4),
    "old QuickTime that begins with its media": (b"\x00\x00\x00\x01mdat", ContainerKind.MP4),
    "QuickTime that begins with wide": (
        b"\x00\x00\x00\x08wide\x00\x01\x00\x00mdat",
        ContainerKind.MP4,
    ),
    "QuickTime with free space first": (b"\x00\x00\x02\x00free", ContainerKind.MP4),
    "index first": (b"\x00\x00\x02\x00moov", ContainerKind.MP4),
    "Matroska": (b"\x1a\x45\xdf\xa3\x01", ContainerKind.MATROSKA),
    "AVI": (b"RIFF\x10\x00\x00\x00AVI LIST", ContainerKind.AVI),
    "transport stream": (TS * 6, ContainerKind.MPEG_TS),
    "transport stream with time stamps": (M2TS * 6, ContainerKind.MPEG_TS),
}

REFUSED = {
    "nothing": (b"", "an empty file"),
    "text": (b"just some words", "text"),
    "text that is cut inside a letter": (("ä" * 9).encode()[:-1], "text"),
    "text that begins like a box": (b"sugarfree drinks", "text"),
    "concat script": (b"ffconcat version 1.0\nfile /etc/passwd\n", "a concat script"),
    "HLS playlist": (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "an HLS playlist"),
    "PLS playlist": (b"[playlist]\nFile1=/etc/passwd", "a playlist"),
    "DASH manifest": (b'<?xml version="1.0"?>\n<MPD>', "a streaming manifest"),
    "sound alone": (b"RIFF\x10\x00\x00\x00WAVEfmt ", "a WAVE sound file without video"),
    "MP3": (b"ID3\x04\x00", "an MP3 sound file without video"),
    "JPEG": (b"\xff\xd8\xff\xe0", "a JPEG picture"),
    "iPhone picture": (b"\x00\x00\x00\x18ftypheic", "a HEIF or AVIF picture"),
    "PDF": (b"%PDF-1.7", "a PDF document"),
    "ZIP": (b"PK\x03\x04", "a ZIP archive"),
    "zeros": (bytes(100), "nothing but zeros"),
    "bare H.264": (b"\x00\x00\x00\x01\x67", "a bare video stream without a container"),
    "one packet that only looks like a transport stream": (TS[:100], "unknown bytes"),
    "rubbish": (b"\xde\xad\xbe\xef" * 4, "unknown bytes"),
}


@pytest.mark.parametrize(("head", "kind"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_supported_container_is_known_by_its_first_bytes(
    tmp_path: Path, head: bytes, kind: ContainerKind
) -> None:
    path = tmp_path / "misleading.txt"
    path.write_bytes(head)
    assert recognise(path) is kind


@pytest.mark.parametrize(("head", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_video_is_refused_and_named(tmp_path: Path, head: bytes, words: str) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(head)
    with pytest.raises(MediaError, match=r"video\.mp4: not a video") as refused:
        recognise(path)
    assert refused.value.got is not None
    assert refused.value.got.startswith(words)
    assert describe(head).startswith(words)


def test_a_folder_cannot_be_read_as_a_video(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be read"):
        recognise(tmp_path)
