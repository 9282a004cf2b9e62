"""Exact media time at the codec's door: the only place where a library's time becomes ours.

Every other module speaks `MediaTime` and `Fraction`. A frame without a time stamp is an error, not
a guess; average rates and frame indexes never identify a frame.
"""

from collections import deque
from fractions import Fraction

from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.stream import Stream
from av.video.frame import VideoFrame

from bwc.errors import MediaError
from bwc.timeline import MediaTime


def time_base_of(stream: Stream) -> Fraction:
    """Seconds in one tick of `stream`. Raises MediaError where the container states none."""
    base = stream.time_base
    if not base:
        raise MediaError("the stream states no time base", where=f"stream {stream.index}")
    return Fraction(base.numerator, base.denominator)


def time_of(frame: VideoFrame | AudioFrame, time_base: Fraction) -> MediaTime:
    """When `frame` is presented. Raises MediaError for a frame without a time stamp."""
    if frame.pts is None:
        raise MediaError("a frame carries no time stamp", expected="a presentation time")
    return MediaTime(frame.pts, time_base)


def sample_at(seconds: Fraction, rate: int) -> int:
    """The index of the audio sample nearest to `seconds`, at `rate` samples a second."""
    return round(seconds * rate)


def lead_before_zero(container: InputContainer) -> Fraction:
    """Seconds by which a transport stream begins before zero; 0 for all others.

    Its clock of 33 bits starts again each 26.5 hours, and FFmpeg gives negative times to what comes
    up to a minute before that. MP4 cannot hold such times: picture and sound are moved alike.
    """
    if container.format.name != "mpegts":
        return Fraction(0)
    starts = [
        stream.start_time * time_base_of(stream)
        for stream in container.streams
        if stream.start_time is not None and stream.type in {"video", "audio"}
    ]
    return -min([Fraction(0), *starts])


class DecodingOrder:
    """The times of pictures whose container knows decoding order alone, as AVI does.

    Each packet is one picture and takes one place of the frame rate, so that the n-th picture shown
    stands at the n-th packet's place, whatever order they were decoded in. FFmpeg's own guess gave
    five of fifteen pictures of an H.264 clip with B-frames a time before their predecessor's.
    """

    def __init__(self) -> None:
        """No packet yet."""
        self._places: deque[int] = deque()

    def fed(self, place: int) -> None:
        """A packet for `place` goes to the decoder."""
        self._places.append(place)

    def lost(self) -> None:
        """One of the last packets gave no picture: it takes its place with it."""
        if self._places:
            self._places.pop()

    def next(self) -> int | None:
        """When the next picture to come out is shown; None where it belongs to no packet."""
        return self._places.popleft() if self._places else None
