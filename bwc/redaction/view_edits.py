"""What of a plan a reviewer edits by hand: drawn tracks with their key boxes, stretches of sound. Pure.

Times are seconds since the first picture, `pts` the same exactly; boxes are shares of the picture as it
is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bwc.redaction.drawn import Box
from bwc.redaction.key_boxes import hand_keys
from bwc.redaction.keys import Key
from bwc.redaction.plan import UNCLEAR, MutedSpan, Plan, PlannedTrack, SoundEffect
from bwc.redaction.plan_words import second_of, seconds_of
from bwc.redaction.review_list import shares_of
from bwc.redaction.sound_edits import seconds_of_cut


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key box as somebody drew it."""

    pts: int
    second: float
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """A track that a person drew; `carried_by` is the tracker that carried it, if one did."""

    id: int
    exemption: str
    author: str
    first: float
    last: float
    carried_by: str | None
    keys: tuple[KeyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundLine:
    """A stretch of sound: its number in this version of the plan, and what is heard instead."""

    number: int
    first: float
    last: float
    effect: SoundEffect
    found: str | None
    exemption: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """All of it; `seconds` is how long the recording is, with what is heard after its last picture.

    `unclear` are tracks that no person drew, and that a person may take away: of whole pictures in
    which the finders saw too little.
    """

    seconds: float
    drawn: tuple[DrawnLine, ...]
    unclear: tuple[DrawnLine, ...]
    sound: tuple[SoundLine, ...]
    proposed: tuple[SoundLine, ...]


def edits_of(plan: Plan, *, lasts: float) -> Edits:
    """What of `plan` can be edited by hand; `lasts` are the seconds that its file states."""
    return Edits(
        seconds=max(lasts, second_of(plan, plan.original.last_pts)),
        drawn=tuple(_drawn(plan, track) for track in plan.tracks if hand_keys(track)),
        unclear=tuple(_drawn(plan, track) for track in plan.tracks if track.author == UNCLEAR),
        sound=_sound(plan, plan.sound),
        proposed=_sound(plan, plan.proposed),
    )


def _drawn(plan: Plan, track: PlannedTrack) -> DrawnLine:
    first, last = seconds_of(track, plan)
    return DrawnLine(
        id=track.id,
        exemption=track.exemption,
        author=track.author,
        first=first,
        last=last,
        carried_by=track.carried_by,
        keys=tuple(_key(plan, key) for key in hand_keys(track)),
    )


def _key(plan: Plan, key: Key) -> KeyLine:
    return KeyLine(key.pts, second_of(plan, key.pts), shares_of(key, plan.original))


def _sound(plan: Plan, cuts: Sequence[MutedSpan]) -> tuple[SoundLine, ...]:
    lines = []
    for number, cut in enumerate(cuts, start=1):
        first, last = seconds_of_cut(plan, cut)
        lines.append(
            SoundLine(
                number=number,
                first=first,
                last=last,
                effect=cut.effect,
                found=cut.found,
                exemption=cut.exemption,
                author=cut.author,
            )
        )
    return tuple(lines)
