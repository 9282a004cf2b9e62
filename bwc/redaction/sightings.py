"""The best looks at each track: crops of the original, and what its face looks like.

One pass over the recording. A crop is upright, square, and shows what the plan hides: it is for
those who may watch the recording. Vectors live in what `look_again` gives back and nowhere else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from av.video.frame import VideoFrame

from bwc.errors import MediaError
from bwc.media.decode import open_frames
from bwc.redaction.detect import Finder, Picture
from bwc.redaction.face_vectors import Encoder
from bwc.redaction.keys import Region
from bwc.redaction.meeting import upright_region
from bwc.redaction.people import GROUPED, Vector
from bwc.redaction.pictures import upright
from bwc.redaction.plan import Kind, Plan, PlannedTrack

SIDE = 256  # pixels of a crop; the finder is compiled for this one size
MARGIN = 0.15  # around what is hidden, each side
JPEG_QUALITY = 85
LOOKS = {Kind.FACE: 3, Kind.HEAD: 1, Kind.PERSON: 1}
TRIED = 8  # moments weighed for each look
FACE_FLOOR = 0.35
LEAST_FACE = (
    40.0  # pixels of the original; of strangers with smaller ones one pair in five is alike
)

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Crop:
    """One look at a track as JPEG without any tag. `score` is the face's, 0 where none showed."""

    track: int
    pts: int
    score: float
    jpeg: bytes = field(repr=False)


@dataclass(slots=True)
class Looked:
    """The best crop of each track, and vectors of its faces."""

    crops: dict[int, Crop] = field(default_factory=dict)
    likeness: dict[int, list[Vector]] = field(default_factory=dict, repr=False)

    def add(self, crop: Crop, vector: Vector | None) -> None:
        """Keep `crop` where it is the best of its track, and the vector in any case."""
        best = self.crops.get(crop.track)
        if best is None or crop.score > best.score:
            self.crops[crop.track] = crop
        if vector is not None:
            self.likeness.setdefault(crop.track, []).append(vector)


def look_again(
    path: Path,
    plan: Plan,
    *,
    faces: Finder,
    encoder: Encoder | None,
    report: Report = lambda _: None,
) -> Looked:
    """Look at each track of `plan` where it shows best in the recording at `path`.

    Args:
        path: the recording the plan was made for.
        plan: whose tracks.
        faces: finds the face within a crop.
        encoder: makes vectors of faces; without one nothing is known of how they look.
        report: told the number of frames passed so far.
    """
    waiting = sorted(_wanted(plan), key=lambda look: (look[0], look[1].id), reverse=True)
    looked = Looked()
    if not waiting:
        return looked
    with open_frames(path) as source:
        for count, frame in enumerate(source.frames(), 1):
            pts = frame.pts or 0
            due = []
            while waiting and waiting[-1][0] <= pts:
                due.append(waiting.pop()[1])
            if due:
                _look(frame, due, plan=plan, looked=looked, eyes=(faces, encoder))
            report(count)
            if not waiting:
                break
    return looked


def _wanted(plan: Plan) -> Iterator[tuple[int, PlannedTrack]]:
    """When to look at which track: in each part of its life, where it is largest."""
    size = plan.original
    for track in plan.tracks:
        if track.kind not in GROUPED:
            continue
        first, last = track.seen or (track.keys[0].pts, track.keys[-1].pts)
        parts = LOOKS[track.kind]
        for part in range(parts):
            start = first + (last - first) * part // parts
            end = first + (last - first) * (part + 1) // parts
            moments = {start + (end - start) * step // TRIED for step in range(TRIED + 1)}
            regions = {
                pts: region
                for pts in sorted(moments)
                if (region := track.region(pts, width=size.width, height=size.height)) is not None
            }
            if regions:
                yield max(regions, key=lambda pts: _size(regions[pts])), track
            if first == last:
                break


def _look(
    frame: VideoFrame,
    due: list[PlannedTrack],
    *,
    plan: Plan,
    looked: Looked,
    eyes: tuple[Finder, Encoder | None],
) -> None:
    """Take the crops of one frame."""
    size, (faces, encoder) = plan.original, eyes
    whole = frame.reformat(width=size.width, height=size.height, format="rgb24")
    picture = upright(np.asarray(whole.to_ndarray(), np.uint8), size.rotation)
    for track in due:
        region = track.region(frame.pts or 0, width=size.width, height=size.height)
        if region is None:
            continue
        view, side = _square(picture, upright_region(region, size))
        box = _face_in(view, faces)
        is_clear = box is not None and (box[2] - box[0]) * side / SIDE >= LEAST_FACE
        vector = None
        if encoder is not None and box is not None and is_clear and track.kind is Kind.FACE:
            vector = encoder.encode(view, (box[0], box[1], box[2], box[3]))
        score = box[4] * (1.0 if is_clear else 0.5) if box is not None else 0.0
        looked.add(Crop(track.id, frame.pts or 0, round(score, 3), as_jpeg(view)), vector)


def _square(picture: Picture, region: Region) -> tuple[Picture, float]:
    """The square around `region` at `SIDE` pixels, black outside of the picture; its true side."""
    side = round(max(region.x1 - region.x0, region.y1 - region.y0) * (1 + 2 * MARGIN))
    left = (region.x0 + region.x1 - side) // 2
    top = (region.y0 + region.y1 - side) // 2
    view = np.zeros((side, side, 3), np.uint8)
    height, width = picture.shape[:2]
    x0, x1 = max(0, left), min(width, left + side)
    y0, y1 = max(0, top), min(height, top + side)
    if x0 < x1 and y0 < y1:
        view[y0 - top : y1 - top, x0 - left : x1 - left] = picture[y0:y1, x0:x1]
    way = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(view, (SIDE, SIDE), interpolation=way), np.uint8), float(side)


def _face_in(view: Picture, faces: Finder) -> tuple[float, float, float, float, float] | None:
    """The surest face whose middle lies in the middle of `view`, with its score."""
    best = None
    for x0, y0, x1, y1, score in faces.find(view).tolist():
        off = max(abs((x0 + x1) / 2 - SIDE / 2), abs((y0 + y1) / 2 - SIDE / 2))
        if score >= FACE_FLOOR and off < SIDE / 4 and (best is None or score > best[4]):
            best = (x0, y0, x1, y1, score)
    return best


def as_jpeg(picture: Picture) -> bytes:
    """(h, w, 3) uint8 RGB as JPEG without any tag."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, body = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise MediaError("no picture of a person could be made")
    return bytes(body.tobytes())


def _size(region: Region) -> int:
    return (region.x1 - region.x0) * (region.y1 - region.y0)
