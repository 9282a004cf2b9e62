"""The child of `bwc.media.probe`: looks at one file and prints what it is, or what is wrong."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bwc.errors import MediaError
from bwc.media.boxes import require_whole_mp4
from bwc.media.containers import ContainerKind, open_media, recognise
from bwc.media.probe import UNREADABLE, MediaFacts, facts_to_json

FRAMES_PROVEN = 3
PACKETS_TRIED = 600  # twenty seconds of a damaged beginning


def examine(path: Path) -> MediaFacts:
    """What `path` holds, with its first frames decoded.

    Raises:
        MediaError: not a whole, playable video.
    """
    kind = recognise(path)
    if kind is ContainerKind.MP4:
        require_whole_mp4(path)
    with open_media(path) as container:
        stream = _picture_stream(container, path)
        codec = stream.codec_context
        frame = _first_frame(container, stream, path)
        duration = _declared_duration(container, stream) or _measured_duration(path)
        if duration <= 0:
            raise MediaError("it has no duration: there is nothing to play", where=path.name)
        return MediaFacts(
            container=kind,
            video_codec=codec.name,
            width=frame.width,
            height=frame.height,
            rotation=frame.rotation % 360,
            has_audio=bool(container.streams.audio),
            duration=duration,
        )


def _picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first video stream that is no cover picture."""
    moving = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not moving:
        held = sorted({stream.type for stream in container.streams})
        raise MediaError(
            "it holds no video", where=path.name, got=" and ".join(held) or "no stream at all"
        )
    if moving[0].codec_context is None:
        raise MediaError("its video is in a codec that no decoder here knows", where=path.name)
    return moving[0]


def _first_frame(container: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    """The first decoded frame; a few are decoded so that one good frame is not luck."""
    stream.codec_context.thread_count = 1
    frames: list[VideoFrame] = []
    packets = 0
    try:
        for packet in container.demux(stream):
            packets += 1
            try:
                frames += packet.decode()
            except av.error.InvalidDataError:
                continue  # damage is for redaction to handle; here one must only be able to watch
            finally:
                del frames[FRAMES_PROVEN:]
            if len(frames) == FRAMES_PROVEN or packets == PACKETS_TRIED:
                break
    except av.error.FFmpegError as exc:
        if not frames:
            raise _no_picture(stream, path, str(exc.strerror)) from exc
    if not frames:
        raise _no_picture(stream, path, f"{packets} packets and no frame")
    return frames[0]


def _no_picture(stream: VideoStream, path: Path, got: str) -> MediaError:
    """The error for a video of which no frame can be decoded."""
    codec = stream.codec_context.name
    return MediaError(f"no frame of its {codec} video can be decoded", where=path.name, got=got)


def _declared_duration(container: InputContainer, stream: VideoStream) -> Fraction:
    """Seconds of picture as the file declares them; 0 where it does not."""
    if stream.duration and stream.time_base:
        return stream.duration * stream.time_base
    if container.duration:
        return Fraction(container.duration, av.time_base)
    return Fraction(0)


def _measured_duration(path: Path) -> Fraction:
    """Seconds from the first packet's time to the end of the last; 0 where there are none."""
    first: Fraction | None = None
    end = Fraction(0)
    with open_media(path) as container:
        for packet in container.demux(_picture_stream(container, path)):
            if packet.pts is None or packet.time_base is None:
                continue
            start = packet.pts * packet.time_base
            first = start if first is None else min(first, start)
            end = max(end, start + (packet.duration or 0) * packet.time_base)
    return end - first if first is not None else Fraction(0)


def main() -> None:
    """Print the facts and exit 0, or the parts of a MediaError and exit `UNREADABLE`."""
    try:
        facts = examine(Path(sys.argv[1]))
    except MediaError as error:
        parts = ("what", "where", "expected", "got", "advice")
        print(json.dumps({part: getattr(error, part) for part in parts}))  # noqa: T201
        sys.exit(UNREADABLE)
    print(json.dumps(facts_to_json(facts)))  # noqa: T201


if __name__ == "__main__":
    main()
