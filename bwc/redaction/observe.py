"""One pass over a recording: both finders and the flow on every frame, in bounded memory.

Pictures are turned upright and brought to the size the finders see best at; what they find comes
back in pixels of the upright picture at its stored size.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from bwc.media.ahead import ahead
from bwc.media.decode import VideoLook, open_frames
from bwc.redaction.detect import Boxes, FaceFinder, Finder, PersonFinder, Picture, step_up, suppress
from bwc.redaction.flow import Flow, MotionStore, Step

LOOK_SIDE = 960  # at this longer side CenterFace finds all 735 faces of the truth set
PEOPLE_EVERY_SECONDS = Fraction(1, 15)  # a walking head moves a third of itself meanwhile
MOST_INFERRED = 4  # frames from one look for people to the next
CLOSE_SIDE = 1920  # the close look is not taken larger: 164 ms a frame
CLOSE_EVERY = 3  # frames between close looks; tracks carry what they find
SAME_FACE_IOU = 0.3

NOBODY = np.zeros((0, 5), np.float32)

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What was seen on each frame, by index; times are exact and rise.

    `width` and `height` are those of the upright picture. `motion` is (n, rows, columns, 2), the
    movement since the frame before in shares of width and height. `corrupt` marks frames that come
    out of damaged data (`bwc.media.damage`).
    """

    width: int
    height: int
    time_base: Fraction
    pts: tuple[int, ...]
    faces: tuple[Boxes, ...]
    people: tuple[Boxes, ...]
    people_looked: tuple[bool, ...]
    motion: npt.NDArray[np.float16]
    cuts: frozenset[int]
    corrupt: tuple[bool, ...]
    damaged: int
    repeated: int

    @property
    def seconds(self) -> list[Fraction]:
        """The exact time of each frame."""
        return [pts * self.time_base for pts in self.pts]


@dataclass(frozen=True, slots=True)
class _View:
    """One frame made ready for the finders."""

    pts: int
    picture: Picture
    close: Picture | None


@dataclass(frozen=True, slots=True)
class Finders:
    """The two finders that make a plan."""

    faces: Finder
    people: Finder


def load_finders(models_folder: Path) -> Finders:
    """Both finders out of the model cache. Raises NotFound, IntegrityError."""
    return Finders(FaceFinder(models_folder), PersonFinder(models_folder))


class _Watch:
    """Looks at one view after the other and keeps what was seen."""

    def __init__(self, look: VideoLook, finders: Finders) -> None:
        """Nothing seen yet."""
        self._finders = finders
        self._flow = Flow()
        self._time_base = look.time_base
        self._size = upright_size(look)
        self._passed_over: _View | None = None
        self._looked_at = 0
        self.pts: list[int] = []
        self.faces: list[Boxes] = []
        self.people: list[Boxes] = []
        self.people_looked: list[bool] = []
        self.cuts: set[int] = set()

    def take(self, view: _View) -> Step:
        """Look at the next frame; the motion since the one before."""
        step = self._flow.step(np.asarray(cv2.cvtColor(view.picture, cv2.COLOR_RGB2GRAY), np.uint8))
        if step.is_cut:
            self.cuts.add(len(self.pts))
            self.look_back()
        found = [self._scaled(self._finders.faces.find(view.picture), view.picture)]
        if view.close is not None:
            found.append(self._scaled(self._finders.faces.find(view.close), view.close))
        self.pts.append(view.pts)
        self.faces.append(suppress(np.concatenate(found), SAME_FACE_IOU))
        due = step.is_cut or self._is_due(view.pts)
        self.people.append(self._people_in(view) if due else NOBODY)
        self.people_looked.append(due)
        self._passed_over = None if due else view
        if due:
            self._looked_at = len(self.pts) - 1
        return step

    def look_back(self) -> None:
        """Look for people on the newest frame after all: it is the last one before a cut or end."""
        if self._passed_over is not None:
            self.people[-1] = self._people_in(self._passed_over)
            self.people_looked[-1] = True
            self._passed_over = None

    def _is_due(self, pts: int) -> bool:
        """Whether people have to be looked for again."""
        passed = len(self.pts) - 1 - self._looked_at
        if len(self.pts) == 1 or passed >= MOST_INFERRED:
            return True
        return (pts - self.pts[self._looked_at]) * self._time_base >= PEOPLE_EVERY_SECONDS

    def _people_in(self, view: _View) -> Boxes:
        """People on one frame."""
        return self._scaled(self._finders.people.find(view.picture), view.picture)

    def _scaled(self, boxes: Boxes, picture: Picture) -> Boxes:
        """Boxes of `picture` in pixels of the stored size."""
        across, down = self._size[0] / picture.shape[1], self._size[1] / picture.shape[0]
        return boxes * np.array([across, down, across, down, 1], np.float32)


@contextmanager
def observe(
    path: Path, look: VideoLook, finders: Finders, *, report: Report = lambda _: None
) -> Iterator[Observations]:
    """Look at every frame of `path`; the observations are valid inside the `with`."""
    watch = _Watch(look, finders)
    width, height = upright_size(look)
    with MotionStore() as motions, open_frames(path) as source:
        with ahead(_views(source.frames(), look)) as views:
            for view in views:
                motions.append(watch.take(view).motion)
                report(len(watch.pts))
        watch.look_back()
        doubtful = source.damage.doubtful()
        yield Observations(
            width=width,
            height=height,
            time_base=look.time_base,
            pts=tuple(watch.pts),
            faces=tuple(watch.faces),
            people=tuple(watch.people),
            people_looked=tuple(watch.people_looked),
            motion=motions.grids(),
            cuts=frozenset(watch.cuts),
            corrupt=tuple(pts in doubtful for pts in watch.pts),
            damaged=source.damaged,
            repeated=source.repeated,
        )


def upright_size(look: VideoLook) -> tuple[int, int]:
    """Width and height once the rotation tag is applied."""
    sideways = look.rotation % 180 != 0
    return (look.height, look.width) if sideways else (look.width, look.height)


def upright(picture: Picture, rotation: int) -> Picture:
    """`picture` turned counter-clockwise by `rotation` degrees."""
    return np.ascontiguousarray(np.rot90(picture, round(rotation / 90)))


def _views(frames: Iterator[VideoFrame], look: VideoLook) -> Iterator[_View]:
    """Each frame at the size to look at, and from time to time closer."""
    longer = max(look.width, look.height)
    for index, frame in enumerate(frames):
        close = None
        if longer > LOOK_SIDE and index % CLOSE_EVERY == 0:
            close = _picture(frame, look, min(longer, CLOSE_SIDE))
        assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
        yield _View(frame.pts, _picture(frame, look, LOOK_SIDE), close)


def _picture(frame: VideoFrame, look: VideoLook, longer_side: int) -> Picture:
    """`frame` as an upright RGB picture whose sides CenterFace takes as they are."""
    scale = longer_side / max(look.width, look.height)
    size = [step_up(round(side * scale)) for side in (look.width, look.height)]
    way = Interpolation.BILINEAR if scale >= 1 else Interpolation.AREA
    small = frame.reformat(width=size[0], height=size[1], format="rgb24", interpolation=way)
    return upright(np.asarray(small.to_ndarray(), np.uint8), look.rotation)
