"""Exact media time at the codec's door: the only place where a library's time becomes ours.

Every other module speaks `MediaTime` and `Fraction`. A frame without a time stamp is an error, not
a guess; average rates and frame indexes never identify a frame.
"""

from fractions import Fraction

from av.audio.frame import AudioFrame
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
