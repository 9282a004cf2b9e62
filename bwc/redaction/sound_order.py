"""What of the sound shall be taken out: spans that a person names, and what a transcript gives away.

Words that a pattern finds are taken out with a margin. Words of which only the cue's time is known
take the whole cue with them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from bwc.errors import InvalidInput
from bwc.redaction.patterns import find
from bwc.redaction.plan import Change, MutedSpan, Plan, Ratio, SoundEffect
from bwc.redaction.transcript import Transcript, Word
from bwc.timeline import Span, intersect

# Aligners place a word within 200 ms (the collar of Bain et al., WhisperX, Interspeech 2023); the
# rest is in reserve.
MARGIN_SECONDS = Fraction(1, 4)
SHORTEST_SECONDS = Fraction(1, 10)  # a shorter one is a slip of the hand: no word is as short
BEYOND_SECONDS = 60  # words so long after the last picture are of another recording
TICKS = 1000  # spans in the plan are whole thousandths of a second, rounded outwards
MOMENT = r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d{1,9})?)"
SPAN = re.compile(rf"\s*{MOMENT}\s*-\s*{MOMENT}\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundOrder:
    """What shall be taken out, on the recording's own clock, and by whose word.

    `by` is person:<username>; what a pattern finds has the pattern for its author.
    """

    named: tuple[Span[Fraction], ...] = ()
    transcript: Transcript | None = None
    effect: SoundEffect = SoundEffect.MUTE
    exemption: str
    by: str

    def cuts(self) -> list[MutedSpan]:
        """The spans that follow from it: named by hand, and found by patterns."""
        named = [self._cut(span, by=self.by, found=None) for span in self.named]
        found = self._found(self.transcript) if self.transcript is not None else []
        return merged([*named, *found])

    def require_inside(self, end: Fraction) -> None:
        """Refuse what lies beyond the recording: it would take nothing out, and nobody told."""
        for span in self.named:
            _require_start(span.start, end)
        said = self.transcript.words if self.transcript else ()
        last = max((word.start for word in said), default=Fraction(0))
        if last > end + BEYOND_SECONDS:
            raise InvalidInput(
                "the transcript goes on after the recording's end",
                expected=f"words up to {float(end):.1f} s",
                got=f"one at {float(last):.1f} s",
                advice="Give the transcript of this recording",
            )

    def _found(self, transcript: Transcript) -> list[MutedSpan]:
        """What the patterns find, each stretch of words with its margin."""
        cuts = []
        for reading in transcript.readings():
            words = [transcript.words[number] for number in reading]
            for match in find([word.text for word in words]):
                span = _around(words[match.first : match.stop])
                cuts.append(self._cut(span, by=f"pattern:{match.found}", found=match.found))
        return cuts

    def _cut(self, span: Span[Fraction], *, by: str, found: str | None) -> MutedSpan:
        """A span of the plan."""
        return MutedSpan(
            start=ratio(floor(span.start * TICKS)),
            end=ratio(ceil(span.end * TICKS)),
            effect=self.effect,
            found=found,
            exemption=self.exemption,
            author=by,
        )


def with_sound(plan: Plan, cuts: Sequence[MutedSpan], *, read_for: str | None) -> Plan:
    """`plan` with `cuts` in it, and a line of history for each hand they come from.

    `read_for` is who gave a transcript, None where there was none.

    Raises:
        InvalidInput: what a person named lies beyond the recording's end.
    """
    end = plan.original.last_pts * plan.time_base
    history = []
    for by in sorted({cut.author for cut in cuts if not _is_found(cut)}):
        named = [cut for cut in cuts if cut.author == by]
        for cut in named:
            _require_start(cut.span().start, end)
        history.append(Change(by=by, what=_told(named, "named by hand")))
    if read_for is not None:
        found = [cut for cut in cuts if _is_found(cut)]
        names = ", ".join(sorted({cut.found or "" for cut in found})) or "nothing"
        what = _told(found, f"found in the transcript: {names}")
        history.append(Change(by=read_for, what=what))
    return plan.model_copy(
        update={
            "sound": tuple(merged([*plan.sound, *cuts])),
            "history": (*plan.history, *history),
        }
    )


def later(cuts: Iterable[MutedSpan], by: Fraction) -> list[MutedSpan]:
    """`cuts`, which count from the recording's first moment, on a clock on which that is `by`.

    None begins before that moment: a tone rises where it is heard, not before.
    """
    moved = []
    for cut in cuts:
        span = cut.span()
        ends = {
            "start": ratio(floor((max(span.start, Fraction(0)) + by) * TICKS)),
            "end": ratio(ceil((span.end + by) * TICKS)),
        }
        moved.append(cut.model_copy(update=ends))
    return moved


def _require_start(start: Fraction, end: Fraction) -> None:
    """Refuse a stretch that starts after the recording's end."""
    if start > end:
        raise InvalidInput(
            "a stretch to mute lies beyond the recording's end",
            expected=f"a start before {float(end):.3f} s",
            got=f"{float(start):.3f} s",
            advice="Count from the recording's first moment, as players do",
        )


def found_in_silence(plan: Plan) -> list[MutedSpan]:
    """What patterns found where the voice detector heard nobody: is it another's transcript?

    Empty where nobody listened.
    """
    if plan.speech is None or plan.speech.not_judged is not None:
        return []
    spoken = plan.speech.spoken()
    return [cut for cut in plan.sound if _is_found(cut) and not intersect([cut.span()], spoken)]


def named_span(text: str) -> Span[Fraction]:
    """What `12.5-14` or `1:02:03.25-1:02:04` names, in exact seconds. Raises InvalidInput."""
    found = SPAN.fullmatch(text)
    if found is None:
        raise InvalidInput(
            "is no stretch of time",
            where=text,
            expected="START-END in seconds or h:mm:ss, such as 12.5-14 or 1:02:03.5-1:02:05",
            got=text,
        )
    start, end = _seconds(found.groups()[:3]), _seconds(found.groups()[3:])
    if end - start < SHORTEST_SECONDS:
        raise InvalidInput(
            "is too short: no word is as short",
            where=text,
            expected=f"an end at least {float(SHORTEST_SECONDS)} s after the start",
            got=f"{float(end - start):.3f} s",
            advice="Name a longer stretch",
        )
    return Span(start, end)


def merged(cuts: Iterable[MutedSpan]) -> list[MutedSpan]:
    """`cuts` in the order of time; what overlaps and has one reason, author and effect is one.

    Where patterns found several things in one stretch, it names them all.
    """
    done: list[MutedSpan] = []
    last: dict[tuple[str, ...], MutedSpan] = {}
    for cut in sorted(cuts, key=lambda cut: (cut.span(), cut.found or "")):
        hand = "pattern" if _is_found(cut) else cut.author
        alike = (cut.effect.value, cut.exemption, hand)
        before = last.get(alike)
        if before is not None and cut.span().start <= before.span().end:
            last[alike] = _both(before, cut)
            continue
        if before is not None:
            done.append(before)
        last[alike] = cut
    return sorted([*done, *last.values()], key=lambda cut: (cut.span(), cut.found or ""))


def _both(first: MutedSpan, second: MutedSpan) -> MutedSpan:
    """Two that overlap as one; `first` begins first."""
    end = max(first.end, second.end, key=lambda ratio: Fraction(*ratio))
    names = {name for cut in (first, second) if cut.found for name in cut.found.split("+")}
    found = "+".join(sorted(names)) or None
    author = f"pattern:{found}" if _is_found(first) else first.author
    return first.model_copy(update={"end": end, "found": found, "author": author})


def _is_found(cut: MutedSpan) -> bool:
    """Whether a pattern found it, and no person."""
    return cut.author.startswith("pattern:")


def _around(words: Sequence[Word]) -> Span[Fraction]:
    """The time of `words` and the margin on both sides."""
    first, last = min(word.start for word in words), max(word.end for word in words)
    return Span(first - MARGIN_SECONDS, last + MARGIN_SECONDS)


def _told(cuts: Sequence[MutedSpan], how: str) -> str:
    """A line of history."""
    stretches = "1 stretch" if len(cuts) == 1 else f"{len(cuts)} stretches"
    return f"{stretches} of sound taken out, {how}"


def ratio(ticks: int) -> Ratio:
    """Thousandths of a second as [numerator, denominator] seconds."""
    exact = Fraction(ticks, TICKS)
    return exact.numerator, exact.denominator


def _seconds(groups: Sequence[str | None]) -> Fraction:
    """Hours, minutes and seconds as exact seconds."""
    hours, minutes, seconds = (Fraction(group or 0) for group in groups)
    return (hours * 60 + minutes) * 60 + seconds
