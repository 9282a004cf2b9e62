"""One look: both finders on the whole picture, and closer where somebody small may be.

The whole picture is seen at 960 pixels. Where the recording has more, heads that are small there
are looked at again in tiles at up to 1920 pixels: around every small face or person that the first
glance answers to, however weakly, and from time to time everywhere.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from bwc.media.decode import VideoLook
from bwc.redaction.detect import Boxes, FaceFinder, PersonFinder, Picture, SizedFinder, suppress
from bwc.redaction.light import brightened
from bwc.redaction.pictures import scaled, scaled_size, upright_size

LOOK_SIDE = 960  # at this longer side CenterFace finds all 735 faces of the truth set
CLOSE_SIDE = 1920  # nothing is looked at larger: four times the picture, four times the time
TILE = 320  # pixels; a tile costs a fifth of the first glance
TILE_WEIGHT = 0.7  # of its scores: without their surroundings wheels reach 0.5, with them 0.36
MOST_TILES = 4  # beyond, looking everywhere is cheaper
SMALL_HEAD = 16.0  # pixels of the first glance
HEAD_SHARE = 0.16  # of a standing person's height
SAME_FACE_IOU = 0.3


class Care(Enum):
    """How thoroughly a frame is looked at."""

    QUICK = "closer where somebody small may be"
    THOROUGH = "closer everywhere"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found: (n, 5) boxes and scores in upright pixels at the stored size."""

    faces: Boxes
    people: Boxes


@dataclass(frozen=True, slots=True)
class Finders:
    """The two finders that make a plan."""

    faces: SizedFinder
    people: SizedFinder


def load_finders(models_folder: Path) -> Finders:
    """Both finders out of the model cache. Raises NotFound, IntegrityError."""
    return Finders(FaceFinder(models_folder), PersonFinder(models_folder))


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both finders, and how the recording they look at lies in its file."""

    finders: Finders
    look_of: VideoLook

    def prepare(self) -> None:
        """Have both finders compiled for the first glance, side by side."""
        size = scaled_size(self.look_of, LOOK_SIDE)
        with ThreadPoolExecutor(2) as pool:
            ready = [
                pool.submit(finder.prepare, *size)
                for finder in (self.finders.faces, self.finders.people)
            ]
        for one in ready:
            one.result()

    def look(self, frame: VideoFrame, care: Care) -> Seen:
        """What is seen on `frame`."""
        glance = brightened(scaled(frame, self.look_of, LOOK_SIDE))
        faces, people = self.finders.faces.find(glance), self.finders.people.find(glance)
        found = [self._stored(faces, glance)]
        longer = max(self.look_of.width, self.look_of.height)
        spots = list(_small(faces, people))
        if longer > LOOK_SIDE and (spots or care is Care.THOROUGH):
            near = brightened(scaled(frame, self.look_of, min(longer, CLOSE_SIDE)))
            closer = np.array(spots).reshape(-1, 2) * (near.shape[1] / glance.shape[1])
            found.append(self._stored(self._closer(near, closer, care), near))
        return Seen(
            faces=suppress(np.concatenate(found), SAME_FACE_IOU),
            people=self._stored(people, glance),
        )

    def _closer(self, near: Picture, spots: Boxes, care: Care) -> Boxes:
        """Faces in the tiles around `spots`, (n, 2) in pixels of `near`, or in all of it."""
        tiles = _tiles(spots, near.shape[1], near.shape[0])
        if care is Care.THOROUGH or len(tiles) > MOST_TILES:
            return self.finders.faces.find(near)
        found = [np.zeros((0, 5), np.float32)]
        for x, y, across, down in tiles:
            tile = np.ascontiguousarray(near[y : y + down, x : x + across])
            boxes = self.finders.faces.find(tile)
            boxes[:, 4] *= TILE_WEIGHT
            found.append(boxes + np.array([x, y, x, y, 0], np.float32))
        return np.concatenate(found)

    def _stored(self, boxes: Boxes, picture: Picture) -> Boxes:
        """Boxes of `picture` in pixels of the stored size."""
        width, height = upright_size(self.look_of)
        across, down = width / picture.shape[1], height / picture.shape[0]
        return boxes * np.array([across, down, across, down, 1], np.float32)


def _small(faces: Boxes, people: Boxes) -> Iterator[tuple[float, float]]:
    """Where a small head may be: the middle of small faces, the top of small people."""
    for x0, y0, x1, y1, _ in faces:
        if y1 - y0 < SMALL_HEAD:
            yield (x0 + x1) / 2, (y0 + y1) / 2
    for x0, y0, x1, y1, _ in people:
        head = HEAD_SHARE * (y1 - y0)
        if head < SMALL_HEAD:
            yield (x0 + x1) / 2, y0 + head / 2


def _tiles(spots: Boxes, width: int, height: int) -> list[tuple[int, int, int, int]]:
    """x, y, width, height of the tiles that hold every spot, each well inside of one."""
    tiles: list[tuple[int, int, int, int]] = []
    across, down = min(TILE, width), min(TILE, height)
    for x, y in spots:
        inside = any(
            left + across / 6 < x < left + across * 5 / 6
            and top + down / 6 < y < top + down * 5 / 6
            for left, top, _, _ in tiles
        )
        if not inside:
            left = min(max(0, round(x - across / 2)), width - across)
            top = min(max(0, round(y - down / 2)), height - down)
            tiles.append((left, top, across, down))
    return tiles
