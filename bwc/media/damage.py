"""Which pictures of a recording come out of damaged data, so that nothing certain can be said of them.

A decoder conceals what it cannot read: it copies, guesses, and goes on. Such a picture may show a
face that no detector knows, smeared or put together wrongly, and so does every picture made from
it, though FFmpeg marks the first alone: a wounded P frame of `libx264 -g 24` changed nineteen
pictures, three of them shown before it, and one was marked. So doubt begins with the wounded packet,
in decoding order, and ends with the next sound key frame.

Signs of a wound, each tried on clips with bytes overwritten in the middle (PyAV 18.1, FFmpeg 8):

- the decoder refuses a packet (late by as many packets as it has threads);
- `frame.is_corrupt`: FFmpeg's decode_error_flags or AV_FRAME_FLAG_CORRUPT, set by H.264 and MPEG-4;
- `packet.is_corrupt`: a hole in a transport stream, put on the packet before or on the wounded one;
- bytes that no encoder writes (`bwc.media.byte_rules`), zeros above all;
- HEVC and MPEG-4 may say nothing of a packet that gives no picture: the picture's absence does;
- Motion JPEG is decoded with `err_detect=explode`: without, no wounded picture is reported, and
  with it such a picture is left out like any that does not decode.

- HEVC decodes random bytes to wrong pixels without a word, strictly or not: a second decoder beside
  the first finds the blocks that neither decoded (`bwc.media.twin`).

Of ten clips each whose pictures changed, all changed pictures were known in: H.264 10 (random
bytes), 10 (zeros), 10 (one bit); MPEG-4 10, 10, 8 of 8, with B-frames 5 of 9 bits; HEVC without its
twin 0, 10, 0, with it as is said there. A packet is not known that is missing altogether with no
hole in the numbers around it. All this holds for `Decoding.WATCHFUL`.
"""

from array import array
from collections.abc import Iterator
from pathlib import Path

import av.error
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bwc.media.byte_rules import ByteRules
from bwc.media.containers import open_media

STRICT = {"err_detect": "explode"}
STRICT_CODECS = {"mjpeg"}
STRICT_TRIED = 3  # pictures: a camera whose every picture breaks a rule is read without
SILENT_CODECS = {"hevc"}
LATEST_SEARCHED = 256  # packets; a frame comes out at most 16 + threads after its packet
LATE = 16  # packets; the most that H.264 and HEVC may put out of order
REPEAT_BYTES = 16  # an MPEG-4 picture that is not coded, only repeated, is smaller


class DamageWatch:
    """Told of each packet and frame in turn; `doubtful` is final when all have passed."""

    def __init__(self, stream: VideoStream) -> None:
        """Nothing seen yet."""
        context = stream.codec_context
        self._context = context
        self._codec = context.name
        self._rules = ByteRules(context.name, context.extradata)
        self._pts = array("q")
        self._keys = bytearray()
        self._came_out = bytearray()
        self._begins_whole = True
        self._begun = False
        self._repeats = -1  # the last packet that only says "as before"
        self._wounds: set[int] = set()

    def fed(self, packet: "Packet[VideoStream]", pts: int) -> None:
        """`packet` goes to the decoder next; its picture is to be shown at `pts`."""
        at = len(self._pts)
        if at == 0:
            self._begins_whole = packet.is_keyframe  # else the pictures it is made from are missing
        self._pts.append(pts)
        self._keys.append(packet.is_keyframe)
        self._came_out.append(packet.is_discard)
        if packet.size <= REPEAT_BYTES:
            self._repeats = at
        if packet.is_corrupt:
            self._wounds |= {at, at + 1}
        if self._rules.are_broken_by(bytes(packet)):
            if at == 0:
                self._rules.give_up()
            else:
                self._wounds.add(at)

    def refused(self) -> None:
        """The decoder could not make anything of one of the last packets."""
        self._wounds |= set(range(self._oldest_at_work, len(self._pts)))

    def swallowed(self) -> bool:
        """The decoder took a packet and gave nothing; whether that means a picture is lost."""
        if self._codec != "mpeg4" or not self._begun:
            return False  # others may hold pictures back for longer from here on
        if self._repeats < self._oldest_at_work:
            self.refused()
        return True

    def came_out(self, frame: VideoFrame, pts: int) -> None:
        """`frame` was decoded and is shown at `pts`."""
        self._begun = True
        at = self._packet_of(pts)
        if at is not None:
            self._came_out[at] = 1
            if not (frame.key_frame and frame.pict_type == 1):
                self._keys[at] = 0  # an entry point that is no whole picture heals nothing at once
        if frame.is_corrupt:
            self.left_out(pts)

    def left_out(self, pts: int) -> None:
        """Of the picture that is shown at `pts` something was not decoded."""
        at = self._packet_of(pts)
        self._wounds.add(max(0, len(self._pts) - LATE) if at is None else at)

    def doubtful(self) -> frozenset[int]:
        """The times of all pictures that come out of damaged data, or were made from such."""
        return frozenset(self._walk())

    def given_nothing(self) -> list[int]:
        """When pictures should be shown that the decoder passed over without a word.

        Final when all frames have come out. Leading pictures lack what they are made from where
        decoding begins at the key frame they follow: that is no loss.
        """
        if self._codec not in SILENT_CODECS:
            return []
        entry, lost = None, []
        for at, pts in enumerate(self._pts):
            if not self._came_out[at] and (entry is None or pts > entry):
                lost.append(pts)
            elif self._keys[at]:
                entry = pts
        return lost

    @property
    def _oldest_at_work(self) -> int:
        """The first packet that a thread of the decoder may still be busy with."""
        return max(0, len(self._pts) - 1 - self._context.thread_count)

    def _walk(self) -> Iterator[int]:
        """Through the packets as they were decoded."""
        in_doubt, entry, leading_in_doubt = not self._begins_whole, None, False
        for at, pts in enumerate(self._pts):
            leads = entry is not None and pts < entry
            silent = self._codec in SILENT_CODECS and not self._came_out[at] and not leads
            if at in self._wounds or silent:
                in_doubt = True
            elif self._keys[at]:
                in_doubt, entry, leading_in_doubt = False, pts, in_doubt
            if in_doubt or (leading_in_doubt and entry is not None and pts < entry):
                yield pts

    def _packet_of(self, pts: int) -> int | None:
        """The packet whose picture is shown at `pts`."""
        for at in range(len(self._pts) - 1, max(-1, len(self._pts) - LATEST_SEARCHED), -1):
            if self._pts[at] == pts:
                return at
        return None


def decoder_options(path: Path, stream: VideoStream) -> dict[str, str]:
    """How strictly to decode `stream` of `path`: as strictly as its own first pictures allow."""
    if stream.codec_context.name not in STRICT_CODECS:
        return {}
    with open_media(path) as container:
        trial = container.streams[stream.index]
        assert isinstance(trial, VideoStream)  # noqa: S101 - the same file as before
        trial.codec_context.options = STRICT
        try:
            for count, packet in enumerate(container.demux(trial)):
                if count == STRICT_TRIED:
                    break
                packet.decode()
        except av.error.FFmpegError:
            return {}
    return STRICT
