"""Carrying a box from picture to picture, in either direction of time, until that is no longer sure.

Points of the box are followed by optical flow there and back again (Kalal et al., Forward-Backward
Error, ICPR 2010); what they agree on moves and scales the box; and what lies in it must look like
what was drawn, or like what was followed since. Where it does not, the box is held and grows, and the
thing is looked for around it. What does not come back within the gap is lost, and that is said.

Boxes are x0 y0 x1 y1 in pixels of the pictures that are handed in, ends exclusive.
"""

from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from bwc.redaction.flow import Flow, Grey
from bwc.redaction.plan import Stop
from bwc.redaction.track import Box, How

TRACKER = "points-and-likeness/1"  # how plans name this tracker; the number counts its rules

SIDE = 24  # cells of a look along each side
MOST_POINTS, FEWEST_POINTS = 80, 6
AGREED = 0.5  # share of the points that must come back to where they began
BACK_ERROR = 0.03  # of the box's mean side, at least half a pixel
SURE, FAIR = 0.75, 0.5  # likeness that is enough, and that is with most points in agreement
FOUND = 0.72  # likeness at which a thing that was out of sight is taken for the same
LEARNT = 0.8  # likeness at which a look is kept beside the first
LEARN_SECONDS = 0.2
MOST_LOOKS = 8
VISIBLE = 0.25  # share of the box inside of the picture below which nothing is compared
MOST_SCALE = 1.06  # change of size from one picture to the next
REACH = 0.8  # of its size, each side, in which it is looked for while it is out of sight
NUDGE, NUDGE_GAIN = 0.15, 0.02  # of its size, and likeness gained, by which a box is put right
NUDGE_SCALES = (0.96, 1.0, 1.04)
SPEED_STEPS = 5
LEAVING_SECONDS = 3.0  # at most, for what is half out of the picture and goes on
SMALLEST = 4.0  # pixels a side


@dataclass(frozen=True, slots=True)
class View:
    """One picture as the tracker sees it: grey, and small and grey for `Flow`."""

    pts: int
    picture: Grey
    small: Grey


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, in seconds, it is looked for out of sight, is held at least, and is carried at most."""

    gap: float = 0.7
    roll: float = 0.5
    far: float = 60.0


@dataclass(slots=True)
class Leg:
    """What carrying in one direction gave, picture by picture in that direction, the first left out.

    `start` is the picture that it began on. `boxes` are (4,), `how` says SEEN or, while it was out of sight, FILLED, and ROLLED where it did not
    come back; `margins` are shares of the size by which each box has to grow. `stop` is None where the
    pictures ended.
    """

    start: int | None = None
    pts: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    how: list[How] = field(default_factory=list)
    margins: list[float] = field(default_factory=list)
    stop: tuple[int, Stop] | None = None


@dataclass(frozen=True, slots=True)
class _Moved:
    """Where a box went, how alike it looks there, the share of points that agree, and the turn."""

    box: Box
    likeness: float
    agreed: float = 0.0
    radians: float = 0.0


class Carrier:
    """Carries one box through the pictures that it is handed, one after the other."""

    def __init__(self, view: View, box: Box, *, time_base: Fraction, patience: Patience) -> None:
        """Begin with `box` on `view`."""
        self.leg = Leg(start=view.pts)
        self._time_base, self._patience = time_base, patience
        self._flow = Flow()
        self._flow.step(view.small)
        self._before, self._start = view, view.pts
        self._box = np.asarray(box, np.float32)
        self._looks = [_look(view.picture, self._box)]
        self._learnt = view.pts
        self._speeds: deque[Box] = deque(maxlen=SPEED_STEPS)
        self._radians = 0.0  # by how much it has turned within the picture
        self._out_since: int | None = None
        self._held = self._box  # while out of sight: where it was, as the camera moved since
        self._guess = self._box  # and where it would be by now

    def step(self, view: View) -> bool:
        """Go on to `view`; whether there is any sense in another picture."""
        step = self._flow.step(view.small)
        if step.is_cut:
            return self._end(Stop.CUT)
        if self._seconds(self._start, view.pts) > self._patience.far:
            return self._end(Stop.FAR)
        camera = _camera(step.motion, self._box, view.picture.shape)
        goes_on = self._see(view) if self._out_since is None else False
        if not goes_on:
            goes_on = self._wait(view, camera)
        self._before = view
        return goes_on

    def _see(self, view: View) -> bool:
        """Follow the box to `view`; whether that is sure."""
        moved = _follow(self._before.picture, view.picture, self._box, self._looks)
        if moved is None:
            return False
        is_agreed = moved.agreed >= AGREED and moved.likeness >= FAIR
        if moved.likeness < SURE and not is_agreed:
            return False
        self._speeds.append(moved.box - self._box)
        self._take(view, moved)
        return True

    def _take(self, view: View, moved: _Moved) -> None:
        """It is here."""
        self._box, self._out_since = moved.box, None
        self._radians += moved.radians
        self._note(
            view,
            _turned(moved.box, self._radians),
            How.SEEN,
            margin=max(0.0, SURE - moved.likeness),
        )
        rested = self._seconds(self._learnt, view.pts) >= LEARN_SECONDS
        if moved.likeness >= LEARNT and rested:
            self._looks = [self._looks[0], *self._looks[1:][-(MOST_LOOKS - 2) :]]
            self._looks.append(_look(view.picture, moved.box))
            self._learnt = view.pts

    def _wait(self, view: View, camera: Box) -> bool:
        """It is out of sight: hold and look for it; whether there is still hope."""
        if self._out_since is None:
            self._out_since = view.pts
            self._held = self._guess = self._box
        speed = np.mean(self._speeds, axis=0) if self._speeds else np.zeros(4, np.float32)
        self._held = self._held + camera
        self._guess = np.asarray(self._guess + speed, np.float32)
        around = _turned(_joined(self._held, self._guess), self._radians)
        found = _search(view.picture, self._box_at(around), self._looks, reach=REACH)
        if found is not None and found.likeness >= FOUND:
            self._speeds.clear()
            self._take(view, found)
            return True
        self._note(view, around, How.FILLED, margin=0.0)
        return self._hopes(view)

    def _box_at(self, around: Box) -> Box:
        """A box of the last size in the middle of `around`."""
        middle, half = (around[:2] + around[2:]) / 2, (self._box[2:] - self._box[:2]) / 2
        return np.concatenate([middle - half, middle + half]).astype(np.float32)

    def _hopes(self, view: View) -> bool:
        """Whether it is worth looking on; where it is not, that is said."""
        assert self._out_since is not None  # noqa: S101 - it is out of sight
        out = self._seconds(self._out_since, view.pts)
        least = max(self._patience.gap, self._patience.roll)
        if out <= least:
            return True
        shape = view.picture.shape
        is_gone = _visible(self._guess, shape) == 0
        is_at_edge = min(_visible(self._box, shape), _visible(self._guess, shape)) < 1
        if is_at_edge and not is_gone and self._moves_out(shape) and out <= LEAVING_SECONDS:
            return True
        return self._end(Stop.EDGE if is_gone else Stop.LOST)

    def _moves_out(self, shape: tuple[int, ...]) -> bool:
        """Whether, going on as it did, less and less of it would be in the picture."""
        if not self._speeds:
            return False
        ahead = np.asarray(self._guess + 5 * np.mean(self._speeds, axis=0), np.float32)
        return _visible(ahead, shape) < _visible(self._guess, shape)

    def _end(self, why: Stop) -> bool:
        """Say where it ended; always False."""
        at = self.leg.pts[-1] if self.leg.pts else self._start
        if self._out_since is not None:  # what ends it while it is out of sight, it was lost there
            at, why = self._out_since, Stop.LOST if why is not Stop.EDGE else why
            first = self.leg.pts.index(self._out_since)
            self.leg.how[first:] = [How.ROLLED] * (len(self.leg.how) - first)
        self.leg.stop = (at, why)
        return False

    def finish(self) -> Leg:
        """What came of it, once the pictures have ended."""
        if self.leg.stop is None and self._out_since is not None:
            self._end(Stop.LOST)
        return self.leg

    def _note(self, view: View, box: Box, how: How, *, margin: float) -> None:
        self.leg.pts.append(view.pts)
        self.leg.boxes.append(np.asarray(box, np.float32))
        self.leg.how.append(how)
        self.leg.margins.append(margin)

    def _seconds(self, first: int, last: int) -> float:
        return float(abs(last - first) * self._time_base)


def _follow(before: Grey, now: Grey, box: Box, looks: list[Grey]) -> _Moved | None:
    """Where the points of `box` went; None where too few can be followed."""
    points = _points(before, box)
    if len(points) < FEWEST_POINTS:
        return None
    room = np.empty_like(points)
    there, ok, _ = cv2.calcOpticalFlowPyrLK(before, now, points, room)
    back, ok_back, _ = cv2.calcOpticalFlowPyrLK(now, before, there, room.copy())
    error = np.linalg.norm(back - points, axis=1)
    limit = max(0.5, BACK_ERROR * float((box[2:] - box[:2]).mean()))
    good = (ok.ravel() > 0) & (ok_back.ravel() > 0) & (error <= limit)
    if good.sum() < FEWEST_POINTS:
        return None
    fitted, inside = cv2.estimateAffinePartial2D(
        points[good], there[good], method=cv2.RANSAC, ransacReprojThreshold=max(1.0, limit)
    )
    if fitted is None:
        return None
    scale = float(np.hypot(fitted[0, 0], fitted[1, 0]))
    scale = min(max(scale, 1 / MOST_SCALE), MOST_SCALE)
    middle = (box[:2] + box[2:]) / 2
    moved = fitted[:, :2] @ middle + fitted[:, 2]
    half = np.maximum((box[2:] - box[:2]) / 2 * scale, SMALLEST / 2)
    candidate = np.concatenate([moved - half, moved + half]).astype(np.float32)
    if _visible(candidate, now.shape) < VISIBLE:
        return None
    candidate = _righted(now, candidate, looks)
    like = likeness(now, candidate, looks)
    turn = float(np.arctan2(fitted[1, 0], fitted[0, 0]))
    return _Moved(candidate, like, float(inside.sum()) / len(points), turn)


def _righted(picture: Grey, box: Box, looks: list[Grey]) -> Box:
    """`box` put where, and made as large as, it is most like what was drawn; errors never add up.

    Where it has become unlike what was drawn, what was followed since counts as well.
    """
    known = looks[:1] if likeness(picture, box, looks[:1]) >= SURE else looks
    best, least = box, likeness(picture, box, known) + NUDGE_GAIN
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    for scale in NUDGE_SCALES:
        sized = np.concatenate([middle - half * scale, middle + half * scale]).astype(np.float32)
        found = _search(picture, sized, known, reach=NUDGE)
        if found is not None and found.likeness > least:
            best, least = found.box, found.likeness
    return best


def _points(picture: Grey, box: Box) -> npt.NDArray[np.float32]:
    """Points worth following in the middle of `box`, (n, 2)."""
    x0, y0, x1, y1 = _whole(box, picture.shape)
    if x1 - x0 < SMALLEST or y1 - y0 < SMALLEST:
        return np.zeros((0, 2), np.float32)
    inner = np.zeros((y1 - y0, x1 - x0), np.uint8)
    middle = ((box[0] + box[2]) / 2 - x0, (box[1] + box[3]) / 2 - y0)
    axes = ((box[2] - box[0]) * 0.45, (box[3] - box[1]) * 0.45)
    cv2.ellipse(
        inner, (round(middle[0]), round(middle[1])), (round(axes[0]), round(axes[1])),
        0, 0, 360, 255, -1,
    )  # fmt: skip
    apart = max(1.0, float((box[2:] - box[:2]).min()) / 14)
    found = cv2.goodFeaturesToTrack(picture[y0:y1, x0:x1], MOST_POINTS, 0.005, apart, mask=inner)
    if found is None:
        return np.zeros((0, 2), np.float32)  # type: ignore[unreachable]  # OpenCV's stub denies it
    return np.asarray(found, np.float32).reshape(-1, 2) + np.array([x0, y0], np.float32)


def _search(picture: Grey, box: Box, looks: list[Grey], *, reach: float) -> _Moved | None:
    """Where around `box`, up to `reach` of its size, the picture is most like one of `looks`."""
    size = box[2:] - box[:2]
    low, high = box[:2] - reach * size, box[2:] + reach * size
    cells = round(SIDE * (1 + 2 * reach))
    region = _resized(picture, np.concatenate([low, high]).astype(np.float32), cells)
    best: tuple[float, tuple[int, int]] | None = None
    for look in looks:
        answer = cv2.matchTemplate(region, look, cv2.TM_CCOEFF_NORMED)
        _, score, _, at = cv2.minMaxLoc(answer)
        if best is None or score > best[0]:
            best = (float(score), (int(at[0]), int(at[1])))
    if best is None:
        return None
    corner = low + np.array(best[1]) * (high - low) / cells
    found = np.concatenate([corner, corner + size]).astype(np.float32)
    if _visible(found, picture.shape) < VISIBLE:
        return None
    return _Moved(found, likeness(picture, found, looks))


def likeness(picture: Grey, box: Box, looks: list[Grey]) -> float:
    """How alike what of `box` lies in the picture is to the most alike of `looks`, -1 to 1."""
    inside = _inside(box, picture.shape)
    if inside.sum() < VISIBLE * inside.size / 2:
        return -1.0
    here = _look(picture, box)[inside].astype(np.float32)
    here -= here.mean()
    best = -1.0
    for look in looks:
        there = look[inside].astype(np.float32)
        there -= there.mean()
        size = float(np.sqrt((here @ here) * (there @ there)))
        best = max(best, float(here @ there) / size if size > 0 else -1.0)
    return best


def _look(picture: Grey, box: Box) -> Grey:
    """What lies in `box`, (SIDE, SIDE)."""
    return _resized(picture, box, SIDE)


def _resized(picture: Grey, box: Box, side: int) -> Grey:
    """`box` of `picture` as (side, side); beyond the edge the edge goes on."""
    x0, y0 = (int(np.floor(edge)) for edge in box[:2])
    x1, y1 = max(x0 + 1, int(np.ceil(box[2]))), max(y0 + 1, int(np.ceil(box[3])))
    rows = np.arange(y0, y1).clip(0, picture.shape[0] - 1)
    columns = np.arange(x0, x1).clip(0, picture.shape[1] - 1)
    part = picture[rows][:, columns]
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _inside(box: Box, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """(SIDE, SIDE): which cells of a look of `box` lie in the picture."""
    across = box[0] + (np.arange(SIDE) + 0.5) * (box[2] - box[0]) / SIDE
    down = box[1] + (np.arange(SIDE) + 0.5) * (box[3] - box[1]) / SIDE
    columns, rows = (across >= 0) & (across < shape[1]), (down >= 0) & (down < shape[0])
    return np.asarray(rows[:, None] & columns[None, :])


def _visible(box: Box, shape: tuple[int, ...]) -> float:
    """Share of `box` that lies in the picture."""
    sides = np.minimum(box[2:], shape[1::-1]) - np.maximum(box[:2], 0)
    return float(sides.clip(0).prod() / max(1e-6, float((box[2:] - box[:2]).prod())))


def _whole(box: Box, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """`box` in whole pixels inside of the picture."""
    low = np.maximum(np.floor(box[:2]), 0).astype(int)
    high = np.minimum(np.ceil(box[2:]), shape[1::-1]).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _joined(a: Box, b: Box) -> Box:
    """The smallest box around both."""
    return np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])]).astype(np.float32)


def _turned(box: Box, radians: float) -> Box:
    """`box` made wider or higher where what it was drawn around has turned; never smaller."""
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    leaning = abs(np.cos(radians)) * half + abs(np.sin(radians)) * half[::-1]
    half = np.maximum(half, leaning)
    return np.concatenate([middle - half, middle + half]).astype(np.float32)


def _camera(motion: npt.NDArray[np.float16], box: Box, shape: tuple[int, ...]) -> Box:
    """How far the picture beside `box` moved, in pixels: what is added to a box that stands still."""
    rows, columns = motion.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns]
    across, down = (x + 0.5) * shape[1] / columns, (y + 0.5) * shape[0] / rows
    beside = (across < box[0]) | (across > box[2]) | (down < box[1]) | (down > box[3])
    cells = motion[beside] if beside.any() else motion.reshape(-1, 2)
    shift = np.median(cells.astype(np.float32), axis=0) * (shape[1], shape[0])
    return np.tile(shift, 2).astype(np.float32)
