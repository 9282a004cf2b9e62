"""Looking at a recording, segment by segment: both finders at its looks, flow on every frame.

A look is a frame that a finder sees. Between two looks lie at most four frames that nothing was
asked about; flow tells how they moved. Every second look is a glance, which asks for faces alone.
Where flow cannot explain the picture, each frame is looked at by both finders, and so is one where
something comes up suddenly. Each segment's first and last frame are such looks, and both sides of a
cut.

Pictures are turned upright and brought to the size the finders see best at; what they find comes
back in pixels of the upright picture at its stored size.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from av.video.frame import VideoFrame

from bwc.media.ahead import ahead
from bwc.media.decode import Decoding, FrameSource, VideoLook, open_frames
from bwc.media.segments import Segment, frames_of
from bwc.redaction.clarity import is_unclear
from bwc.redaction.closer import Care, Eyes, Seen
from bwc.redaction.flow import (
    COLUMNS,
    ROWS,
    SMALL_HEIGHT,
    SMALL_WIDTH,
    Flow,
    Grey,
    small_grey,
)
from bwc.redaction.pictures import luma, upright
from bwc.redaction.sights import NOBODY, Sight
from bwc.redaction.stillness import Stillness

LOOK_SECONDS = Fraction(2, 11)  # a walking head moves about its own size meanwhile
MOST_INFERRED = 5  # frames from one look to the next
# Frames of uneven length: one shown for long is no stride, whatever its number. Looks lie at most
# `LOOK_SECONDS` apart where frames come evenly; a camera that leaves out a frame stays below this.
MOST_INFERRED_SECONDS = Fraction(1, 3)
RESTLESS = 12.0  # grey levels that flow does not explain; footage held in a hand stays below 6
SURPRISING = 30.0  # grey levels more than usual in a cell: see docs/benchmarks.md
# From one full look to the next; half a second, for which a mask reaches back before its first sighting.
MOST_STRIDES, STILL_STRIDES = 2, 3
# A head that was too small for the whole picture at `LOOK_SIDE` comes nearer meanwhile.
THOROUGH_SECONDS = Fraction(2)
LOOKS_AHEAD = 4  # looks waiting for each worker
LOOKING = 11  # counts how often the rules of looking changed: what was seen by others is not used

# Looks already fill the cores: OpenCV's own threads would only take turns with them.
cv2.setNumThreads(1)

Report = Callable[[int], None]


@dataclass(slots=True)
class _Looks:
    """Which frames are looked at, decided as they come."""

    time_base: Fraction
    last_index: int = -MOST_INFERRED
    last_pts: int = 0
    full_index: int = -MOST_INFERRED
    full_pts: int | None = None
    thorough_pts: int | None = None

    def is_due(self, index: int, pts: int, *, gap: int) -> bool:
        """Whether frame `index` has to be looked at; `gap` is the ticks since the one before."""
        if index - self.last_index >= MOST_INFERRED:
            return True
        return (pts + gap - self.last_pts) * self.time_base > LOOK_SECONDS

    def is_long(self, pts: int, *, gap: int) -> bool:
        """Whether the frame before `pts` was shown for long, or the last look was long ago."""
        if gap * self.time_base > LOOK_SECONDS:
            return True
        return (pts - self.last_pts) * self.time_base > MOST_INFERRED_SECONDS

    def take(self, index: int, pts: int, *, is_calm: bool, is_still: bool = False) -> Care:
        """Frame `index` is looked at: how carefully.

        A glance is enough where nothing else asked for the look and a full one is not long ago; a
        little longer where nothing moved since (`is_still`).
        """
        self.last_index, self.last_pts = index, pts
        is_thorough = self._since(self.thorough_pts, pts) >= THOROUGH_SECONDS
        strides = (STILL_STRIDES if is_still else MOST_STRIDES) - 1
        is_near = (
            self._since(self.full_pts, pts) <= strides * LOOK_SECONDS
            and index - self.full_index <= strides * MOST_INFERRED
        )
        if is_calm and is_near and not is_thorough:
            return Care.GLANCE
        self.full_index, self.full_pts = index, pts
        if not is_thorough:
            return Care.QUICK
        self.thorough_pts = pts
        return Care.THOROUGH

    def _since(self, before: int | None, pts: int) -> Fraction:
        """Seconds that passed; long ones where there was nothing before."""
        return THOROUGH_SECONDS if before is None else (pts - before) * self.time_base


@dataclass(slots=True)
class _Watch:
    """Gathers what is seen of one segment."""

    eyes: Eyes
    pool: ThreadPoolExecutor
    looks: _Looks
    most_waiting: int
    flow: Flow = field(default_factory=Flow)
    stillness: Stillness = field(default_factory=Stillness)
    pts: list[int] = field(default_factory=list)
    seen: list[Seen | None] = field(default_factory=list)
    motion: list[np.ndarray[tuple[int, ...], np.dtype[np.float16]]] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    edges: list[Grey] = field(default_factory=list)
    unclear: list[bool] = field(default_factory=list)
    _waiting: deque[tuple[int, Future[Seen]]] = field(default_factory=deque)
    _hardly_seen: VideoFrame | None = None

    def take(self, frame: VideoFrame, grey: Grey) -> None:
        """Take in the next frame."""
        assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
        index, step = len(self.pts), self.flow.step(grey)
        self.stillness.take(step)
        gap = frame.pts - self.pts[-1] if self.pts else 0
        if self.looks.is_long(frame.pts, gap=gap):
            self.look_back()
        if step.is_cut:
            self.cuts.append(index)
            self.look_back()
            self.looks.thorough_pts = None
        self.pts.append(frame.pts)
        self.seen.append(None)
        self.motion.append(step.motion)
        self.unclear.append(is_unclear(grey))
        self.edges = [self.edges[0] if self.edges else grey, grey]
        is_calm = step.change <= RESTLESS and step.surprise <= SURPRISING and not step.is_cut
        if not is_calm or self.looks.is_due(index, frame.pts, gap=gap):
            self._look(index, frame, is_calm=is_calm)
        else:
            self._hardly_seen = frame

    def look_back(self) -> None:
        """Have both finders look at the newest frame after all, even where a glance was enough.

        It is shown for long, or the last before a cut or of the segment.
        """
        if self._hardly_seen is None:
            return
        newest = len(self.pts) - 1
        # Two threads that convert one frame crash the process: the glance at it ends first.
        while self._waiting and self._waiting[-1][0] == newest:
            self._collect()
        self._look(newest, self._hardly_seen, is_calm=False)

    def finish(self, source: FrameSource) -> Sight:
        """Everything that was seen."""
        self.look_back()
        while self._waiting:
            self._collect()
        doubtful = source.damage.doubtful()
        people = [seen.people if seen else None for seen in self.seen]
        return Sight(
            pts=np.array(self.pts, np.int64),
            faces=tuple(seen.faces if seen else NOBODY for seen in self.seen),
            people=tuple(NOBODY if found is None else found for found in people),
            faces_looked=np.array([seen is not None for seen in self.seen], bool),
            people_looked=np.array([found is not None for found in people], bool),
            motion=np.array(self.motion, np.float16).reshape(-1, ROWS, COLUMNS, 2),
            cuts=np.array(self.cuts, np.int64),
            edges=np.array(self.edges, np.uint8).reshape(-1, SMALL_HEIGHT, SMALL_WIDTH),
            corrupt=np.array([pts in doubtful for pts in self.pts], bool),
            unclear=np.array(self.unclear, bool),
            damaged=source.damaged,
            repeated=source.repeated,
        )

    def _look(self, index: int, frame: VideoFrame, *, is_calm: bool) -> None:
        """Have the finders look at `frame`, beside other work."""
        assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
        is_still = self.stillness.is_still
        care = self.looks.take(index, frame.pts, is_calm=is_calm, is_still=is_still)
        if care is Care.GLANCE:
            self._hardly_seen = frame
        else:
            self._hardly_seen = None
            self.stillness.begin_anew()
        self._waiting.append((index, self.pool.submit(self.eyes.look, frame, care)))
        while len(self._waiting) > self.most_waiting:
            self._collect()

    def _collect(self) -> None:
        """Wait for the oldest look."""
        index, coming = self._waiting.popleft()
        self.seen[index] = coming.result()


def observe(
    path: Path, segment: Segment, *, look: VideoLook, eyes: Eyes, report: Report = lambda _: None
) -> Sight:
    """What is seen in one segment; `report` is told the number of its frames seen so far."""
    workers = len(os.sched_getaffinity(0))
    with (
        open_frames(path, Decoding.WATCHFUL) as source,
        ThreadPoolExecutor(workers) as pool,
    ):
        for preparation in eyes.preparations():
            pool.submit(preparation)
        watch = _Watch(eyes, pool, _Looks(look.time_base), most_waiting=LOOKS_AHEAD * workers)
        with ahead(_with_grey(frames_of(source, segment), look)) as frames:
            for frame, grey in frames:
                watch.take(frame, grey)
                report(len(watch.pts))
        return watch.finish(source)


def _with_grey(frames: Iterator[VideoFrame], look: VideoLook) -> Iterator[tuple[VideoFrame, Grey]]:
    """Each frame, and its brightness as flow wants it."""
    is_sideways = look.rotation % 180 != 0
    for frame in frames:
        grey = small_grey(luma(frame, look), is_sideways=is_sideways)
        yield frame, upright(grey, look.rotation)
