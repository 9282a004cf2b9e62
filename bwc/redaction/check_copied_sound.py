"""Sound of a finished file that says it was copied: packet by packet the original's, or silence.

What a rendering of this plan has to hold follows from the original alone, so that each packet is
compared as it is. Then both files' packets are decoded side by side, the original's with all that
was left out of them, and have to give the same samples. A decoder begins anew where silence ends,
on both sides: how it makes noise up depends on all that it decoded before.
"""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import av
import av.error
import numpy as np
import numpy.typing as npt
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.packet import Packet

from bwc.errors import MediaError
from bwc.media.aac_header import AacForm
from bwc.media.audio import SoundLook, sound, sound_stream
from bwc.media.containers import open_media
from bwc.media.copied_sound import SoundPacket, read_sound, sound_packets
from bwc.media.timing import time_base_of
from bwc.redaction.findings import Check, Finding
from bwc.redaction.plan import Plan


def check_copied_sound(
    original: Path, redacted: Path, *, looks: tuple[SoundLook, SoundLook], plan: Plan
) -> Iterator[Finding]:
    """Whether sound that was copied is all of the original's, at its time, but for what is muted."""
    form = AacForm(looks[1].rate, looks[1].channels)
    if _header(redacted) != form.header:
        return  # coded anew: `check_sound` holds it against the original
    if plan.toned():
        yield _finding("the sound was copied, though a tone should stand in it")
        return
    try:
        copied = read_sound(original, looks[0])
        yield from _compare(redacted, sound_packets(copied, plan.muted()), _header(original))
    except MediaError as error:
        yield _finding(f"the sound was copied, though the original's {error.what}")
        return
    first = next(sound(redacted, looks[1]), None)
    if copied.form != form or first is None or first.start != copied.heard:
        yield _finding("sound that was copied does not begin where the original's does")


def _compare(redacted: Path, wanted: Iterator[SoundPacket], header: bytes) -> Iterator[Finding]:
    """The first packet that is not as wanted; `header` is the original's."""
    with open_media(redacted) as container:
        stream = sound_stream(container)
        assert stream is not None  # noqa: S101 - it has a header
        scale = 1 / time_base_of(stream)
        packets = (packet for packet in container.demux(stream) if packet.size)
        pair = _Pair(header, stream.codec_context.extradata or b"")
        for packet, expected in zip_longest(packets, wanted):
            if packet is None or expected is None or not _is_as(packet, expected):
                start = expected.start if expected is not None else packet.pts or 0
                what = "a packet of sound that was copied is not the original's"
                yield _finding(f"{what}, at {float(start / scale):.3f} s")
                return
            if not pair.is_alike(expected, bytes(packet)):
                at = float(expected.start / scale)
                yield _finding(
                    f"sound that was copied is not heard as in the original, at {at:.3f} s"
                )
                return


def _is_as(packet: "Packet[AudioStream]", wanted: SoundPacket) -> bool:
    """Whether a packet is of the same bytes and at the same time."""
    place = packet.pts, packet.duration
    return place == (wanted.start, wanted.duration) and bytes(packet) == wanted.coded


class _Pair:
    """Two decoders side by side."""

    def __init__(self, before: bytes, after: bytes) -> None:
        """For packets under these headers."""
        self._headers = before, after
        self._decoders: tuple[AudioCodecContext, AudioCodecContext] | None = None

    def is_alike(self, wanted: SoundPacket, found: bytes) -> bool:
        """Whether the original's packet and what was found decode to the same; silence to none."""
        if wanted.is_silent:
            self._decoders = None
            return True
        if self._decoders is None:
            self._decoders = _decoder(self._headers[0]), _decoder(self._headers[1])
        try:
            first = _decoded(self._decoders[0], wanted.original)
            second = _decoded(self._decoders[1], found)
        except av.error.FFmpegError:
            return False
        return first.size > 0 and np.array_equal(first, second)


def _decoder(header: bytes) -> AudioCodecContext:
    """A decoder that has decoded nothing yet."""
    decoder = av.CodecContext.create("aac", "r")
    assert isinstance(decoder, AudioCodecContext)  # noqa: S101 - of sound
    decoder.extradata = header
    return decoder


def _decoded(decoder: AudioCodecContext, packet: bytes) -> npt.NDArray[np.float32]:
    """The samples of a packet: (channels, samples) in [-1, 1]."""
    frames = [np.asarray(frame.to_ndarray()) for frame in decoder.decode(Packet(packet))]
    return np.concatenate(frames, axis=1) if frames else np.zeros((0, 0), np.float32)


def _header(path: Path) -> bytes:
    """What stands before the packets of its sound."""
    with open_media(path) as container:
        stream = sound_stream(container)
        return b"" if stream is None else stream.codec_context.extradata or b""


def _finding(what: str) -> Finding:
    """A finding."""
    return Finding(check=Check.COPIED, what=what)
