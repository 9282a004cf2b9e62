"""The samples of the finished file: none is hidden, and nothing is hidden in a picture.

An edit list can keep pictures from being shown that are in the file nonetheless, and H.264 carries
messages (SEI, ITU-T H.264 annex D) in which cameras write place, time and serial numbers. A player
shows neither; whoever opens the file finds both.
"""

from collections.abc import Iterator
from pathlib import Path

from bwc.errors import MediaError
from bwc.media.containers import open_media
from bwc.media.units import LENGTH_AT, PICTURES, kind_of, units_of
from bwc.redaction.findings import Check, Finding

AVCC = 1  # its first byte; a transport stream has marks between units, and no lengths


def check_samples(path: Path) -> Iterator[Finding]:
    """Whether all samples are shown, and pictures hold slices alone."""
    hidden = 0
    odd: set[str] = set()
    with open_media(path) as container:
        video = container.streams.video[0]
        extradata = video.codec_context.extradata or b""
        has_lengths = len(extradata) > LENGTH_AT and extradata[0] == AVCC
        is_h264 = video.codec_context.name == "h264" and has_lengths
        length = (extradata[LENGTH_AT] & 3) + 1 if is_h264 else 0
        for packet in container.demux():
            if packet.dts is None:
                continue
            if packet.stream_index != video.index:
                continue
            hidden += packet.is_discard
            if length:
                odd |= foreign_units(bytes(packet), length)
    if hidden:
        yield Finding(check=Check.FRAMES, what=f"{hidden} pictures are in it that are not shown")
    for what in sorted(odd):
        yield Finding(check=Check.METADATA, what=what)


def foreign_units(sample: bytes, length: int) -> set[str]:
    """What a sample carries that is no picture, in words; `length` is the bytes of a unit's size.

    >>> foreign_units(bytes([0, 0, 0, 2, 0x65, 1]), 4)
    set()
    >>> foreign_units(bytes([0, 0, 0, 5, 6, 4, 2, 1, 1]), 4)
    {'a picture carries a unit of type 6'}
    """
    try:
        kinds = {kind_of(unit) for unit in units_of(sample, length)} - PICTURES
    except MediaError as error:
        return {error.what}
    return {f"a picture carries a unit of type {kind}" for kind in kinds}
