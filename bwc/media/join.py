"""Pieces that were coded each by itself, as one film: nothing is coded again but sound.

The pieces come from one encoder's settings, begin with a key frame each, and reach into no other.
Decoding times are given anew over the whole, so that they rise across the joints: the picture that
is decoded as the n-th is due when the (n - delay)-th is shown.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from av.packet import Packet
from av.video.stream import VideoStream

from bwc.errors import IntegrityError
from bwc.media.audio import SoundBlock, SoundLook
from bwc.media.boxes import film_length
from bwc.media.containers import open_media
from bwc.media.decode import VideoLook
from bwc.media.encode import VideoWriter, open_writer
from bwc.media.timing import time_base_of


def join(
    pieces: Sequence[Path],
    into: Path,
    *,
    look: VideoLook,
    sound_look: SoundLook | None,
    sound: Iterator[SoundBlock],
) -> int:
    """Write `pieces` one after the other, with `sound`, to `into`; the number of pictures.

    Raises:
        IntegrityError: the pieces were not coded alike.
    """
    order = [pts for piece in pieces for pts in _times(piece, look)]
    shown = sorted(order)
    rank = {pts: at for at, pts in enumerate(shown)}
    delay = max((at - rank[pts] for at, pts in enumerate(order)), default=0)
    step = shown[1] - shown[0] if len(shown) > 1 else 1
    end = round(film_length(pieces[-1]) / look.time_base)  # of the picture that is shown last
    with (
        open_media(pieces[0]) as first,
        open_writer(into, look, sound_look, coded_as=first.streams.video[0]) as writer,
    ):
        header = first.streams.video[0].codec_context.extradata
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
    """How many pictures a piece holds."""
    with open_media(piece) as container:
        return container.streams.video[0].frames


class _SoundTrack:
    """Sound that is written as far as the picture has come."""

    def __init__(
        self, writer: VideoWriter, blocks: Iterator[SoundBlock], look: SoundLook | None
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
            self._writer.write_sound(self._next)
            self._next = next(self._blocks, None)


def _times(piece: Path, look: VideoLook) -> Iterator[int]:
    """When each picture is shown, in the order they are decoded, in the original's ticks."""
    return (packet.pts for packet in _packets(piece, look, None) if packet.pts is not None)


def _packets(piece: Path, look: VideoLook, header: bytes | None) -> "Iterator[Packet[VideoStream]]":
    """The coded pictures of a piece, timed in the original's ticks."""
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
