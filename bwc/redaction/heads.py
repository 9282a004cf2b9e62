"""Which tracks count, and where a head is when no face shows.

Pure. A face track counts when the finder was sure once, or fairly sure for a while, or when a
person's head is where it lies, or when it stays, however weak, beside somebody who is certain. A
person's head is hidden on every frame on which no face was found for it: where it was seen to sit
in that person's box, else where heads sit in people.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bwc.redaction.plan import Dropped, DropReason, Kind
from bwc.redaction.track import Box, Boxes, Chain, How, Scene, Timing, Track, fill, link

SURE_FACE = 0.45  # on footage without a face none reached 0.41, on any kind of processor
FAIR_FACE = 0.43  # a house front stayed for two seconds, at 0.37 and less but for one look
FAIR_SECONDS = 0.3
SUPPORTED_SIGHTINGS = 3
SUPPORTED_FACE = 0.2  # where a person's head is, even a weak answer is a face turned away
LINGERING_FACE = 0.25  # beside somebody certain; wheels where nobody is stayed at 0.3 for 2 seconds
LINGERING_SIGHTINGS = 4
LINGERING_SECONDS = 0.4
CLEAR_FACE = 0.75  # below, the head is turned: the box sits on one side of it
SURE_PERSON = 0.5
LONE_PERSON = 0.9  # on one frame alone
FAIR_PERSON = 0.4  # trees and signs reached 0.34 for half a second
PERSON_SECONDS = 0.25
EDGE = 0.01  # of the picture's size; at 0.05 as many heads are hidden, at more collateral
SMALLEST = 6.0  # pixels; below this nothing tells a person

# A standing person is about 7.5 heads high and 2.5 wide; arms widen the box.
HEAD_PER_WIDTH = 0.42
LEAST_HEAD, MOST_HEAD = 0.13, 0.45  # of the person's height
HEAD_ASPECT = 0.85  # width of a head by its height
HEAD_ZONE = 0.45  # of the person's height in which a face is looked for
LEAST_SHARE, MOST_SHARE = 0.04, 0.8  # of the person's width: one box may hold two people
NEAR_FACE = 0.4  # of the person's height: a person so near that the box is the head
NEAR_ZONE, NEAR_SHARE = 0.8, 1.3
SPREAD = 0.22  # share of the person's width by which a head may sit beside the middle
LIFT = 0.06  # share of the person's height that hair and hats rise above the box


@dataclass(frozen=True, slots=True)
class Followed:
    """What counts: face, head and person tracks; and, by reason, how many chains were noise."""

    faces: list[Track]
    heads: list[Track]
    people: list[Track]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class _Placement:
    """Where a face sat in a person's box: its middle and its size in shares of the width."""

    index: int
    x: float
    y: float
    width: float
    height: float


def follow(
    faces: Sequence[Boxes], people: Sequence[Boxes], scene: Scene, timing: Timing
) -> Followed:
    """Face and head tracks out of the sightings of each frame."""
    face_chains = link(faces, scene, timing)
    person_chains = link(people, scene, timing)
    dropped: Counter[tuple[Kind, DropReason]] = Counter()
    persons = []
    for chain in person_chains:
        reason = _no_person(chain, scene)
        if reason is None:
            persons.append(fill(chain, scene, timing, before=_coming_in(chain, scene, timing)))
        else:
            dropped[Kind.PERSON, reason] += 1
    tracks, doubtful = [], []
    for chain in face_chains:
        reason = _no_face(chain, scene, persons)
        if reason is None:
            tracks.append(fill(chain, scene, timing))
        else:
            doubtful.append((chain, reason))
    sure = [track for track in tracks if track.best >= SURE_FACE]
    somebody = _somebody([*sure, *persons], len(scene.seconds))
    for chain, reason in doubtful:
        if reason is not DropReason.SIZE and _lingers(chain, scene, somebody):
            tracks.append(fill(chain, scene, timing))
        else:
            dropped[Kind.FACE, reason] += 1
    heads = [head for person in persons for head in _heads_of(person, tracks)]
    return Followed(tracks, heads, persons, _written(dropped))


def _written(dropped: Counter[tuple[Kind, DropReason]]) -> tuple[Dropped, ...]:
    """What was dropped, as lines of the plan."""
    return tuple(
        Dropped(kind=kind, reason=reason, chains=count)
        for (kind, reason), count in sorted(dropped.items())
    )


def _no_person(chain: Chain, scene: Scene) -> DropReason | None:
    """Why a chain of person sightings is no person; None where it is one."""
    if chain.best < FAIR_PERSON:
        return DropReason.WEAK
    if chain.best >= SURE_PERSON and (len(chain.found) > 1 or chain.best >= LONE_PERSON):
        return None
    return None if chain.lasts(scene) >= PERSON_SECONDS else DropReason.BRIEF


def _coming_in(chain: Chain, scene: Scene, timing: Timing) -> float | None:
    """For how long a person rolls back who is cut off by the picture's edge when first seen.

    He came in over it, and a head that comes in alone, without its shoulders, is no person to the
    finder. It is hidden until it leaves the picture, backwards.
    """
    x0, y0, x1, y1 = chain.found[chain.first]
    x, y = EDGE * scene.width, EDGE * scene.height
    is_cut_off = x0 <= x or y0 <= y or x1 >= scene.width - x or y1 >= scene.height - y
    return timing.longest_roll if is_cut_off else None


def _no_face(chain: Chain, scene: Scene, persons: Sequence[Track]) -> DropReason | None:
    """Why a chain of face sightings is no face; None where it is one."""
    sizes = np.array([box[2:] - box[:2] for box in chain.found.values()])
    if float(np.median(sizes.min(axis=1))) < SMALLEST:
        return DropReason.SIZE
    if chain.best >= SURE_FACE:
        return None
    if _is_fair_for_a_while(chain, scene):
        return None
    if chain.best < SUPPORTED_FACE:
        return DropReason.WEAK
    if len(chain.found) < SUPPORTED_SIGHTINGS:
        return DropReason.BRIEF
    inside = sum(
        any(_in_head_zone(box, person, index) for person in persons)
        for index, box in chain.found.items()
    )
    return None if 2 * inside >= len(chain.found) else DropReason.WEAK


def _is_fair_for_a_while(chain: Chain, scene: Scene) -> bool:
    """Whether the finder was fairly sure at looks that lie so far apart."""
    fair = [index for index, score in chain.scores.items() if score >= FAIR_FACE]
    if not fair:
        return False
    return float(scene.seconds[max(fair)] - scene.seconds[min(fair)]) >= FAIR_SECONDS


def _somebody(certain: Sequence[Track], frames: int) -> npt.NDArray[np.bool_]:
    """On which frames anybody certain is in the picture."""
    there = np.zeros(frames, bool)
    for track in certain:
        there[track.first : track.first + len(track.boxes)] = True
    return there


def _lingers(chain: Chain, scene: Scene, somebody: npt.NDArray[np.bool_]) -> bool:
    """Whether a weak answer stays for a while in company: one person is seldom alone.

    It hides the small and far behind the one who is near. On 23 clips it adds six chains; five of
    them cover less than 0.4 % of their picture.
    """
    return bool(
        chain.best >= LINGERING_FACE
        and len(chain.found) >= LINGERING_SIGHTINGS
        and chain.lasts(scene) >= LINGERING_SECONDS
        and 2 * int(somebody[list(chain.found)].sum()) >= len(chain.found)
    )


def _in_head_zone(face: Box, person: Track, index: int) -> bool:
    """Whether the middle of `face` lies where this person's head may be, at a head's size."""
    at = index - person.first
    if not 0 <= at < len(person.boxes):
        return False
    x0, y0, x1, y1 = person.boxes[at]
    width, height = x1 - x0, y1 - y0
    x, y = (face[0] + face[2]) / 2, (face[1] + face[3]) / 2
    share = (face[2] - face[0]) / max(width, 1.0)
    is_near = face[3] - face[1] > NEAR_FACE * height
    zone = NEAR_ZONE if is_near else HEAD_ZONE
    placed = x0 <= x <= x1 and y0 - LIFT * height <= y <= y0 + zone * height
    return bool(placed and LEAST_SHARE < share < (NEAR_SHARE if is_near else MOST_SHARE))


def _heads_of(person: Track, faces: Sequence[Track]) -> list[Track]:
    """Head tracks over the frames of `person` on which no face track is known for it."""
    learned, covered = _look_for_face(person, faces)
    runs: list[list[int]] = []
    for at in range(len(person.boxes)):
        if covered[at]:
            continue
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return [
        Track(
            first=person.first + run[0],
            boxes=np.stack([_head(person.boxes[at], person.first + at, learned) for at in run]),
            how=person.how[run[0] : run[-1] + 1],
            best=person.best,
            sightings=int((person.how[run] == How.SEEN).sum()),
        )
        for run in runs
    ]


def _look_for_face(
    person: Track, faces: Sequence[Track]
) -> tuple[list[_Placement], npt.NDArray[np.bool_]]:
    """Where faces sat in this person, and on which of its frames one is certain to be hidden."""
    learned = []
    covered = np.zeros(len(person.boxes), bool)
    for face in faces:
        together = range(
            max(face.first, person.first),
            min(face.first + len(face.boxes), person.first + len(person.boxes)),
        )
        for index in together:
            offset = index - face.first
            box = face.boxes[offset]
            if face.how[offset] == How.ROLLED or not _in_head_zone(box, person, index):
                continue
            at = index - person.first
            covered[at] |= face.best >= CLEAR_FACE
            if face.how[offset] == How.SEEN:
                learned.append(_placement(box, person.boxes[at], index))
    return learned, covered


def _placement(face: Box, person: Box, index: int) -> _Placement:
    """`face` relative to the box of its person."""
    width = max(float(person[2] - person[0]), 1.0)
    return _Placement(
        index,
        x=float((face[0] + face[2]) / 2 - person[0]) / width,
        y=float((face[1] + face[3]) / 2 - person[1]) / width,
        width=float(face[2] - face[0]) / width,
        height=float(face[3] - face[1]) / width,
    )


def _head(person: Box, index: int, learned: Sequence[_Placement]) -> Box:
    """The region that holds the head of `person`, wider the less is known."""
    x0, y0, x1, y1 = (float(edge) for edge in person)
    width, height = x1 - x0, y1 - y0
    size = min(max(HEAD_PER_WIDTH * width, LEAST_HEAD * height), MOST_HEAD * height)
    middle, half = (x0 + x1) / 2, HEAD_ASPECT * size / 2 + SPREAD * width
    top, bottom = y0 - LIFT * height, y0 + size
    if learned:
        near = min(learned, key=lambda place: abs(place.index - index))
        x, y = x0 + near.x * width, y0 + near.y * width
        half = max(near.width * width, HEAD_ASPECT * size) / 2 + SPREAD * width / 2
        middle = x
        top = min(top, y - near.height * width)
        bottom = max(bottom, y + near.height * width * 0.75)
    return np.array([middle - half, top, middle + half, bottom], np.float32)
