"""What a reviewer changes in the sound of a plan: stretches by hand, and what a transcript gave away.

Pure: each gives a new version of the plan, with a line in its history. Stretches are named by their
place in the plan, from 1 on. Seconds count from the first picture, as everywhere in a review; 0 means
from the recording's beginning. What was silent is heard again for a reason alone.

The plan's stretches cut the sound, the captions and the transcript alike.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from bwc.errors import InvalidInput, NotFound
from bwc.redaction.by_hand import changed, signed
from bwc.redaction.drawn import ground_of
from bwc.redaction.plan import MutedSpan, Plan, SoundEffect
from bwc.redaction.plan_words import listed
from bwc.redaction.sound_order import SHORTEST_SECONDS, TICKS, SoundOrder, later, merged, ratio
from bwc.redaction.transcript import Transcript
from bwc.timeline import merge, subtract


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """[first, last] seconds since the first picture, what is heard instead, and the ground."""

    first: float
    last: float
    effect: SoundEffect = SoundEffect.MUTE
    exemption: str


def offset(plan: Plan) -> Fraction:
    """The second of the plan's own clock at which the first picture is shown."""
    return plan.original.first_pts * plan.time_base


def beginning(plan: Plan) -> Fraction:
    """The second of the plan's own clock from which a transcript of the recording counts."""
    begins = plan.original.begins
    return offset(plan) if begins is None else Fraction(*begins)


def mute(plan: Plan, stretch: Stretch, *, by: str) -> Plan:
    """Take a stretch of the sound out.

    Raises:
        InvalidInput: too short, beyond the recording's end, or no ground.
    """
    cut = _cut(plan, stretch, by)
    return _sounding(plan, [*plan.sound, cut], what=f"sound taken out, {_when(plan, cut)}", by=by)


def retime(
    plan: Plan, number: int, stretch: Stretch, *, reason: str | None = None, by: str
) -> Plan:
    """Let a stretch begin and end elsewhere, or sound otherwise.

    Raises:
        NotFound: no such stretch.
        InvalidInput: as in `mute`, or something is heard again and nobody says why.
    """
    old, cut = _stretch(plan.sound, number), _cut(plan, stretch, by)
    cut = cut.model_copy(update={"found": old.found})
    rest = [each for at, each in enumerate(plan.sound, start=1) if at != number]
    _require_reason(plan, [*rest, cut], reason)
    why = f": {reason.strip()}" if reason and reason.strip() else ""
    what = f"sound taken out, {_when(plan, old)}, is now {_when(plan, cut)}{why}"
    return _sounding(plan, [*rest, cut], what=what, by=by)


def unmute(plan: Plan, number: int, *, reason: str, by: str) -> Plan:
    """Let a stretch be heard again.

    Raises:
        NotFound: no such stretch.
        InvalidInput: without a reason.
    """
    old = _stretch(plan.sound, number)
    rest = [each for at, each in enumerate(plan.sound, start=1) if at != number]
    if not reason.strip():
        raise InvalidInput("nothing is heard again without a reason", where=f"stretch {number}")
    what = f"sound heard again, {_when(plan, old)}: {reason.strip()}"
    return _sounding(plan, rest, what=what, by=by)


def propose(
    plan: Plan, transcript: Transcript, *, effect: SoundEffect, exemption: str, by: str
) -> Plan:
    """Put forward what patterns find in a transcript, for a person to decide on one by one.

    What is silent already is not put forward again. No word of the transcript is kept.

    Raises:
        InvalidInput: the transcript goes on after the recording's end, or no ground.
    """
    order = SoundOrder(
        transcript=transcript, effect=effect, exemption=ground_of(exemption), by=signed(by)
    )
    order.require_inside(_end(plan) - beginning(plan))
    quiet = merge([*plan.muted(), *(cut.span() for cut in plan.proposed)])
    found = [cut for cut in later(order.cuts(), beginning(plan)) if subtract([cut.span()], quiet)]
    names = ", ".join(sorted({cut.found or "" for cut in found})) or "nothing"
    what = f"a transcript read: {len(found)} stretches put forward ({names})"
    grown = plan.model_copy(update={"proposed": tuple(merged([*plan.proposed, *found]))})
    return changed(grown, lambda track: track, what=what, by=by)


def accept(plan: Plan, numbers: Collection[int], *, by: str) -> Plan:
    """Take out what was put forward under these numbers. Raises NotFound."""
    taken, left = _parted(plan, numbers)
    grown = plan.model_copy(update={"proposed": tuple(left)})
    what = f"sound taken out as put forward: {_all(plan, taken)}"
    return _sounding(grown, [*plan.sound, *taken], what=what, by=by)


def decline(plan: Plan, numbers: Collection[int], *, by: str) -> Plan:
    """Let be heard what was put forward under these numbers. Raises NotFound."""
    refused, left = _parted(plan, numbers)
    grown = plan.model_copy(update={"proposed": tuple(left)})
    what = f"heard, though put forward: {_all(plan, refused)}"
    return changed(grown, lambda track: track, what=what, by=by)


def _parted(plan: Plan, numbers: Collection[int]) -> tuple[list[MutedSpan], list[MutedSpan]]:
    """What was put forward under these numbers, and the rest."""
    if not numbers:
        raise NotFound("no stretch is named", expected="some of those that were put forward")
    taken = [_stretch(plan.proposed, number) for number in sorted(set(numbers))]
    left = [each for at, each in enumerate(plan.proposed, start=1) if at not in numbers]
    return taken, left


def _stretch(cuts: Sequence[MutedSpan], number: int) -> MutedSpan:
    if not 1 <= number <= len(cuts):
        raise NotFound(
            "there is no such stretch of sound",
            expected=f"one of {listed(range(1, len(cuts) + 1))}"
            if cuts
            else "a plan that has some",
            got=f"stretch {number}",
        )
    return cuts[number - 1]


def _cut(plan: Plan, stretch: Stretch, by: str) -> MutedSpan:
    """A stretch that a person named, on the plan's own clock, rounded outwards."""
    begins, ends = Fraction(str(stretch.first)), Fraction(str(stretch.last))  # as it was typed
    if ends - begins < SHORTEST_SECONDS:
        raise InvalidInput(
            "is too short: no word is as short",
            expected=f"an end at least {float(SHORTEST_SECONDS)} s after the start",
            got=f"{stretch.first:g} to {stretch.last:g} s",
        )
    start, end = begins + offset(plan), ends + offset(plan)
    if start >= _end(plan):
        raise InvalidInput(
            "a stretch to mute lies beyond the recording's end",
            expected=f"a start before {float(_end(plan) - offset(plan)):.3f} s",
            got=f"{stretch.first:g} s",
        )
    if begins <= 0:  # what is heard before the first picture belongs to it
        start = min(start, beginning(plan))
    return MutedSpan(
        start=ratio(floor(start * TICKS)),
        end=ratio(ceil(end * TICKS)),
        effect=stretch.effect,
        exemption=ground_of(stretch.exemption),
        author=signed(by),
    )


def _end(plan: Plan) -> Fraction:
    return plan.original.last_pts * plan.time_base


def _require_reason(plan: Plan, after: Sequence[MutedSpan], reason: str | None) -> None:
    """Refuse to let anything be heard again that nobody gave a reason for. Raises InvalidInput."""
    heard = subtract(merge(plan.muted()), merge([cut.span() for cut in after]))
    if heard and not (reason or "").strip():
        raise InvalidInput(
            "nothing is heard again without a reason",
            where="reason",
            got=", ".join(f"{float(s.start - offset(plan)):.2f} s" for s in heard[:3]),
        )


def _sounding(plan: Plan, cuts: Sequence[MutedSpan], *, what: str, by: str) -> Plan:
    grown = plan.model_copy(update={"sound": tuple(merged(cuts))})
    return changed(grown, lambda track: track, what=what, by=by)


def _when(plan: Plan, cut: MutedSpan) -> str:
    first, last = seconds_of_cut(plan, cut)
    found = f", {cut.found}" if cut.found else ""
    return f"{first:.2f} to {last:.2f} s ({cut.effect.value}{found})"


def _all(plan: Plan, cuts: Sequence[MutedSpan]) -> str:
    return ", ".join(_when(plan, cut) for cut in cuts)


def seconds_of_cut(plan: Plan, cut: MutedSpan) -> tuple[float, float]:
    """From when to when a stretch lasts, in seconds since the first picture."""
    span = cut.span()
    return (
        round(max(0.0, float(span.start - offset(plan))), 3),
        round(float(span.end - offset(plan)), 3),
    )


def read_on_own_clock(plan: Plan, transcript: Transcript) -> Transcript:
    """A transcript of the recording on the clock of the plan's stretches."""
    return transcript.shifted(beginning(plan))
