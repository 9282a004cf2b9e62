"""Planted clips on which the detectors are made to miss frames, and how many faces then show.

Each picture carries its own number as a strip of black and white fields, so that a finder knows
which frame it is given however often, and at whatever size, it is asked. What the real finders see
is kept, so that a clip is looked at once and can be forgotten in many ways.
"""

import math
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

from bwc.media.decode import open_frames
from bwc.media.encode import planes
from bwc.redaction.closer import Finders
from bwc.redaction.detect import Boxes, Finder, Picture
from bwc.redaction.engine import Engine, redact_file
from tests.clips import Box, Face, draw

WIDTH, HEIGHT = 640, 360
RATE = 25
FRAMES = 40
FIELD = 16  # pixels, a side of one field of the number
BITS = 8
FILLED = 40  # luma; solid fill is 16, ringing at its rim stays below
SHOWN_SHARE = 0.15  # of the face's ellipse, as in the field's own measure

Path2D = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Walker:
    """A face and where its middle is at each second; it is there from `since` to `until`."""

    name: str
    height: int
    place: Path2D
    since: float = 0.0
    until: float = 1e9
    portrait: str = "astronaut"


def straight(x: float, y: float, speed: float) -> Path2D:
    """Along the picture, `speed` pixels a second."""
    return lambda t: (x + speed * t, y)


def swaying(x: float, y: float, speed: float, reach: float) -> Path2D:
    """Like a walk: to and fro and up and down by `reach` pixels, one and a half times a second."""
    return lambda t: (
        x + speed * t + reach * math.sin(3 * math.pi * t),
        y + reach / 2 * math.sin(6 * math.pi * t),
    )


def turning(x: float, y: float, speed: float) -> Path2D:
    """Out and back again, the turn in the midst of the clip."""
    return lambda t: (x + speed * (0.8 - abs(t - 0.8)), y)


# Speeds in face heights a second: a walk past a camera at three metres is 2 to 3, a whip pan 10.
SCENES: dict[str, tuple[Walker, ...]] = {
    "standing and slow": (
        Walker("24 px, standing", 24, straight(80, 120, 0)),
        Walker("60 px, slow", 60, straight(250, 190, 60)),
        Walker("110 px, slow", 110, straight(480, 200, 40), portrait="grace-hopper"),
    ),
    "walking": (
        Walker("32 px, swaying", 32, swaying(60, 110, 60, 12)),
        Walker("80 px, swaying", 80, swaying(200, 210, 160, 20)),
    ),
    "fast and turning": (
        Walker("60 px, 5 heights a second", 60, straight(60, 120, 300)),
        Walker("40 px, turning back", 40, turning(80, 300, 200), portrait="grace-hopper"),
    ),
    "coming and going": (
        Walker("70 px, comes in", 70, straight(-40, 130, 200)),
        Walker("50 px, goes out", 50, straight(420, 290, 190), portrait="grace-hopper"),
    ),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A finished clip and, for each frame, the box of each walker who is on it."""

    path: Path
    boxes: tuple[dict[str, Box], ...] = field(repr=False)


def film(path: Path, walkers: tuple[Walker, ...]) -> Scene:
    """Write the clip of `walkers` into `path`, each picture with its number."""
    boxes: list[dict[str, Box]] = []
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "16"})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(FRAMES):
            second = index / RATE
            picture, seen = _drawn(walkers, second)
            _stamp(picture, index)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            out.mux(video.encode(frame))
            boxes.append(seen)
        out.mux(video.encode(None))
    return Scene(path, tuple(boxes))


def number_in(picture: Picture) -> int | None:
    """The number a picture carries, at whatever size; None where it does not show, as in a tile."""
    side = FIELD * picture.shape[1] / WIDTH
    fields = []
    for at in range(BITS + 2):
        x, y = int((at + 0.5) * side), int(side / 2)
        if x + 1 >= picture.shape[1] or y + 1 >= picture.shape[0]:
            return None
        fields.append(float(picture[y - 1 : y + 2, x - 1 : x + 2].mean()))
    is_marked = fields[0] > 200 and fields[1] < 55
    if not is_marked or any(55 <= value <= 200 for value in fields):
        return None
    return sum(1 << bit for bit, value in enumerate(fields[2:]) if value > 200)


class Memory:
    """What a finder saw of each picture of one clip; asked again, it need not look again."""

    def __init__(self, finder: Finder) -> None:
        self.name, self.sha256 = finder.name, finder.sha256
        self._finder = finder
        self._seen: dict[tuple[int, tuple[int, ...]], Boxes] = {}

    def find(self, picture: Picture, index: int | None) -> Boxes:
        if index is None:
            return self._finder.find(picture)
        key = (index, picture.shape)
        if key not in self._seen:
            self._seen[key] = self._finder.find(picture)
        return self._seen[key]


class Forgetful:
    """A finder that sees nothing at all on some frames; a tile counts with the frame before it."""

    def __init__(self, memory: Memory, missed: Collection[int]) -> None:
        self.name, self.sha256 = memory.name, memory.sha256
        self._memory, self._missed = memory, missed
        self._own = threading.local()  # each thread looks at a frame of its own

    def find(self, picture: Picture) -> Boxes:
        index = number_in(picture)
        if index is not None:
            self._own.at = index
        if getattr(self._own, "at", None) in self._missed:
            return np.zeros((0, 5), np.float32)
        return self._memory.find(picture, index)


class ForgetfulEngine(Engine):
    """The engine with both finders forgetting the same frames."""

    def __init__(
        self, folder: Path, memories: tuple[Memory, Memory], missed: Collection[int]
    ) -> None:
        super().__init__(folder)
        self._memories, self._missed = memories, missed

    @property
    def finders(self) -> Finders:  # type: ignore[override]
        faces, people = self._memories
        return Finders(Forgetful(faces, self._missed), Forgetful(people, self._missed))


@dataclass(slots=True)
class Count:
    """Faces on the frames that were missed, and on all; and how many of each show."""

    missed: int = 0
    shown_missed: int = 0
    faces: int = 0
    shown: int = 0
    who: list[str] = field(default_factory=list)


def redact_forgetting(
    scene: Scene, into: Path, *, engine: Engine, missed: Collection[int], count: Count
) -> None:
    """Redact `scene` with `engine` and add up which faces the finished file shows."""
    redact_file(scene.path, into, engine=engine, verified=False)
    with open_frames(into) as source:
        for index, frame in enumerate(source.frames()):
            luma = planes(frame)[0]
            for name, box in scene.boxes[index].items():
                shows = is_shown(luma, box)
                count.faces += 1
                count.shown += shows
                count.missed += index in missed
                count.shown_missed += shows and index in missed
                if shows:
                    count.who.append(f"{name}, frame {index}")
    into.unlink()


def is_shown(luma: npt.NDArray[np.uint8], box: Box) -> bool:
    """Whether more than `SHOWN_SHARE` of the ellipse in `box` is not filled."""
    x0, y0, x1, y1 = (round(edge) for edge in box)
    part = luma[y0:y1, x0:x1]
    y, x = np.mgrid[0 : part.shape[0], 0 : part.shape[1]]
    inside = ((y + 0.5) / part.shape[0] - 0.5) ** 2 + ((x + 0.5) / part.shape[1] - 0.5) ** 2 <= 0.25
    return bool((part[inside] > FILLED).mean() > SHOWN_SHARE)


def runs_of(length: int) -> Iterator[range]:
    """Where so many frames in a row are missed: early, in the midst, at the turn, late, at last."""
    for first in (2, 13, 20 - length // 2, 30 - length, FRAMES - length):
        yield range(first, first + length)


def _drawn(walkers: tuple[Walker, ...], second: float) -> tuple[Picture, dict[str, Box]]:
    """The picture at `second`, (h, w, 3) uint8 BGR, and who is where in it."""
    there = [walker for walker in walkers if walker.since <= second < walker.until]
    faces = [Face(w.portrait, w.height, w.place(second), (0.0, 0.0)) for w in there]
    picture, _ = draw(second, size=(WIDTH, HEIGHT), faces=faces)
    seen: dict[str, Box] = {}
    for walker, face in zip(there, faces, strict=True):
        _, boxes = draw(second, size=(WIDTH, HEIGHT), faces=[face])
        if boxes and min(boxes[0][2] - boxes[0][0], boxes[0][3] - boxes[0][1]) >= 4:
            seen[walker.name] = boxes[0]
    return picture, seen


def _stamp(picture: Picture, index: int) -> None:
    """Write the number into the upper left corner: white, black, and its bits, lowest first."""
    fields = [255, 0] + [255 * (index >> bit & 1) for bit in range(BITS)]
    for at, value in enumerate(fields):
        picture[:FIELD, at * FIELD : (at + 1) * FIELD] = value
