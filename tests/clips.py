"""Video clips for tests: composed here, with faces whose boxes are known on every frame.

The faces are the two public-domain portraits where they are in the model cache, else drawn: a drawn
face serves every test but those that run a detector (`needs_portraits`). Nothing is random: the
same call gives the same pictures.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from bwc.errors import NotFound
from bwc.redaction import models
from bwc.settings import load_settings

Picture = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]  # x0 y0 x1 y1, pixels, ends exclusive

AUDIO_RATE = 48_000
TONE_HERTZ = 440
TIME_BASE = Fraction(1, 90_000)


@dataclass(frozen=True, slots=True)
class Portrait:
    """Where head and shoulders, and the face in them, lie in a pulled picture."""

    cut: tuple[int, int, int, int]
    face: tuple[int, int, int, int]


PORTRAITS = {
    "astronaut": Portrait(cut=(90, 0, 370, 300), face=(180, 72, 272, 190)),
    "grace-hopper": Portrait(cut=(110, 10, 420, 420), face=(178, 150, 358, 335)),
}


@dataclass(frozen=True, slots=True)
class Face:
    """A face that moves in a straight line and is there between two moments.

    `start` is the middle of the face at second 0, `velocity` pixels a second.
    """

    portrait: str = "astronaut"
    height: int = 90
    start: tuple[float, float] = (160.0, 140.0)
    velocity: tuple[float, float] = (40.0, 0.0)
    shown: tuple[float, float] = (0.0, 1e9)


TWO_FACES = (
    Face(),
    Face("grace-hopper", height=100, start=(460.0, 190.0), velocity=(-30.0, 10.0)),
)


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished clip: its time stamps and, for each frame, where the faces are."""

    path: Path
    time_base: Fraction
    pts: tuple[int, ...]
    boxes: tuple[tuple[Box, ...], ...] = field(repr=False)

    @property
    def seconds(self) -> list[Fraction]:
        """The exact time of each frame, as asked for."""
        return [pts * self.time_base for pts in self.pts]


def make_clip(
    path: Path,
    *,
    seconds: float = 2.0,
    size: tuple[int, int] = (640, 360),
    rate: int | Fraction = 25,
    faces: Sequence[Face] = TWO_FACES,
    audio: bool = True,
    container: str | None = None,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    times: Sequence[Fraction] | None = None,
    first_second: Fraction = Fraction(0),
    rotation: int = 0,
    b_frames: int = 2,
    colour: tuple[int, int] | None = None,
    metadata: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> Clip:
    """Compose a clip into `path`.

    Args:
        path: the file to write; it is overwritten.
        seconds: how long, where `times` does not say.
        size: width and height in pixels; odd sizes need a pixel format without subsampling.
        rate: frames a second, where `times` does not say.
        faces: who is seen; empty for nobody.
        audio: a steady tone with a click at each full second, AAC (PCM in AVI), or none.
        container: FFmpeg's name of the muxer; by default what the suffix says.
        codec: the video encoder, such as libx264, libx265, mpeg4, mjpeg.
        pixel_format: as FFmpeg names it.
        times: the exact second of each frame, rising: uneven frame times.
        first_second: added to every time: a first time stamp that is not zero.
        rotation: the display matrix's angle, counter-clockwise, a multiple of 90.
        b_frames: most B-frames in a row.
        colour: colour space (1 is BT.709, 6 BT.601) and range (1 limited, 2 full) to tag.
        metadata: tags of the container: title, location and the like.
        options: more encoder options.
    """
    if times is None:
        times = [i / Fraction(rate) for i in range(max(1, round(seconds * rate)))]
    with av.open(str(path), "w", format=container) as out:
        out.metadata.update(metadata or {})
        video = _add_video(out, codec, size, pixel_format, Fraction(rate), b_frames, options or {})
        if rotation:
            video.set_display_rotation(rotation)
        if colour is not None:
            video.codec_context.colorspace, video.codec_context.color_range = colour
        sound = add_audio(out) if audio else None
        pts, boxes = [], []
        for frame, stamp, seen in _frames(times, first_second, size=size, faces=faces):
            pts.append(stamp)
            boxes.append(seen)
            out.mux(video.encode(frame.reformat(format=pixel_format)))
        out.mux(video.encode(None))
        if sound is not None:
            end = times[-1] + 1 / Fraction(rate)
            write_tone(out, sound, start=first_second, seconds=end)
    return Clip(path, TIME_BASE, tuple(pts), tuple(boxes))


def _frames(
    times: Sequence[Fraction],
    first_second: Fraction,
    *,
    size: tuple[int, int],
    faces: Sequence[Face],
) -> Iterator[tuple[av.VideoFrame, int, tuple[Box, ...]]]:
    """Each picture with its time stamp, and the boxes of the faces in it."""
    for time in times:
        picture, seen = draw(float(time), size=size, faces=faces)
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        stamp = round((time + first_second) / TIME_BASE)
        frame.pts, frame.time_base = stamp, TIME_BASE
        yield frame, stamp, seen


def draw(
    second: float, *, size: tuple[int, int], faces: Sequence[Face]
) -> tuple[Picture, tuple[Box, ...]]:
    """The picture at `second`, (h, w, 3) uint8 BGR, and the boxes of the faces in it."""
    width, height = size
    wall = _wall()
    shift = round(second * 20)
    rows = np.arange(height) % wall.shape[0]
    columns = (np.arange(width) + shift) % wall.shape[1]
    picture = wall[rows][:, columns].copy()
    boxes = []
    for face in faces:
        if not face.shown[0] <= second < face.shown[1]:
            continue
        box = paste(picture, face, second)
        if box is not None:
            boxes.append(box)
    return picture, tuple(boxes)


def have_portraits() -> bool:
    """Whether the public-domain portraits are in the model cache."""
    folder = load_settings().models_folder
    return all(models.is_cached(models.find(name), folder) for name in PORTRAITS)


def have_models() -> bool:
    """Whether everything that is pulled by default is in the cache."""
    folder = load_settings().models_folder
    return all(models.is_cached(file, folder) for file in models.by_default())


needs_models = pytest.mark.skipif(
    not have_models(), reason="models are not pulled: run `bwc models pull`"
)


def _add_video(
    out: OutputContainer,
    codec: str,
    size: tuple[int, int],
    pixel_format: str,
    rate: Fraction,
    b_frames: int,
    options: dict[str, str],
) -> VideoStream:
    """A video stream whose encoder writes the same bytes each time."""
    preset = {"preset": "ultrafast"} if codec in {"libx264", "libx265"} else {}
    if codec == "libx265":
        preset["x265-params"] = "log-level=none"
    stream = out.add_stream(codec, rate=rate, options=preset | options)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height = size
    stream.pix_fmt = pixel_format
    stream.codec_context.time_base = TIME_BASE if codec != "mpeg4" else 1 / rate
    stream.codec_context.thread_count = 1
    if codec == "libx264":
        stream.codec_context.max_b_frames = b_frames
        stream.codec_context.options = preset | {"bf": str(b_frames)} | options
    return stream


def add_audio(out: OutputContainer) -> AudioStream:
    """A stereo audio stream."""
    stream = out.add_stream("pcm_s16le" if out.format.name == "avi" else "aac", rate=AUDIO_RATE)
    assert isinstance(stream, AudioStream)
    stream.layout = "stereo"
    return stream


def write_tone(
    out: OutputContainer, stream: AudioStream, *, start: Fraction, seconds: Fraction
) -> None:
    """A quiet tone with a loud click at each full second."""
    count = int(seconds * AUDIO_RATE)
    at = np.arange(count)
    tone = 0.2 * np.sin(2 * np.pi * TONE_HERTZ * at / AUDIO_RATE)
    tone[at % AUDIO_RATE < AUDIO_RATE // 100] *= 4
    samples = np.stack([tone, tone]).astype(np.float32)
    resampler = av.AudioResampler(
        format=stream.codec_context.format, layout="stereo", rate=AUDIO_RATE
    )
    for first in range(0, count, 1024):
        piece = np.ascontiguousarray(samples[:, first : first + 1024])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
        frame.sample_rate = AUDIO_RATE
        frame.time_base = Fraction(1, AUDIO_RATE)
        frame.pts = first + int(start * AUDIO_RATE)
        for ready in resampler.resample(frame):
            out.mux(stream.encode(ready))
    out.mux(stream.encode(None))


def paste(picture: Picture, face: Face, second: float) -> Box | None:
    """Draw `face` into `picture`; its box, or None where nothing of it is inside."""
    patch, inside = _portrait(face.portrait, face.height)
    centre = [p + v * second for p, v in zip(face.start, face.velocity, strict=True)]
    left = round(centre[0] - (inside[0] + inside[2]) / 2)
    top = round(centre[1] - (inside[1] + inside[3]) / 2)
    height, width = picture.shape[:2]
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + patch.shape[1]), min(height, top + patch.shape[0])
    if x0 >= x1 or y0 >= y1:
        return None
    picture[y0:y1, x0:x1] = patch[y0 - top : y1 - top, x0 - left : x1 - left]
    box = (inside[0] + left, inside[1] + top, inside[2] + left, inside[3] + top)
    clipped = (max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3]))
    return clipped if clipped[0] < clipped[2] and clipped[1] < clipped[3] else None


@functools.cache
def _portrait(name: str, height: int) -> tuple[Picture, tuple[int, int, int, int]]:
    """Head and shoulders scaled so that the face is `height` pixels high, and the face's box."""
    place = PORTRAITS[name]
    picture = _cut(name)
    scale = height / (place.face[3] - place.face[1])
    across, down = (round(picture.shape[axis] * scale) for axis in (1, 0))
    patch = cv2.resize(picture, (across, down), interpolation=cv2.INTER_AREA)
    x0, y0 = place.cut[:2]
    corners = (place.face[0] - x0, place.face[1] - y0, place.face[2] - x0, place.face[3] - y0)
    inside = tuple(round(edge * scale) for edge in corners)
    return np.asarray(patch, np.uint8), (inside[0], inside[1], inside[2], inside[3])


def _cut(name: str) -> Picture:
    """Head and shoulders out of the portrait, or drawn where it was not pulled."""
    x0, y0, x1, y1 = PORTRAITS[name].cut
    try:
        picture = cv2.imread(str(models.load(name, load_settings().models_folder)))
    except NotFound:
        picture = None
    if picture is None:
        return _drawn(PORTRAITS[name])
    return np.asarray(picture[y0:y1, x0:x1], np.uint8)


def _drawn(place: Portrait) -> Picture:
    """A face of ellipses in the same place."""
    x0, y0, x1, y1 = place.cut
    picture = np.full((y1 - y0, x1 - x0, 3), (120, 90, 60), np.uint8)
    left, top, right, bottom = (
        place.face[0] - x0,
        place.face[1] - y0,
        place.face[2] - x0,
        place.face[3] - y0,
    )
    middle = ((left + right) // 2, (top + bottom) // 2)
    half = ((right - left) // 2, (bottom - top) // 2)
    cv2.ellipse(picture, middle, half, 0, 0, 360, (150, 180, 220), -1)
    for side in (-1, 1):
        eye = (middle[0] + side * half[0] // 2, middle[1] - half[1] // 5)
        cv2.circle(picture, eye, max(2, half[0] // 8), (20, 20, 20), -1)
    mouth = (middle[0], middle[1] + half[1] // 2)
    cv2.ellipse(picture, mouth, (half[0] // 2, half[1] // 8), 0, 0, 180, (40, 40, 160), 3)
    return picture


@functools.cache
def _wall() -> Picture:
    """A mottled wall, wide enough to pan over, in which no detector sees a face."""
    grey = np.random.default_rng(7).integers(90, 160, (36, 96, 1), np.uint8)
    coarse = np.repeat(grey, 3, axis=2)
    return np.asarray(cv2.resize(coarse, (1920, 1088), interpolation=cv2.INTER_CUBIC), np.uint8)
