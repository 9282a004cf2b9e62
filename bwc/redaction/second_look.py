"""The independent look at a finished file: which frames it takes, and which hits it reports.

It looks every tenth of a second and always where masks are least certain: on the first and last
frame of each track and on the frames just outside of them, where a head would come out of its
mask, in the middle of each stretch of which the plan itself only infers what is there, at each frame
that is shown for long, as uneven recordings have them, and where copied and newly coded pictures
meet. One thread looks, in the frames' order, while the next ones are checked; few of them wait at a
time.
"""

from collections import deque
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from bwc.media.decode import VideoLook
from bwc.redaction.detail import SHOWN_SHARE, coarse_look_is_kept, has_coarse_look, kept_share
from bwc.redaction.detect import Boxes, Finder, Picture
from bwc.redaction.independent import unexplained
from bwc.redaction.left_visible import SHOWN_ENOUGH, shown_mask
from bwc.redaction.pictures import upright, upright_size
from bwc.redaction.plan import FrameState, Plan
from bwc.redaction.track import Box, Chain, Scene, Timing, Track, fill, link
from bwc.timeline import Span, subtract

LOOK_EVERY_SECONDS = Fraction(1, 10)
ALWAYS_LOOKED_AT = (
    "first and last frame of each track, and the frames beside them",
    "the middle of each longer stretch that is inferred, filled or rolled",
    "each frame that is shown for longer than the interval, and the last",
    "the frames on both sides of each seam between what was copied and what was coded anew",
)
HIDDEN_ENOUGH = 0.5  # share of a hit that is filled; on 13 clips the right ones had 0.7 and more
CERTAIN_HIT = 0.8  # single answers on foliage, lamps and cloth reach 0.74
STEADY_HIT = 0.6  # mean of an answer that stays; faces of 12 to 22 pixels give 0.63
STEADY_SIGHTINGS = 3
LOOKS_AHEAD = 4  # frames waiting to be looked at
NONE = np.zeros((0, 5), np.float32)

Mask = npt.NDArray[np.bool_]  # (h, w) of the stored picture, true where it is filled


@dataclass(frozen=True, slots=True)
class _Passed:
    """The frame before, if it was not looked at: the next may tell that it matters."""

    frame: VideoFrame
    mask: Mask
    before: VideoFrame | None


class SecondLook:
    """Gathers what the independent detector sees beside what the plan explains."""

    def __init__(
        self,
        finder: Finder,
        shown: VideoLook,
        plan: Plan | None,
        *,
        beside: Executor,
        always: frozenset[int] = frozenset(),
    ) -> None:
        """Begin with nothing seen.

        `beside` is one thread, where looks are taken; `always` are times of frames to look at.
        """
        self._always = always
        self._finder = finder
        self._beside = beside
        self._waiting: deque[tuple[int, Future[Boxes]]] = deque()
        self._shown = shown
        self._plan = plan
        self._is_asked = plan is None or plan.profile.hides_faces
        self._next: Fraction | None = None
        self._passed: _Passed | None = None
        self._ended = False
        hidden = [track for track in plan.tracks if track.shown is None] if plan else []
        self._starts = {track.keys[0].pts for track in hidden}
        self._ends = {track.keys[-1].pts for track in hidden}
        self._middles = sorted(inferred_middles(plan), reverse=True) if plan else []
        self.pts: list[int] = []
        self.hits: list[Boxes] = []
        self.count = 0

    def take(self, frame: VideoFrame, mask: Mask, *, original: VideoFrame | None) -> None:
        """Look at `frame` if its turn has come, and at the one before it if a track begins.

        Where nobody asked for faces to be hidden, nothing is looked at.
        """
        assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
        if not self._is_asked:
            self.pts.append(frame.pts)
            self.hits.append(NONE)
            return
        at = self._ticks(frame.pts)
        was_long = bool(self.pts) and self._lasts(frame.pts - self.pts[-1])
        if at in self._starts or was_long:
            self._look_back()
        self.pts.append(frame.pts)
        self.hits.append(NONE)
        is_due = self._is_due(frame.pts * self._shown.time_base)
        is_due = self._is_middle(at) or is_due or frame.pts in self._always
        if is_due or self._ended or at in self._starts or at in self._ends:
            self._look(_Passed(frame, mask, original))
            self._passed = None
        else:
            self._passed = _Passed(frame, mask, original)
        self._ended = at in self._ends

    def tracks(self) -> list[Track]:
        """Hits that are certain or stay, as tracks in upright pixels."""
        self._look_back()  # nobody knows how long the last frame is shown
        self._gather(most_waiting=0)
        scene = self._scene()
        timing = Timing()
        chains = [chain for chain in link(self.hits, scene, timing) if _is_serious(chain)]
        return [fill(chain, scene, timing) for chain in chains]

    def _look_back(self) -> None:
        """Look at the newest frame after all."""
        if self._passed is not None:
            self._look(self._passed)
            self._passed = None

    def _look(self, now: _Passed) -> None:
        """Have the newest frame looked at."""
        self.count += 1
        self._waiting.append((len(self.hits) - 1, self._beside.submit(self._look_at, now)))
        self._gather(most_waiting=LOOKS_AHEAD)

    def _gather(self, *, most_waiting: int) -> None:
        """Take in answers until only `most_waiting` are left."""
        while len(self._waiting) > most_waiting:
            index, coming = self._waiting.popleft()
            self.hits[index] = coming.result()

    def _lasts(self, ticks: int) -> bool:
        """Whether a frame shown for `ticks` is shown for longer than the interval."""
        return ticks * self._shown.time_base > LOOK_EVERY_SECONDS

    def _is_due(self, now: Fraction) -> bool:
        """Whether the interval has passed."""
        if self._next is not None and now < self._next:
            return False
        self._next = now + LOOK_EVERY_SECONDS
        return True

    def _is_middle(self, at: int) -> bool:
        """Whether `at` is the first frame past the middle of an inferred stretch."""
        is_middle = False
        while self._middles and at >= self._middles[-1]:
            self._middles.pop()
            is_middle = True
        return is_middle

    def _look_at(self, now: _Passed) -> Boxes:
        """What the detector sees that is neither filled nor shown by somebody's word.

        Without a plan nothing explains a hit, and what counts is whether detail survives in it.
        """
        picture = self._upright(now.frame, "rgb24")
        turned = np.rot90(now.mask, round(self._shown.rotation / 90))
        found = unexplained(self._finder.find(picture), turned, least_masked=HIDDEN_ENOUGH)
        if self._plan is None:
            return self._telling(found, now) if len(found) else found
        shown = shown_mask(self._plan, self._ticks(now.frame.pts or 0), masked=turned)
        return unexplained(found, shown, least_masked=SHOWN_ENOUGH)

    def _telling(self, hits: Boxes, now: _Passed) -> Boxes:
        """Hits in which something that tells a person survives."""
        after, before = self._upright(now.frame, "gray"), None
        if now.before is not None:
            before = self._upright(now.before, "gray")
        kept = [hit for hit in hits if _survives(hit, after, before)]
        return np.stack(kept) if kept else NONE

    def _upright(self, frame: VideoFrame, pixel_format: str) -> Picture:
        """The picture turned upright, at the size of the finished file."""
        size = {"width": self._shown.width, "height": self._shown.height}
        picture = frame.reformat(**size, format=pixel_format).to_ndarray()
        return upright(np.asarray(picture, np.uint8), self._shown.rotation)

    def _ticks(self, pts: int) -> int:
        """A time of the finished file in the plan's ticks."""
        return plan_ticks(pts, self._shown, self._plan) if self._plan else pts

    def _scene(self) -> Scene:
        """The frames without motion: a hit is looked for where it was."""
        width, height = upright_size(self._shown)
        seconds = [pts * self._shown.time_base for pts in self.pts]
        still = np.zeros((1, 1, 1, 2), np.float16)
        motion = np.broadcast_to(still, (len(self.pts), 1, 1, 2))
        return Scene(seconds, motion, frozenset(), width, height)


def plan_ticks(pts: int, shown: VideoLook, plan: Plan) -> int:
    """A time of the finished file in ticks of `plan`."""
    return round(pts * shown.time_base / plan.time_base)


def inferred_middles(plan: Plan) -> list[int]:
    """The middle, in ticks, of each stretch longer than a look that the plan only infers.

    A stretch is inferred where a ledger says so, and where a detector's track lives on frames on
    which no detector found anything: there it was filled between sightings or rolled beyond them.
    """
    runs = [run for ledger in plan.ledger for run in ledger.runs]
    inferred = [_span(r.first_pts, r.last_pts) for r in runs if r.state is FrameState.INFERRED]
    found = [_span(r.first_pts, r.last_pts) for r in runs if r.state is FrameState.FOUND]
    lives = [
        _span(track.keys[0].pts, track.keys[-1].pts)
        for track in plan.tracks
        if track.shown is None and track.author.startswith("model:")
    ]
    least = LOOK_EVERY_SECONDS / plan.time_base
    stretches = [*inferred, *subtract(lives, found)]
    return [round((s.start + s.end) / 2) for s in stretches if s.end - s.start > least]


def _survives(hit: Box, after: Picture, before: Picture | None) -> bool:
    """Whether something of a face survives in a hit; upright grey pictures, `before` if known."""
    x0, y0 = (max(0, int(edge)) for edge in hit[:2])
    x1, y1 = (int(np.ceil(edge)) for edge in hit[2:4])
    shown = after[y0:y1, x0:x1]
    if min(shown.shape) == 0:
        return False
    if before is None:
        return has_coarse_look(shown)
    said = before[y0:y1, x0:x1]
    return kept_share(said, shown) > SHOWN_SHARE or coarse_look_is_kept(said, shown)


def _span(first: int, last: int) -> Span[Fraction]:
    """From one tick to another, both included."""
    return Span(Fraction(first), Fraction(last + 1))


def _is_serious(chain: Chain) -> bool:
    """Whether a chain of hits is more than a flicker."""
    if chain.best >= CERTAIN_HIT:
        return True
    mean = sum(chain.scores.values()) / len(chain.scores)
    return len(chain.found) >= STEADY_SIGHTINGS and mean >= STEADY_HIT
