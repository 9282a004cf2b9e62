"""One look: the finders on the whole picture, and closer where somebody small may be.

The whole picture is seen at 960 pixels. Heads that are small there are looked at again in tiles
cut out at 1920 pixels, enlarged where the recording has less: around every small face or person
that is answered to, however weakly. Where the recording has more than 960 pixels it is looked at
from time to time as it is, everywhere. Between two full looks a glance follows the faces: the same
at 640 pixels, in a third of the time, and nobody is asked about people, who move less of their size;
a crowd, which a full look sees at 1920 pixels, it sees at 960.

Where people stand before a bright window or sky, a full look sees everything twice, as it is and with
its shadows lifted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from av.video.frame import VideoFrame

from bwc.media.decode import VideoLook
from bwc.redaction.detect import (
    Boxes,
    FaceFinder,
    Finder,
    PersonFinder,
    Picture,
    Prepared,
    suppress,
)
from bwc.redaction.light import brightened, is_backlit, lifted
from bwc.redaction.pictures import scaled, scaled_size, upright_size

GLANCE_SIDE = 640  # faces below 16 pixels there are looked at closer: heads_exposed stayed the same
LOOK_SIDE = 960  # at this longer side CenterFace finds all 735 faces of the truth set
CLOSE_SIDE = 1920  # nothing is looked at larger: four times the picture, four times the time
TILE = 320  # pixels; a tile costs a fifth of the whole picture at `LOOK_SIDE`
TILE_WEIGHT = 0.7  # of its scores: without their surroundings wheels reach 0.5, with them 0.36
MOST_TILES = (
    4  # beyond, all of it is looked at: what is cut out of a street full of wheels looks like faces
)
SMALL_HEAD = 16.0  # pixels of the whole picture, in a glance as in a full look
HEAD_SHARE = 0.16  # of a standing person's height
SAME_FACE_IOU = 0.3
NOBODY = np.zeros((0, 5), np.float32)

Clear = Callable[[Picture], Picture]  # what makes a picture such that faces are seen in it


class Care(Enum):
    """How thoroughly a frame is looked at."""

    GLANCE = "faces alone, smaller"
    QUICK = "closer where somebody small may be"
    THOROUGH = "closer everywhere"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found: (n, 5) boxes and scores in upright pixels at the stored size.

    `people` is None where nobody was asked about them.
    """

    faces: Boxes
    people: Boxes | None


@dataclass(frozen=True, slots=True)
class Finders:
    """The two finders that make a plan."""

    faces: Finder
    people: Finder


def load_finders(models_folder: Path) -> Finders:
    """Both finders out of the model cache. Raises NotFound, IntegrityError."""
    return Finders(FaceFinder(models_folder), PersonFinder(models_folder))


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both finders, and how the recording they look at lies in its file."""

    finders: Finders
    look_of: VideoLook

    def look(self, frame: VideoFrame, care: Care) -> Seen:
        """What is seen on `frame`."""
        is_glance = care is Care.GLANCE
        plain = scaled(frame, self.look_of, GLANCE_SIDE if is_glance else LOOK_SIDE)
        is_twice = not is_glance and is_backlit(plain)
        ways: tuple[Clear, ...] = (brightened, lifted) if is_twice else (brightened,)
        pictures = [clear(plain) for clear in ways]
        faces = np.concatenate([self.finders.faces.find(one) for one in pictures])
        picture = pictures[0]
        people = NOBODY if is_glance else self.finders.people.find(picture)
        found = [self._stored(faces, picture)]
        spots = np.array(list(_small(faces, people)), np.float32).reshape(-1, 2)
        if care is Care.THOROUGH and self._longer > LOOK_SIDE:
            side = min(self._longer, CLOSE_SIDE)
            found += [self._everywhere(frame, side, clear) for clear in ways]
        elif len(spots):
            crowd_side = LOOK_SIDE if is_glance else CLOSE_SIDE
            stored = self._stored(spots, picture)
            found += [
                self._closer(frame, stored, crowd_side=crowd_side, clear=clear) for clear in ways
            ]
        return Seen(
            faces=suppress(np.concatenate(found), SAME_FACE_IOU),
            people=None if is_glance else self._stored(people, picture),
        )

    def preparations(self) -> list[Callable[[], None]]:
        """What compiles the finders for the looks to come, the longest first, to be run at once."""
        faces, people = self.finders.faces, self.finders.people
        sides = [LOOK_SIDE, GLANCE_SIDE]
        if self._longer > LOOK_SIDE:
            sides.insert(1, min(self._longer, CLOSE_SIDE))
        whole = scaled_size(self.look_of, LOOK_SIDE)
        found = [partial(people.prepare, *whole)] if isinstance(people, Prepared) else []
        if isinstance(faces, Prepared):
            found += [partial(faces.prepare, *scaled_size(self.look_of, side)) for side in sides]
        return [*found]

    @property
    def _longer(self) -> int:
        """The longer side of the recording, in pixels."""
        return max(self.look_of.width, self.look_of.height)

    def _everywhere(self, frame: VideoFrame, side: int, clear: Clear) -> Boxes:
        """Faces in the whole of `frame`, brought to a longer side of `side` pixels."""
        picture = clear(scaled(frame, self.look_of, side))
        return self._stored(self.finders.faces.find(picture), picture)

    def _closer(self, frame: VideoFrame, spots: Boxes, *, crowd_side: int, clear: Clear) -> Boxes:
        """Faces around `spots`, (n, 2) in pixels of the stored size, or in a crowd everywhere.

        A crowd is looked at with a longer side of `crowd_side` pixels.
        """
        near = clear(scaled(frame, self.look_of, min(self._longer, CLOSE_SIDE)))
        height, width = near.shape[:2]
        cut = min(round(TILE * max(near.shape) / CLOSE_SIDE), width, height)
        tiles = _tiles(spots * (width / upright_size(self.look_of)[0]), width, height, cut)
        if len(tiles) > MOST_TILES:
            return self._everywhere(frame, crowd_side, clear)
        found = [np.zeros((0, 5), np.float32)]
        for x, y in tiles:
            tile = cv2.resize(near[y : y + cut, x : x + cut], (TILE, TILE))
            boxes = self.finders.faces.find(np.asarray(tile, np.uint8))
            boxes[:, :4] *= cut / TILE
            boxes[:, 4] *= TILE_WEIGHT
            found.append(boxes + np.array([x, y, x, y, 0], np.float32))
        return self._stored(np.concatenate(found), near)

    def _stored(self, places: Boxes, picture: Picture) -> Boxes:
        """Boxes with scores, or points, of `picture` in pixels of the stored size."""
        width, height = upright_size(self.look_of)
        scale = width / picture.shape[1], height / picture.shape[0]
        return places * np.array([*scale, *scale, 1][: places.shape[1]], np.float32)


def _small(faces: Boxes, people: Boxes) -> Iterator[tuple[float, float]]:
    """Where a small head may be: the middle of small faces, the top of small people."""
    for x0, y0, x1, y1, _ in faces:
        if y1 - y0 < SMALL_HEAD:
            yield (x0 + x1) / 2, (y0 + y1) / 2
    for x0, y0, x1, y1, _ in people:
        head = HEAD_SHARE * (y1 - y0)
        if head < SMALL_HEAD:
            yield (x0 + x1) / 2, y0 + head / 2


def _tiles(spots: Boxes, width: int, height: int, side: int) -> list[tuple[int, int]]:
    """Left upper corners of the squares of `side` that hold every spot, each well inside of one."""
    tiles: list[tuple[int, int]] = []
    for x, y in spots:
        inside = any(
            left + side / 6 < x < left + side * 5 / 6 and top + side / 6 < y < top + side * 5 / 6
            for left, top in tiles
        )
        if not inside:
            left = min(max(0, round(x - side / 2)), width - side)
            top = min(max(0, round(y - side / 2)), height - side)
            tiles.append((left, top))
    return tiles
