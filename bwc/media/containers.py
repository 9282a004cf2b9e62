"""What a media file really is, by its first bytes, and the only door through which one is opened.

A file's name means nothing here: FFmpeg, left to guess, follows a playlist or concat script named
`.mp4` to other files of this machine. So the first bytes are held against an allow-list of four
containers, and the file is opened with that one demuxer, the `file` protocol alone, and MOV's
external references off. `recognise` and `open_media` are safe to call on anything; decoding what
was opened belongs in a guarded child process (`bwc.media.guard`).
"""

import re
from enum import StrEnum
from pathlib import Path

import av
import av.error
from av.container import InputContainer

from bwc.errors import MediaError

HEAD_BYTES = 4096
TS_PACKET_BYTES = 188
M2TS_PACKET_BYTES = 192  # a four-byte time stamp before each packet
TS_SYNC = 0x47
TS_PACKETS_SEEN = 5

# ISO/IEC 14496-12 and the QuickTime File Format: what may stand first in a file.
_FIRST_BOXES = {b"ftyp", b"styp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_PICTURE_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx "}
_SMALL_BOX_LIMIT = 0x20000000  # a larger size is four letters of text, but for mdat

_GUARDS = {"protocol_whitelist": "file"}
_MOV_GUARDS = {"enable_drefs": "0", "use_absolute_path": "0"}

# What a refused file turns out to be, so that the person who sent it understands.
_KNOWN_HEADS: list[tuple[bytes, str]] = [
    (rb"ffconcat version", "a concat script that names other files"),
    (rb"\s*#EXTM3U", "an HLS playlist that names other files"),
    (rb"\s*\[playlist\]", "a playlist that names other files"),
    (rb"\s*(<\?xml[^>]*>\s*)?<(MPD|smil|asx)", "a streaming manifest that names other files"),
    (rb"\xff\xd8\xff", "a JPEG picture"),
    (rb"\x89PNG\r\n", "a PNG picture"),
    (rb"GIF8", "a GIF picture"),
    (rb"RIFF....WEBP", "a WebP picture"),
    (rb"RIFF....WAVE", "a WAVE sound file without video"),
    (rb"ID3|\xff[\xf2\xf3\xfa\xfb]", "an MP3 sound file without video"),
    (rb"\xff[\xf0\xf1\xf8\xf9]", "an AAC sound file without video"),
    (rb"fLaC", "a FLAC sound file without video"),
    (rb"OggS", "an Ogg file, which no supported camera writes"),
    (rb"\x00\x00\x01\xba", "an MPEG program stream, which is not supported"),
    (rb"\x00\x00\x00?\x01", "a bare video stream without a container"),
    (rb"FLV\x01", "a Flash video, which is not supported"),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file, which is not supported"),
    (rb"%PDF-", "a PDF document"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"\x1f\x8b", "a gzip archive"),
    (rb"\x7fELF|MZ", "a program"),
]


class ContainerKind(StrEnum):
    """The containers that may be opened; the value is what the catalog stores."""

    MP4 = "mp4"
    MATROSKA = "matroska"
    AVI = "avi"
    MPEG_TS = "mpegts"

    @property
    def demuxer(self) -> str:
        """FFmpeg's name of the one demuxer that reads it."""
        return "mov" if self is ContainerKind.MP4 else self.value


def recognise(path: Path) -> ContainerKind:
    """The container that `path` holds, by its first bytes whatever its name says.

    Raises:
        MediaError: it is none of the four; the message says what it is instead.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as exc:
        raise MediaError("cannot be read", where=path.name, got=exc.strerror) from exc
    kind = _kind_of(head)
    if kind is None:
        raise MediaError(
            "not a video of a supported container",
            where=path.name,
            expected="MP4 or MOV, Matroska, AVI or MPEG-TS",
            got=describe(head),
        )
    return kind


def open_media(path: Path, *, edited: bool = True) -> InputContainer:
    """Open `path` with the demuxer its first bytes call for, and nothing else.

    Use it in a `with`: an open container holds a file and buffers. Without `edited`, an MP4's edit
    list is not heeded.

    Raises:
        MediaError: not a supported container, or FFmpeg cannot make sense of it.
    """
    kind = recognise(path)
    options = opening_guards(kind)
    if not edited and kind is ContainerKind.MP4:
        options = options | {"ignore_editlist": "1"}
    try:  # an absolute path cannot be taken for a protocol ("concat:a|b")
        return av.open(str(path.absolute()), "r", format=kind.demuxer, options=options)
    except (av.error.FFmpegError, UnicodeDecodeError) as exc:
        raise MediaError(
            "begins like a video but cannot be opened",
            where=path.name,
            expected=f"a whole {kind.value} file",
            got=str(exc.strerror) if isinstance(exc, av.error.FFmpegError) else "bad text in it",
        ) from exc


def opening_guards(kind: ContainerKind) -> dict[str, str]:
    """FFmpeg's input options that keep a file of this kind from naming other files."""
    return _GUARDS | (_MOV_GUARDS if kind is ContainerKind.MP4 else {})


def describe(head: bytes) -> str:
    """What a file that begins with `head` is, in words for the person who sent it."""
    if not head:
        return "an empty file"
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS:
        return "a HEIF or AVIF picture"
    for pattern, words in _KNOWN_HEADS:
        if re.match(pattern, head, re.DOTALL | re.IGNORECASE):
            return words
    if not any(head):
        return "nothing but zeros"
    return "text" if _is_text(head) else "unknown bytes"


def _kind_of(head: bytes) -> ContainerKind | None:
    """The container whose signature `head` carries."""
    if _begins_with_box(head):
        return ContainerKind.MP4
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return ContainerKind.MATROSKA
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return ContainerKind.AVI
    if _has_sync(head, 0, TS_PACKET_BYTES) or _has_sync(head, 4, M2TS_PACKET_BYTES):
        return ContainerKind.MPEG_TS
    return None


def _begins_with_box(head: bytes) -> bool:
    """Whether an MP4 or MOV box of plausible size stands first."""
    size, box = int.from_bytes(head[:4]), head[4:8]
    if box not in _FIRST_BOXES or (box == b"ftyp" and head[8:12] in _PICTURE_BRANDS):
        return False
    has_body = size in {0, 1} or size >= 8  # noqa: PLR2004 - to the end, 64-bit, or header and more
    return has_body and (box == b"mdat" or size < _SMALL_BOX_LIMIT)


def _has_sync(head: bytes, first: int, step: int) -> bool:
    """Whether MPEG-TS sync bytes stand at `first` and every `step` after it."""
    marks = [head[at] for at in range(first, len(head), step)][:TS_PACKETS_SEEN]
    return len(marks) > 1 and all(mark == TS_SYNC for mark in marks)


def _is_text(head: bytes) -> bool:
    """Whether `head` reads as UTF-8 text; its last character may be cut in two."""
    if b"\x00" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as exc:
        return exc.start >= len(head) - 3
    return True
