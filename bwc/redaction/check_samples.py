"""The samples of the finished file: none is hidden, and nothing is hidden in a picture.

An edit list can keep pictures from being shown that are in the file nonetheless, and H.264 carries
messages (SEI, ITU-T H.264 annex D) in which cameras write place, time and serial numbers. A player
shows neither; whoever opens the file finds both. Behind and before the sound of an AAC packet data and
filling may stand, which nobody hears (ISO/IEC 14496-3, 4.4.2).
"""

from collections.abc import Iterator
from pathlib import Path

from bwc.errors import MediaError
from bwc.media.aac_header import NO_REPLICATION, AacForm, read_form
from bwc.media.aac_packet import read_element, stripped
from bwc.media.containers import open_media
from bwc.media.units import LENGTH_AT, PICTURES, kind_of, units_of
from bwc.redaction.findings import Check, Finding

AVCC = 1  # its first byte; a transport stream has marks between units, and no lengths


def check_samples(path: Path) -> Iterator[Finding]:
    """Whether all samples are shown, pictures hold slices alone, and packets of sound their sound."""
    hidden = 0
    odd: set[str] = set()
    with open_media(path) as container:
        video = container.streams.video[0]
        extradata = video.codec_context.extradata or b""
        has_lengths = len(extradata) > LENGTH_AT and extradata[0] == AVCC
        is_h264 = video.codec_context.name == "h264" and has_lengths
        length = (extradata[LENGTH_AT] & 3) + 1 if is_h264 else 0
        form = None
        for sound in container.streams.audio:
            form = form_of(sound.codec_context.extradata or b"")
            odd |= {"its sound says more of itself than it has to"} if form is None else set()
        for packet in container.demux():
            if packet.stream.type == "audio" and packet.size and form is not None:
                odd |= foreign_to_sound(bytes(packet), form)
            if packet.dts is None or packet.stream_index != video.index:
                continue
            hidden += packet.is_discard
            if length:
                odd |= foreign_units(bytes(packet), length)
    if hidden:
        yield Finding(check=Check.FRAMES, what=f"{hidden} pictures are in it that are not shown")
    for what in sorted(odd):
        yield Finding(check=Check.METADATA, what=what)


def form_of(header: bytes) -> AacForm | None:
    """The form of sound that a header of ours states and nothing else; None for any other."""
    try:
        form = read_form(header)
    except MediaError:
        return None
    return form if header in {form.header, form.header + NO_REPLICATION} else None


def foreign_to_sound(packet: bytes, form: AacForm) -> set[str]:
    """What a packet carries beside the sound, its end and zeros to the last byte, in words.

    >>> foreign_to_sound(bytes.fromhex("00000007"), AacForm(48000, 1))
    set()
    >>> foreign_to_sound(bytes.fromhex("0000000700"), AacForm(48000, 1))
    {'a packet of sound carries something else'}
    """
    try:
        is_bare = stripped(packet, read_element(packet, form), form) == packet
    except MediaError as error:
        return {f"its sound {error.what}"}
    return set() if is_bare else {"a packet of sound carries something else"}


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
