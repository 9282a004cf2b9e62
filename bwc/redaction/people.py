"""Who is who: the face, head and person tracks of one recording, grouped into persons.

Pure. Tracks that lie in one place at one time are joined, then those whose faces are alike. Two
tracks that show two people at one time are never joined, whatever else speaks for it. A person is
a number within one plan. Grouping says nothing of what is hidden: a track keeps its `shown`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bwc.redaction.meeting import Meeting, meetings
from bwc.redaction.plan import Change, Kind, Plan, PlannedTrack

Vector = npt.NDArray[np.float64]  # (128,), what one face looks like; only ever in memory
Likeness = Mapping[int, Sequence[Vector]]  # track id to vectors of its face

GROUPED = (Kind.FACE, Kind.HEAD, Kind.PERSON)
ALIKE = 0.45  # mean distance; 108 pairs of strangers, faces of 40 pixels: none below 0.51
UNLIKE = 0.6  # the makers' own limit: beyond it, not even one place makes one person
NO_LIKENESS: Likeness = {}


def group(plan: Plan, likeness: Likeness = NO_LIKENESS, *, by: str = "bwc") -> Plan:
    """`plan` with a person for each track of a face, a head or a body.

    Args:
        plan: any plan; persons it has already are found anew.
        likeness: vectors of the faces of some tracks; without any, place and time decide alone.
        by: who the history says it was.
    """
    tracks = [track for track in plan.tracks if track.kind in GROUPED]
    groups = _Groups(tracks, likeness)
    pairs = list(meetings(tracks, plan.original))
    for meeting in pairs:
        if meeting.shows_two or _is_same_kind_at_once(meeting):
            groups.forbid(meeting.left.id, meeting.right.id)
    together = [meeting for meeting in pairs if meeting.closeness is not None]
    for meeting in sorted(together, key=_closest_first):
        groups.join_by_place(meeting.left.id, meeting.right.id)
    groups.join_by_likeness()
    persons = groups.persons()
    how = "place and likeness" if likeness else "place"
    what = f"{len(set(persons.values()))} persons by {how}"
    return plan.model_copy(
        update={
            "tracks": tuple(
                track.model_copy(update={"person": persons.get(track.id)}) for track in plan.tracks
            ),
            "history": (*plan.history, Change(by=by, what=what)),
        }
    )


def has_persons(plan: Plan) -> bool:
    """Whether somebody has grouped it already."""
    return any(track.person is not None for track in plan.tracks)


def by_person(plan: Plan) -> dict[int, list[PlannedTrack]]:
    """The tracks of each person, persons in rising order."""
    found: dict[int, list[PlannedTrack]] = {}
    for track in plan.tracks:
        if track.person is not None:
            found.setdefault(track.person, []).append(track)
    return dict(sorted(found.items()))


class _Groups:
    """Tracks as growing groups; row i of each matrix is the group that began with track i."""

    def __init__(self, tracks: Sequence[PlannedTrack], likeness: Likeness) -> None:
        """Each track by itself."""
        self._ids = [track.id for track in tracks]
        self._at = {track.id: at for at, track in enumerate(tracks)}
        self._root = list(range(len(tracks)))
        self._apart = np.zeros((len(tracks), len(tracks)), bool)
        self._counts = np.array([len(likeness.get(each, ())) for each in self._ids], np.float64)
        self._distances = _distances([likeness.get(each, ()) for each in self._ids])

    def forbid(self, left: int, right: int) -> None:
        """The tracks of these ids are two people."""
        a, b = self._at[left], self._at[right]
        self._apart[a, b] = self._apart[b, a] = True

    def join_by_place(self, left: int, right: int) -> None:
        """Make one of the groups of two tracks, unless something speaks against it."""
        a, b = sorted((self._root[self._at[left]], self._root[self._at[right]]))
        if a != b and not self._apart[a, b] and not self._distances[a, b] > UNLIKE:
            self._merge(a, b)

    def join_by_likeness(self) -> None:
        """Join the two groups that look most alike, again and again, while any are alike."""
        if not self._ids:
            return
        left = np.where(self._apart | np.isnan(self._distances), np.inf, self._distances)
        np.fill_diagonal(left, np.inf)
        while True:
            a, b = sorted(divmod(int(np.argmin(left)), len(self._ids)))
            if left[a, b] > ALIKE:
                return
            self._merge(a, b)
            row = np.where(
                self._apart[a] | np.isnan(self._distances[a]), np.inf, self._distances[a]
            )
            row[a] = np.inf
            left[a, :] = left[:, a] = row
            left[b, :] = left[:, b] = np.inf

    def persons(self) -> dict[int, int]:
        """Track id to person, numbered from 1 in the order of their first tracks."""
        numbers: dict[int, int] = {}
        for root in self._root:
            numbers.setdefault(root, len(numbers) + 1)
        return {each: numbers[self._root[at]] for at, each in enumerate(self._ids)}

    def _merge(self, a: int, b: int) -> None:
        """Put group `b` into group `a`, its distances as the mean over all pairs of vectors."""
        weights = self._counts[[a, b]]
        rows = self._distances[[a, b]]
        if weights.all():
            rows = np.average(rows, axis=0, weights=weights)
        else:
            rows = rows[int(np.argmax(weights))]
        self._distances[a, :] = self._distances[:, a] = rows
        self._distances[b, :] = self._distances[:, b] = np.nan
        self._apart[a, :] |= self._apart[b, :]
        self._apart[:, a] |= self._apart[:, b]
        self._counts[a], self._counts[b] = weights.sum(), 0.0
        self._root = [a if root == b else root for root in self._root]


def _distances(vectors: Sequence[Sequence[Vector]]) -> npt.NDArray[np.float64]:
    """(n, n): mean distance between the faces of two tracks; NaN where one has none."""
    distances = np.full((len(vectors), len(vectors)), np.nan)
    known = [at for at, faces in enumerate(vectors) if len(faces)]
    if not known:
        return distances
    counts = [len(vectors[at]) for at in known]
    starts = np.cumsum([0, *counts[:-1]])
    stacked = np.concatenate([np.stack(vectors[at]) for at in known])
    lengths = (stacked**2).sum(axis=1)
    for at, start, count in zip(known, starts, counts, strict=True):
        own = slice(start, start + count)
        squares = lengths[own, None] + lengths[None] - 2 * stacked[own] @ stacked.T
        gaps = np.sqrt(squares.clip(0)).mean(axis=0)
        distances[at, known] = np.add.reduceat(gaps, starts) / counts
    return np.asarray((distances + distances.T) / 2, np.float64)


def _is_same_kind_at_once(meeting: Meeting) -> bool:
    """Two faces seen at one time are two faces, even where their boxes overlap."""
    return meeting.left.kind is meeting.right.kind and meeting.is_at_once


def _closest_first(meeting: Meeting) -> tuple[float, int, int]:
    """The order in which meetings are asked."""
    return (-(meeting.closeness or 0.0), meeting.left.id, meeting.right.id)
