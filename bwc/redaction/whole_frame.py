"""Hiding the whole picture where nothing certain can be said of it.

Of a picture that comes out of damaged data, neither detectors nor the independent look of verification
can say what a person will recognise in it: a face may be smeared, doubled or put together from two
moments, and the pixels depend on the decoder that concealed the loss. No profile and no wish to keep
somebody visible changes that, so that such pictures are filled whole, by a track like any other.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bwc.media.decode import VideoLook
from bwc.redaction.keys import Key
from bwc.redaction.plan import Change, Effect, Kind, Plan, PlannedTrack

AUTHOR = "rule:damaged"


def whole_frames(
    corrupt: Sequence[bool], pts: Sequence[int], look: VideoLook, *, after: int, exemption: str
) -> tuple[PlannedTrack, ...]:
    """A track over each run of `corrupt` frames.

    Args:
        corrupt: for each frame, whether it comes out of damaged data.
        pts: when each is shown.
        look: whose size is filled.
        after: the number of the last track there is already.
        exemption: the code that says why.
    """
    return tuple(
        PlannedTrack(
            id=number,
            kind=Kind.FRAME,
            effect=Effect.SOLID,
            exemption=exemption,
            author=AUTHOR,
            best_score=1.0,
            sightings=last - first + 1,
            keys=tuple(
                Key(pts[at], 0, 0, look.width, look.height) for at in dict.fromkeys((first, last))
            ),
        )
        for number, (first, last) in enumerate(_runs(corrupt), start=after + 1)
    )


def frames_hidden_whole(plan: Plan) -> int:
    """How many frames the damage of the recording hides."""
    return sum(track.sightings for track in plan.tracks if track.author == AUTHOR)


def why(tracks: Sequence[PlannedTrack]) -> tuple[Change, ...]:
    """The line of the plan's history for the tracks of `whole_frames`; none for none."""
    count = sum(track.sightings for track in tracks)
    if not count:
        return ()
    words = f"hid {count} frames whole: they come out of damaged data, so that nothing is certain"
    return (Change(by="bwc", what=words),)


def _runs(corrupt: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last index of each run of true."""
    for is_corrupt, run in groupby(range(len(corrupt)), key=lambda at: corrupt[at]):
        if is_corrupt:
            indexes = list(run)
            yield indexes[0], indexes[-1]
