"""What is wrong with a plan that can be read: what it would leave visible or cannot keep. Pure."""

from collections import Counter
from collections.abc import Iterator

from bwc.redaction import models
from bwc.redaction.meeting import show_two
from bwc.redaction.people import by_person
from bwc.redaction.plan import FrameState, Plan
from bwc.redaction.plan_words import listed


def faults(plan: Plan) -> list[str]:
    """Each fault in a sentence; none for a plan that is sound in itself."""
    return [*_track_faults(plan), *_ledger_faults(plan), *_person_faults(plan)]


def _track_faults(plan: Plan) -> Iterator[str]:
    """Tracks that cannot be told apart, or hide nothing."""
    counts = Counter(track.id for track in plan.tracks)
    twice = sorted(number for number, count in counts.items() if count > 1)
    if twice:
        yield f"track numbers that stand for several tracks: {listed(twice)}"
    size = plan.original
    outside, late = [], []
    for track in plan.tracks:
        regions = (
            track.region(key.pts, width=size.width, height=size.height) for key in track.keys
        )
        if all(region is None for region in regions):
            outside.append(track.id)
        if track.keys[-1].pts < size.first_pts or track.keys[0].pts > size.last_pts:
            late.append(track.id)
    if outside:
        yield f"tracks that lie outside of the picture: {listed(outside)}"
    if late:
        yield f"tracks that lie outside of the recording's time: {listed(late)}"


def _ledger_faults(plan: Plan) -> Iterator[str]:
    """Frames that nobody looked at, and finders that nobody knows."""
    if not plan.ledger:
        yield "no detector says what it saw: every frame is unseen"
    known = {model.sha256 for model in plan.models}
    pinned = {file.sha256 for file in models.pinned()}
    for ledger in plan.ledger:
        name = ledger.model[:12]
        seen = sum(run.frames for run in ledger.runs if run.state is not FrameState.UNSEEN)
        if seen != plan.original.frames:
            yield f"model {name} saw {seen} of {plan.original.frames} frames"
        if ledger.model not in known:
            yield f"model {name} has a ledger and is not among the models"
        if ledger.model not in pinned:
            yield f"model {name} has a ledger and is none that models.toml pins"


def _person_faults(plan: Plan) -> Iterator[str]:
    """Persons that cannot be one."""
    for person, tracks in by_person(plan).items():
        two = show_two(tracks, plan.original)
        if two is not None:
            yield (
                f"person {person} is seen at two places at one time: "
                f"tracks {two.left.id} and {two.right.id}"
            )
