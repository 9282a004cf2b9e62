"""Pieces that were coded each by itself, as one film: nothing is coded again but sound.

The pieces come from one encoder's settings, or are groups of the original as they are, whose
parameter sets have other numbers. They begin with a key frame each, and reach into no other.
Decoding times are given anew over the whole, so that they rise across the joints: the picture that
is decoded as the n-th is due when the (n - delay)-th is shown.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from bwc.errors import IntegrityError
from bwc.media.audio import SoundBlock, SoundLook, sound_stream
from bwc.media.boxes import film_length
from bwc.media.containers import open_media
from bwc.media.copied_sound import CopiedSound, SoundPacket
from bwc.media.decode import VideoLook
from bwc.media.encode import VideoWriter, open_writer
from bwc.media.groups import Copied, packets_of, whole_packets_of
from bwc.media.parameter_sets import ParameterSets, read_header, write_header
from bwc.media.timing import time_base_of

Piece = Path | Copied  # coded here, or taken from the original


def join(
    pieces: Sequence[Piece],
    into: Path,
    *,
    like: Path,
    sets: ParameterSets | None = None,
    look: VideoLook,
    sound_look: SoundLook | None,
    sound: Iterator[SoundBlock | SoundPacket],
    copied_sound: CopiedSound | None = None,
) -> int:
    """Write `pieces` one after the other, with `sound`, to `into`; the number of pictures.

    Args:
        pieces: what the film is made of.
        into: the file to write.
        like: a piece that was coded here, as all others were.
        sets: the parameter sets of what is copied.
        look: how the film looks.
        sound_look: how it sounds, if it does.
        sound: what is heard.
        copied_sound: where that is taken from, if it is coded already.

    Raises:
        IntegrityError: the pieces were not coded alike.
    """
    timed = [_Timed(piece, look) for piece in pieces]
    order = [pts for piece in timed for pts in piece.order]
    shown = sorted(order)
    rank = {pts: at for at, pts in enumerate(shown)}
    delay = max((at - rank[pts] for at, pts in enumerate(order)), default=0)
    step = shown[1] - shown[0] if len(shown) > 1 else 1
    end = timed[-1].end  # of the picture that is shown last
    with open_media(like) as first, _sound_stream(copied_sound) as sound_as:
        coded_as = first.streams.video[0]
        header = coded_as.codec_context.extradata
        whole = header if sets is None else write_header(sets.joined(read_header(header)))
        with open_writer(
            into, look, sound_look, coded_as=coded_as, header=whole, sound_as=sound_as
        ) as writer:
            track = _SoundTrack(writer, sound, sound_look)
            at = 0
            for piece in pieces:
                for packet in _packets(piece, look, header):
                    assert packet.pts is not None  # noqa: S101 - `_packets` gives them times
                    due = shown[at - delay] if at >= delay else shown[0] - (delay - at) * step
                    number = rank[packet.pts]
                    following = shown[number + 1] if number + 1 < len(shown) else end
                    packet.dts, packet.duration = due, max(1, following - packet.pts)
                    track.write_until(packet.pts * look.time_base)
                    writer.write_packet(packet)
                    at += 1
            track.write_until(None)
    return len(order)


def frames_in(piece: Path) -> int:
    """How many pictures a piece holds; an empty file is a piece of none."""
    if not piece.stat().st_size:
        return 0
    with open_media(piece) as container:
        return container.streams.video[0].frames


class _SoundTrack:
    """Sound that is written as far as the picture has come."""

    def __init__(
        self,
        writer: VideoWriter,
        blocks: Iterator[SoundBlock | SoundPacket],
        look: SoundLook | None,
    ) -> None:
        """Nothing written yet."""
        self._writer, self._blocks = writer, blocks
        self._rate = look.rate if look else 1
        self._next = next(blocks, None)

    def write_until(self, seconds: Fraction | None) -> None:
        """Write what starts at `seconds` or before; None is all that is left."""
        while self._next is not None:
            if seconds is not None and Fraction(self._next.start, self._rate) > seconds:
                return
            if isinstance(self._next, SoundPacket):
                self._writer.write_sound_packet(self._next)
            else:
                self._writer.write_sound(self._next)
            self._next = next(self._blocks, None)


@contextmanager
def _sound_stream(copied: CopiedSound | None) -> Iterator[AudioStream | None]:
    """The stream whose packets are put in, if any are."""
    if copied is None:
        yield None
        return
    with open_media(copied.path) as container:
        yield sound_stream(container)


class _Timed:
    """When each picture of a piece is shown, in the order they are decoded, and until when.

    In the original's ticks.
    """

    def __init__(self, piece: Piece, look: VideoLook) -> None:
        """Read `piece` through."""
        self.order: list[int] = []
        self.end = 0
        packets = (
            whole_packets_of(piece) if isinstance(piece, Copied) else _packets(piece, look, None)
        )
        for packet in packets:
            if packet.pts is not None:
                self.order.append(packet.pts)
                self.end = max(self.end, packet.pts + (packet.duration or 0))
        if isinstance(piece, Path):
            self.end = round(film_length(piece) / look.time_base)


def _packets(
    piece: Piece, look: VideoLook, header: bytes | None
) -> "Iterator[Packet[VideoStream]]":
    """The coded pictures of a piece, timed in the original's ticks."""
    if isinstance(piece, Copied):
        yield from packets_of(piece)
        return
    with open_media(piece) as container:
        stream = container.streams.video[0]
        if header is not None and stream.codec_context.extradata != header:
            raise IntegrityError("the pieces of one film were not coded alike", where=piece.name)
        scale = time_base_of(stream) / look.time_base
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            packet.pts = round(packet.pts * scale)
            packet.time_base = look.time_base
            yield packet
