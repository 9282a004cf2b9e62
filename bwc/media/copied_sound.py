"""Sound that is taken from a recording as it is coded there, but for the packets of what is muted.

A packet of AAC is decoded from a window of 2048 samples, half of which the next one overlaps. Each
packet whose window reaches into a muted span is put in anew as silence, so that nothing of what is
heard beside is smeared into it either. Two slopes are left, outside of the span, where no other
half makes up for what the window took off: what is heard fades there, with its own echo in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path

import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from bwc.errors import MediaError
from bwc.media.aac_header import AacForm, read_form
from bwc.media.aac_packet import (
    LONG,
    LONG_TO_SHORT,
    SHORT,
    SHORT_TO_LONG,
    Edge,
    read_element,
    silent,
    stripped,
)
from bwc.media.audio import (
    AAC_FRAME,
    AAC_WINDOW,
    JITTER_SECONDS,
    SoundLook,
    sound,
    sound_stream,
)
from bwc.media.containers import open_media, recognise
from bwc.media.segments import SEEKABLE
from bwc.media.timing import sample_at, time_base_of
from bwc.timeline import Span, merge

MOST_RUN_UP = 3 * AAC_FRAME  # samples before the first that is heard; encoders have 1024 to 2112
SEQUENCES = {
    (False, False): LONG,
    (False, True): LONG_TO_SHORT,
    (True, True): SHORT,
    (True, False): SHORT_TO_LONG,
}  # by whether a window opens and closes with a short slope


@dataclass(frozen=True, slots=True)
class CopiedSound:
    """The sound of `path`: `count` packets of one frame each from sample `start` of the media clock.

    `heard` is the first sample that is heard; what lies before only lets the decoder run up.
    """

    path: Path
    form: AacForm
    start: int
    heard: int
    count: int

    def silenced(self, muted: Iterable[Span[Fraction]]) -> int:
        """How many of its packets `muted` silences."""
        cuts = _samples(muted, self.form.rate)
        return sum(self.is_silent(at, cuts) for at in range(self.count))

    def is_silent(self, number: int, cuts: Iterable[tuple[int, int]]) -> bool:
        """Whether a packet reaches into one of `cuts`, in samples, or is not heard at all."""
        start = self.start + number * AAC_FRAME
        end = start + AAC_WINDOW
        return end <= self.heard or any(start < last and end > first for first, last in cuts)


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """A packet that begins at sample `start` and lasts `duration` samples; it was `original`."""

    start: int
    duration: int
    coded: bytes
    original: bytes
    is_silent: bool


def read_sound(path: Path, look: SoundLook) -> CopiedSound:
    """The sound of the recording at `path`, which sounds like `look`, read to its last bit.

    Raises:
        MediaError: it cannot be copied; the message says why, of "the sound".
    """
    if recognise(path) not in SEEKABLE:
        raise MediaError("lies in a container that states no exact times")
    if look.codec != "aac":
        raise MediaError("is not AAC", got=look.codec)
    with open_media(path) as container:
        form = read_form(_stream(container).codec_context.extradata or b"")
    if (form.rate, form.channels) != (look.rate, look.channels):
        raise MediaError("is another kind of AAC")
    start, heard = _first_samples(path, look)
    if heard - start > MOST_RUN_UP:
        raise MediaError("has a part that is not shown")
    if start != heard and not start < heard == 0:
        raise MediaError("begins in the midst of a packet")
    count = 0
    with open_media(path) as container:
        for packet in _packets(container):
            at = start + count * AAC_FRAME
            _require_in_place(packet, at, form.rate, is_before=at + AAC_FRAME <= heard)
            read_element(bytes(packet), form)
            count += 1
    return CopiedSound(path, form, start, heard, count)


def sound_packets(copied: CopiedSound, muted: Iterable[Span[Fraction]]) -> Iterator[SoundPacket]:
    """The packets of `copied` without anything that is not sound, silent where `muted` wants it.

    Raises:
        MediaError: the packets are not those that were read.
    """
    form = copied.form
    cuts = _samples(muted, form.rate)
    with open_media(copied.path) as container:
        rows = (_read(packet, at, copied, cuts) for at, packet in enumerate(_packets(container)))
        before: tuple[Edge, ...] | None = None
        for one, following in pairwise(chain(rows, [None])):
            assert one is not None  # noqa: S101 - none comes last
            if one.is_silent:
                after = None if following is None or following.is_silent else following.edges
                before = tuple(
                    _between(before[side] if before else None, edge, after[side] if after else None)
                    for side, edge in enumerate(one.edges)
                )
                coded = silent(form, before)
            else:
                before, coded = one.edges, one.sound
            yield SoundPacket(one.start, one.duration, coded, one.whole, one.is_silent)


@dataclass(frozen=True, slots=True)
class _Row:
    """A packet of the original, as it is and its sound alone."""

    start: int
    duration: int
    whole: bytes
    sound: bytes
    edges: tuple[Edge, ...]
    is_silent: bool


def _read(
    packet: "Packet[AudioStream]", number: int, copied: CopiedSound, cuts: list[tuple[int, int]]
) -> _Row:
    """Read the packet with this number."""
    start, form, whole = copied.start + number * AAC_FRAME, copied.form, bytes(packet)
    element = read_element(whole, form)
    lasts = AAC_FRAME
    if number == copied.count - 1 and packet.duration:
        stated = sample_at(packet.duration * time_base_of(packet.stream), form.rate)
        lasts = min(max(stated, 1), AAC_FRAME)
    return _Row(
        start,
        lasts,
        whole,
        stripped(whole, element, form),
        element.edges,
        copied.is_silent(number, cuts),
    )


def _samples(spans: Iterable[Span[Fraction]], rate: int) -> list[tuple[int, int]]:
    """First sample of each span, and the one behind its last."""
    return [(sample_at(span.start, rate), sample_at(span.end, rate)) for span in merge(spans)]


def _between(before: Edge | None, here: Edge, after: Edge | None) -> Edge:
    """The window of silence between two others; `after` is None where silence follows.

    It opens as the one before it closes. What is copied after it opens with the shape that the
    window before it has (4.6.11.3), which was the one that stood `here`; else nothing is told.
    """
    opens = before is not None and before.closes_short
    closes = after is not None and after.opens_short
    return Edge(SEQUENCES[opens, closes], here.shape if after is not None else 0)


def _first_samples(path: Path, look: SoundLook) -> tuple[int, int]:
    """Where the first packet's samples would begin, and the first sample that is heard."""
    heard = next(block.start for block in sound(path, look))
    with open_media(path) as container:
        partly = 0
        for number, packet in enumerate(_packets(container)):
            try:
                count = sum(frame.samples for frame in packet.decode())
            except av.error.FFmpegError as error:
                raise MediaError("has a packet that cannot be read") from error
            if count == AAC_FRAME:
                return heard + partly - number * AAC_FRAME, heard
            partly += count
    raise MediaError("is shorter than a packet")


def _require_in_place(
    packet: "Packet[AudioStream]", at: int, rate: int, *, is_before: bool
) -> None:
    """Refuse a packet that does not follow the one before it, or is not heard and should be.

    Nor may it come under another header than the first did: it would be played as that one says.
    """
    if packet.pts is None:
        raise MediaError("has a packet without a time")
    apart = abs(sample_at(packet.pts * time_base_of(packet.stream), rate) - at)
    if apart > sample_at(JITTER_SECONDS, rate):
        raise MediaError("has gaps")
    if packet.has_sidedata("new_extradata"):
        raise MediaError("changes its form midway")
    if packet.is_corrupt or (packet.is_discard and not is_before):
        raise MediaError("has a part that is not shown")


def _stream(container: InputContainer) -> AudioStream:
    """The sound stream."""
    stream = sound_stream(container)
    if stream is None:
        raise MediaError("is gone")
    return stream


def _packets(container: InputContainer) -> "Iterator[Packet[AudioStream]]":
    """The packets of the sound."""
    return (packet for packet in container.demux(_stream(container)) if packet.size)
