"""From sightings to tracks: who is where on every frame, before, between and after the sightings.

Pure: boxes, times and motion in, tracks out. Footage is a file, so a track looks both ways: gaps
are filled from both ends, and each track reaches back before its first and on after its last
sighting. Nothing is carried across a scene cut. False positives die here, as tracks.

Boxes are x0 y0 x1 y1 in pixels of the upright picture, ends exclusive.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from fractions import Fraction
from itertools import pairwise
from math import ceil

import numpy as np
import numpy.typing as npt

Box = npt.NDArray[np.float32]  # (4,)
Boxes = npt.NDArray[np.float32]  # (n, 5): box and score
Motion = npt.NDArray[np.float16]  # (frames, rows, columns, 2), shares of width and height

MATCH_IOU = 0.2  # faces at 25 frames a second overlap far more; a whip pan at 0.2 and less
MATCH_DISTANCE = 0.6  # or the middles lie closer than this share of the mean size
OWN_MOTION = 0.02  # of its size a frame: flow on standing things stays below 0.01
MOST_GROWTH = 1.8  # and no side changed by more than this factor


class How(IntEnum):
    """How a box came about."""

    SEEN = 0
    FILLED = 1
    ROLLED = 2


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a track lives on without a sighting, in seconds."""

    gap: float = 0.7  # a hand before a face lasts about half a second
    roll: float = 0.5
    longest_roll: float = 2.0  # of who comes in, and of what moves, no longer than it was seen


@dataclass(frozen=True, slots=True)
class Scene:
    """What tracks are made in: exact times, the motion between frames, cuts, and the size."""

    seconds: Sequence[Fraction]
    motion: Motion
    cuts: frozenset[int]
    width: int
    height: int


@dataclass(slots=True)
class Chain:
    """Sightings of one thing: frame index to its box and score."""

    found: dict[int, Box] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)

    def add(self, index: int, sighting: Box) -> None:
        """Put in what was seen on frame `index`: five numbers."""
        self.found[index] = sighting[:4]
        self.scores[index] = float(sighting[4])

    @property
    def first(self) -> int:
        """The first frame it was seen on."""
        return min(self.found)

    @property
    def last(self) -> int:
        """The last frame it was seen on."""
        return max(self.found)

    @property
    def best(self) -> float:
        """Its highest score."""
        return max(self.scores.values())

    def lasts(self, scene: Scene) -> float:
        """Seconds from first to last sighting."""
        return float(scene.seconds[self.last] - scene.seconds[self.first])


@dataclass(frozen=True, slots=True)
class Track:
    """One thing on consecutive frames from `first` on; `boxes` is (n, 4), `how` has n entries."""

    first: int
    boxes: npt.NDArray[np.float32]
    how: npt.NDArray[np.uint8]
    best: float
    sightings: int

    @property
    def end(self) -> int:
        """One past its last frame."""
        return self.first + len(self.boxes)


def link(found: Sequence[Boxes], scene: Scene, timing: Timing) -> list[Chain]:
    """Chains of sightings that are one thing, by overlap with where motion carried the last one."""
    done: list[Chain] = []
    live: list[tuple[Chain, Box]] = []
    for index, boxes in enumerate(found):
        if index in scene.cuts:
            done += [chain for chain, _ in live]
            live = []
        live = [(chain, carry(box, scene, index)) for chain, box in live]
        live = _take(live, boxes, index)
        ended = [c for c, _ in live if _silent(c, index, scene) > timing.gap]
        done += ended
        live = [(c, box) for c, box in live if not any(c is other for other in ended)]
    return done + [chain for chain, _ in live]


def fill(chain: Chain, scene: Scene, timing: Timing, *, before: float | None = None) -> Track:
    """`chain` without holes, and with its rolls before and after.

    `before` are the seconds that it rolls back before its first sighting, where they are known.
    """
    inner = _filled(chain, scene)
    longest = max(timing.roll, min(timing.longest_roll, chain.lasts(scene)))
    limits = replace(timing, longest_roll=longest)
    back = limits if before is None else replace(timing, roll=before, longest_roll=before)
    earlier = list(_rolled(inner[chain.first], chain.first, -1, scene=scene, timing=back))
    later = list(_rolled(inner[chain.last], chain.last, 1, scene=scene, timing=limits))
    indexes = range(chain.first, chain.last + 1)
    boxes = [*reversed(earlier), *(inner[index] for index in indexes), *later]
    how = [How.ROLLED] * len(earlier)
    how += [How.SEEN if index in chain.found else How.FILLED for index in indexes]
    how += [How.ROLLED] * len(later)
    return Track(
        first=chain.first - len(earlier),
        boxes=np.stack(boxes).astype(np.float32),
        how=np.array(how, np.uint8),
        best=chain.best,
        sightings=len(chain.found),
    )


def carry(box: Box, scene: Scene, index: int, *, back: bool = False) -> Box:
    """`box` of the frame before moved to frame `index`, or, `back`, the other way round."""
    grid = scene.motion[index]
    rows, columns = grid.shape[:2]
    x0, x1 = _cells(box[0] / scene.width, box[2] / scene.width, columns)
    y0, y1 = _cells(box[1] / scene.height, box[3] / scene.height, rows)
    shift = _middle(grid[y0:y1, x0:x1]) * (scene.width, scene.height)
    moved = -shift if back else shift
    return np.asarray(box + np.concatenate([moved, moved]), np.float32)


def _moves_by_itself(before: Box, now: Box, scene: Scene, index: int, *, back: bool) -> bool:
    """Whether a carried box moved otherwise than the picture as a whole does."""
    camera = _middle(scene.motion[index]) * (scene.width, scene.height) * (-1 if back else 1)
    own = np.abs(now[:2] - before[:2] - camera)
    return bool((own > OWN_MOTION * (before[2:] - before[:2])).any())


def _middle(motion: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    """Median x and y of a part of a grid; `np.median` takes five times as long for so few."""
    ordered = np.sort(motion.reshape(-1, 2).astype(np.float32), axis=0)
    return np.asarray((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def _cells(low: float, high: float, count: int) -> tuple[int, int]:
    """Half-open range of at least one grid cell that the share [low, high) lies in."""
    first = min(max(int(low * count), 0), count - 1)
    return first, min(max(ceil(high * count), first + 1), count)


def _take(live: list[tuple[Chain, Box]], boxes: Boxes, index: int) -> list[tuple[Chain, Box]]:
    """Give each sighting to the chain it fits best; what fits none begins a chain."""
    expected = np.stack([box for _, box in live]) if live else np.zeros((0, 4), np.float32)
    free = np.ones(len(live), bool)
    for sighting in boxes[np.argsort(-boxes[:, 4], kind="stable")]:
        fits = fit(expected, sighting[:4]) * free
        best = int(fits.argmax()) if len(fits) else -1
        if best >= 0 and fits[best] > 0:
            chain = live[best][0]
            free[best] = False
            live[best] = (chain, sighting[:4])
        else:
            chain = Chain()
            live.append((chain, sighting[:4]))
        chain.add(index, sighting)
    return live


def fit(expected: npt.NDArray[np.float32], seen: Box) -> npt.NDArray[np.float32]:
    """How well a sighting fits where each of (n, 4) was expected; 0 where it cannot be the same."""
    sizes = (expected[:, 2:] - expected[:, :2]).clip(1)
    size = (seen[2:] - seen[:2]).clip(1)
    growth = np.maximum(sizes / size, size / sizes).max(axis=1, initial=0)
    shared = np.minimum(expected[:, 2:], seen[2:]) - np.maximum(expected[:, :2], seen[:2])
    common = shared.clip(0).prod(axis=1)
    iou = common / (sizes.prod(axis=1) + size.prod() - common)
    apart = np.abs(expected[:, :2] + expected[:, 2:] - seen[:2] - seen[2:]) / (sizes + size)
    possible = (growth <= MOST_GROWTH) & (
        (iou >= MATCH_IOU) | (apart.max(axis=1, initial=0) <= MATCH_DISTANCE)
    )
    return np.asarray(np.where(possible, iou + 0.01, 0), np.float32)


def _silent(chain: Chain, index: int, scene: Scene) -> float:
    """Seconds since the last sighting."""
    return float(scene.seconds[index] - scene.seconds[chain.last])


def _filled(chain: Chain, scene: Scene) -> dict[int, Box]:
    """Every frame from first to last: seen boxes as they are, holes blended from both ends."""
    boxes = dict(chain.found)
    seen = sorted(chain.found)
    for left, right in pairwise(seen):
        if right == left + 1:
            continue
        forward = {left: boxes[left]}
        for index in range(left + 1, right):
            forward[index] = carry(forward[index - 1], scene, index)
        backward = {right: boxes[right]}
        for index in range(right - 1, left, -1):
            backward[index] = carry(backward[index + 1], scene, index + 1, back=True)
        for index in range(left + 1, right):
            share = (index - left) / (right - left)
            boxes[index] = forward[index] * (1 - share) + backward[index] * share
    return boxes


def _rolled(box: Box, index: int, step: int, *, scene: Scene, timing: Timing) -> Iterator[Box]:
    """Boxes before (`step` -1) or after the sightings, until the roll ends, a cut or the edge."""
    start = moving = scene.seconds[index]
    while True:
        if (step > 0 and index + 1 in scene.cuts) or (step < 0 and index in scene.cuts):
            return
        carried_over = index + 1 if step > 0 else index
        index += step
        if not 0 <= index < len(scene.seconds):
            return
        now = scene.seconds[index]
        if abs(now - moving) > timing.roll or abs(now - start) > timing.longest_roll:
            return
        before, box = box, carry(box, scene, carried_over, back=step < 0)
        if _moves_by_itself(before, box, scene, carried_over, back=step < 0):
            moving = now
        outside = box[2] <= 0 or box[3] <= 0 or box[0] >= scene.width or box[1] >= scene.height
        if outside:
            return
        yield box
