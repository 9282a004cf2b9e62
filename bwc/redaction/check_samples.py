"""The samples of the finished file: nothing lies between them, beside them or hidden in them.

An edit list can keep pictures from being shown that are in the file nonetheless, and H.264 carries
messages (SEI, ITU-T H.264 annex D) in which cameras write place, time and serial numbers. A player
shows neither; whoever opens the file finds both.
"""

from collections.abc import Iterator
from pathlib import Path

from bwc.media.containers import open_media
from bwc.redaction.check_file import HEADER, boxes_of
from bwc.redaction.findings import Check, Finding

NAL_TYPES = {1, 5, 6, 7, 8, 9}  # slices, SEI, parameter sets, delimiter (table 7-1)
SEI = 6
SEI_TYPES = {0, 1, 6}  # buffering period, picture timing, recovery point: no free bytes in them
SEI_UNREGISTERED = 5
ENCODER_UUID = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")  # x264's own note
LONGEST_NOTE = 1200  # bytes; its list of options
LENGTH_AT = 4  # where avcC says how long a length is (ISO/IEC 14496-15, 5.3.3)


def check_samples(path: Path) -> Iterator[Finding]:
    """Whether the data box holds shown samples alone, and pictures nothing but pictures."""
    used, hidden = 0, 0
    odd: set[str] = set()
    with open_media(path) as container:
        video = container.streams.video[0]
        extradata = video.codec_context.extradata or b""
        is_h264 = video.codec_context.name == "h264" and len(extradata) > LENGTH_AT
        length = (extradata[LENGTH_AT] & 3) + 1 if is_h264 else 0
        for packet in container.demux():
            if packet.dts is None:
                continue
            used += packet.size
            if packet.stream_index != video.index:
                continue
            hidden += packet.is_discard
            if length:
                odd |= foreign_units(bytes(packet), length)
    if hidden:
        yield Finding(check=Check.FRAMES, what=f"{hidden} pictures are in it that are not shown")
    for what in sorted(odd):
        yield Finding(check=Check.METADATA, what=what)
    stray = _stored(path) - used
    if stray not in (0, HEADER):  # a 64-bit size takes eight bytes more
        yield Finding(check=Check.CONTAINER, what=f"{stray} bytes of data belong to no sample")


def foreign_units(sample: bytes, length: int) -> set[str]:
    """What a sample carries that is no picture, in words; `length` is the bytes of a unit's size.

    >>> foreign_units(bytes([0, 0, 0, 2, 0x65, 1]), 4)
    set()
    >>> foreign_units(bytes([0, 0, 0, 5, 6, 4, 2, 1, 1]), 4)
    {'a picture carries a message of type 4'}
    """
    odd: set[str] = set()
    at = 0
    while at + length < len(sample):
        size = int.from_bytes(sample[at : at + length])
        unit = sample[at + length : at + length + size]
        at += length + size
        kind = unit[0] & 31 if unit else 0
        if kind == SEI:
            odd |= {f"a picture carries a message of type {t}" for t in _messages(unit[1:])}
        elif kind not in NAL_TYPES:
            odd.add(f"a picture carries a unit of type {kind}")
    if at != len(sample):
        odd.add("a picture does not end where its sample ends")
    return odd


def _messages(payload: bytes) -> Iterator[int]:
    """Types of the messages that have no business in a finished file."""
    at = 0
    while at + 2 < len(payload):
        kind, at = _number(payload, at)
        size, at = _number(payload, at)
        body = payload[at : at + size]
        at += size
        is_note = kind == SEI_UNREGISTERED and body.startswith(ENCODER_UUID)
        if kind not in SEI_TYPES and not (is_note and size <= LONGEST_NOTE):
            yield kind


def _number(payload: bytes, at: int) -> tuple[int, int]:
    """A number of annex D: bytes of 255 and one more, added up; and where it ends."""
    total = 0
    while at < len(payload) and payload[at] == 255:  # noqa: PLR2004 - the mark of more to come
        total, at = total + 255, at + 1
    return total + (payload[at] if at < len(payload) else 0), at + 1


def _stored(path: Path) -> int:
    """Bytes in the data boxes, without their headers."""
    with path.open("rb") as file:
        boxes = boxes_of(file, 0, path.stat().st_size)
        return sum(size - HEADER for name, _, size in boxes if name == b"mdat")
