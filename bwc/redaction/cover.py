"""From tracks to what is filled: boxes grown so that the whole head is inside.

Pure. A face box of the finder ends at hairline and cheeks; a head needs more. A box that was
carried rather than seen grows with time, and a fast one with its speed.
"""

import numpy as np
import numpy.typing as npt

from bwc.redaction.track import How, Track

FACE_SIDES = 0.22  # of the width, each side: ears
CLEAR_FACE = 0.75
TURNED_SIDES = 1.1  # a head turned away: the box sits on one side of it
FACE_ABOVE = 0.5  # of the height: hair and hats
FACE_BELOW = 0.18
UNSEEN_GROWTH = 0.04  # of the size for each frame since the last sighting
MOST_UNSEEN = 0.4
SPEED_GROWTH = 0.5  # of what the box moves within one frame: half a frame's motion blur each way


def cover_face(track: Track) -> npt.NDArray[np.float32]:
    """(n, 4): the head around each face box of `track`."""
    boxes = _steady(track.boxes)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    sides = FACE_SIDES if track.best >= CLEAR_FACE else TURNED_SIDES
    grown = boxes + np.stack(
        [-sides * width, -FACE_ABOVE * height, sides * width, FACE_BELOW * height], axis=1
    )
    return _doubtful(grown, track)


def cover_head(track: Track) -> npt.NDArray[np.float32]:
    """(n, 4): what is filled for each inferred head, which is wide already."""
    return _doubtful(_steady(track.boxes), track)


def _steady(boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Each box joined with its neighbours in time: one bad box uncovers nothing."""
    padded = np.concatenate([boxes[:1], boxes, boxes[-1:]])
    low = np.minimum(np.minimum(padded[:-2, :2], padded[1:-1, :2]), padded[2:, :2])
    high = np.maximum(np.maximum(padded[:-2, 2:], padded[1:-1, 2:]), padded[2:, 2:])
    return np.concatenate([low, high], axis=1)


def _doubtful(boxes: npt.NDArray[np.float32], track: Track) -> npt.NDArray[np.float32]:
    """Boxes grown by the time since the nearest sighting and by their speed."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    share = (UNSEEN_GROWTH * _frames_unseen(track.how)).clip(0, MOST_UNSEEN)[:, None]
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    moved = np.abs(np.diff(middles, axis=0, prepend=middles[:1]))
    extra = share * sizes / 2 + SPEED_GROWTH * moved
    return np.concatenate([boxes[:, :2] - extra, boxes[:, 2:] + extra], axis=1).astype(np.float32)


def _frames_unseen(how: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """For each frame, how far the nearest sighting is, in frames."""
    seen = np.flatnonzero(how == How.SEEN)
    if not len(seen):
        return np.zeros(len(how), np.float32)
    at = np.arange(len(how))
    after = np.searchsorted(seen, at).clip(0, len(seen) - 1)
    before = (after - 1).clip(0)
    apart = np.minimum(np.abs(seen[after] - at), np.abs(at - seen[before]))
    return np.asarray(apart, np.float32)
