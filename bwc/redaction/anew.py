"""A recording that is looked at anew: what people hid and took out before stays. Pure.

Whom somebody left visible is hidden again: the new plan has other persons and tracks.
"""

from bwc.redaction.by_hand import AUTHOR
from bwc.redaction.plan import Change, Plan
from bwc.redaction.planning import ENGINE
from bwc.redaction.sound_order import merged


def with_work_of(plan: Plan, before: Plan, *, version: int) -> Plan:
    """`plan` with what people drew and took out in `before`, which is plan `version`.

    They are named in its history, as its authors, before the line that says so: undoing a later
    change never takes this away.
    """
    by_hand = [track for track in before.tracks if track.author.startswith(AUTHOR)]
    if not by_hand and not before.sound:
        return plan
    number = max((track.id for track in plan.tracks), default=0) + 1
    drawn = [track.model_copy(update={"id": at}) for at, track in enumerate(by_hand, number)]
    hands = {track.author for track in drawn} | {cut.author for cut in before.sound}
    lines = [
        Change(by=hand, what=f"drew or took out what is kept from plan {version}")
        for hand in sorted(hands)
        if hand.startswith(AUTHOR)
    ]
    what = f"kept from plan {version}: {len(drawn)} regions, {len(before.sound)} stretches of sound"
    return plan.model_copy(
        update={
            "tracks": (*plan.tracks, *drawn),
            "sound": tuple(merged([*plan.sound, *before.sound])),
            "history": (*plan.history, *lines, Change(by=ENGINE, what=what)),
        }
    )
