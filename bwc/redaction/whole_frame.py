"""Hiding the whole picture where nothing certain can be said of it.

Of a picture that comes out of damaged data, neither detectors nor the independent look of verification
can say what a person will recognise in it: a face may be smeared, doubled or put together from two
moments, and the pixels depend on the decoder that concealed the loss. No profile and no wish to keep
somebody visible changes that, so that such pictures are filled whole, by a track like any other.

So are pictures that are too blurred or too faint for the finders (`clarity`), while the looks at them
find nobody for certain: there nobody may be, or anybody. Where somebody certain was found, the finders
evidently see enough.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from bwc.redaction.detect import Boxes
from bwc.redaction.heads import SURE_FACE, SURE_PERSON
from bwc.redaction.keys import Key
from bwc.redaction.observe import LOOK_SECONDS
from bwc.redaction.plan import DAMAGED, UNCLEAR, Change, Effect, Kind, Plan, PlannedTrack
from bwc.redaction.sights import Observations

WHY = {
    DAMAGED: "they come out of damaged data",
    UNCLEAR: "they are too blurred or too faint for the detectors, which found nobody for certain",
}


def whole_frames(
    seen: Observations, size: tuple[int, int], *, after: int, exemption: str, hides_people: bool
) -> tuple[PlannedTrack, ...]:
    """A track over each stretch of frames of which nothing certain can be said.

    Args:
        seen: what is known of each frame.
        size: width and height of the stored picture.
        after: the number of the last track there is already.
        exemption: the code that says why.
        hides_people: whether heads are to be hidden; else only damage counts.
    """
    damaged = np.array(seen.corrupt, bool)
    unclear = uncertain(seen) & ~damaged & hides_people
    runs = [(DAMAGED, run) for run in _runs(damaged)] + [(UNCLEAR, run) for run in _runs(unclear)]
    return tuple(
        PlannedTrack(
            id=number,
            kind=Kind.FRAME,
            effect=Effect.SOLID,
            exemption=exemption,
            author=author,
            best_score=1.0,
            sightings=last - first + 1,
            keys=tuple(Key(seen.pts[at], 0, 0, *size) for at in dict.fromkeys((first, last))),
        )
        for number, (author, (first, last)) in enumerate(runs, start=after + 1)
    )


def uncertain(seen: Observations) -> npt.NDArray[np.bool_]:
    """Frames too unclear for the finders, whose nearest look found nobody for certain.

    Each frame goes by the most of those around it, no further away than a look: tracks bridge what
    is shorter, and a picture that blurs for a moment with every step does not flicker.
    """
    times = np.array([float(second) for second in seen.seconds])
    doubtful = np.array(seen.unclear, bool) & ~_answered(seen)
    if not doubtful.any():
        return doubtful
    before = np.concatenate([[0], doubtful.cumsum()])
    first = np.searchsorted(times, times - float(LOOK_SECONDS), side="left")
    past = np.searchsorted(times, times + float(LOOK_SECONDS), side="right")
    return np.asarray(2 * (before[past] - before[first]) > past - first, bool)


def frames_hidden_whole(plan: Plan, author: str) -> int:
    """How many frames this rule hides."""
    return sum(track.sightings for track in plan.tracks if track.author == author)


def why(tracks: Sequence[PlannedTrack]) -> tuple[Change, ...]:
    """The lines of the plan's history for the tracks of `whole_frames`; none for none."""
    counts = {
        rule: sum(track.sightings for track in tracks if track.author == rule) for rule in WHY
    }
    return tuple(
        Change(by="bwc", what=f"hid {count} frames whole: {WHY[rule]}, so that nothing is certain")
        for rule, count in counts.items()
        if count
    )


def _answered(seen: Observations) -> npt.NDArray[np.bool_]:
    """For each frame, whether somebody certain was found at the look nearest to it.

    A glance that found nobody is no answer: it asked about faces alone.
    """
    found = np.array(
        [
            _best(seen.faces[at]) >= SURE_FACE or _best(seen.people[at]) >= SURE_PERSON
            for at in range(len(seen.pts))
        ],
        bool,
    )
    looks = np.flatnonzero(found | np.array(seen.people_looked, bool))
    if not len(looks):
        return found
    at = np.arange(len(found))
    later = np.searchsorted(looks, at).clip(0, len(looks) - 1)
    earlier = (later - 1).clip(0)
    is_later = np.abs(looks[later] - at) < np.abs(at - looks[earlier])
    return np.asarray(found[looks[np.where(is_later, later, earlier)]], bool)


def _best(boxes: Boxes) -> float:
    """The best score among them; 0 where there is none."""
    return float(boxes[:, 4].max(initial=0.0))


def _runs(marked: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and last index of each run of true."""
    for is_marked, run in groupby(range(len(marked)), key=lambda at: bool(marked[at])):
        if is_marked:
            indexes = list(run)
            yield indexes[0], indexes[-1]
