"""Boxes in time: regions of the stored picture, and keys with straight lines between them.

Pure. Regions are whole pixels of the stored picture, x1 and y1 exclusive; times are ticks of the
picture stream. Between two keys each edge moves straight, and a region is rounded outwards.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

SLACK = 2  # pixels by which keys may stand for the boxes between them; regions grow by as much
LONGEST_KEY_RUN = 60  # frames between two keys at most


class Region(NamedTuple):
    """A rectangle of the stored picture; x1 and y1 are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int


class Key(NamedTuple):
    """A box at a moment."""

    pts: int
    x0: int
    y0: int
    x1: int
    y1: int


def region_at(keys: Sequence[Key], pts: int, *, width: int, height: int) -> Region | None:
    """What `keys` cover at `pts`, inside the picture; None where they do not reach."""
    if not keys[0].pts <= pts <= keys[-1].pts:
        return None
    at = bisect_right(keys, pts, key=lambda key: key.pts) - 1
    left = keys[at]
    right = keys[min(at + 1, len(keys) - 1)]
    still = right.pts == left.pts
    edges = Region(*left[1:]) if still else _between(left, right, pts)
    region = Region(
        max(0, edges.x0 - SLACK),
        max(0, edges.y0 - SLACK),
        min(width, edges.x1 + SLACK),
        min(height, edges.y1 + SLACK),
    )
    return region if region.x0 < region.x1 and region.y0 < region.y1 else None


def keys_for(boxes: list[tuple[int, Region]]) -> tuple[Key, ...]:
    """The fewest keys found whose straight lines stay within `SLACK` of every box.

    `boxes` is (pts, region) of consecutive frames, times rising.
    """
    keys = [Key(boxes[0][0], *boxes[0][1])]
    start = 0
    while start < len(boxes) - 1:
        end = start + 1
        while end + 1 < min(len(boxes), start + LONGEST_KEY_RUN) and _holds(boxes, start, end + 1):
            end += 1
        keys.append(Key(boxes[end][0], *boxes[end][1]))
        start = end
    return tuple(keys)


def _holds(boxes: list[tuple[int, Region]], start: int, end: int) -> bool:
    """Whether a straight line from `start` to `end` stays within `SLACK` of what lies between."""
    left, right = Key(boxes[start][0], *boxes[start][1]), Key(boxes[end][0], *boxes[end][1])
    for pts, box in boxes[start + 1 : end]:
        line = _between(left, right, pts)
        if any(abs(a - b) > SLACK for a, b in zip(line, box, strict=True)):
            return False
    return True


def _between(left: Key, right: Key, pts: int) -> Region:
    """The box at `pts` on the straight line between two keys, rounded outwards."""
    whole, part = right.pts - left.pts, pts - left.pts
    low = [a + (b - a) * part // whole for a, b in zip(left[1:3], right[1:3], strict=True)]
    high = [a - ((a - b) * part // whole) for a, b in zip(left[3:], right[3:], strict=True)]
    return Region(low[0], low[1], high[0], high[1])
