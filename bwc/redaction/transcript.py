"""What was said, word by word, each with the tightest time that is known of it.

A word whose own time is not known has that of its cue, so that whatever is done to a word is done
to all that may be it. Times are exact seconds. Where captions roll up, and a line stands in two
cues one after the other, its words are the same words, and their time spans both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bwc.timeline import Span

ROLL_UP_SECONDS = Fraction(1)  # a line that comes again after a longer pause was said again


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was written, from `start` to `end`, which may be the same moment."""

    text: str
    start: Fraction
    end: Fraction

    def lies_in(self, span: Span[Fraction]) -> bool:
        """Whether any part of the word may lie in `span`; one of no length does at either end, too."""
        if self.start == self.end:
            return span.start <= self.start <= span.end
        return self.start < span.end and span.start < self.end

    def shifted(self, by: Fraction) -> "Word":
        """The same word `by` seconds later."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class SpokenCue:
    """What a reader of files hands over: the words of one cue, line by line."""

    start: Fraction
    end: Fraction
    lines: tuple[tuple[Word, ...], ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown together; each line lists numbers of `Transcript.words`."""

    start: Fraction
    end: Fraction
    lines: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that was said in one recording."""

    words: tuple[Word, ...]
    cues: tuple[Cue, ...]

    def readings(self) -> list[tuple[int, ...]]:
        """The numbers of the words in the orders in which they may have been said.

        Once with every word once, and once as shown: a line that is there twice may have rolled
        up, or may have been said again.
        """
        once = tuple(range(len(self.words)))
        shown = tuple(number for cue in self.cues for line in cue.lines for number in line)
        return [once] if shown == once else [once, shown]

    def shifted(self, by: Fraction) -> "Transcript":
        """The same words and cues `by` seconds later."""
        words = tuple(word.shifted(by) for word in self.words)
        cues = tuple(replace(cue, start=cue.start + by, end=cue.end + by) for cue in self.cues)
        return Transcript(words, cues)


def assemble(spoken: Iterable[SpokenCue]) -> Transcript:
    """A transcript out of cues in the order of the file; lines that roll up are joined."""
    words: list[Word] = []
    cues: list[Cue] = []
    for cue in spoken:
        lines = [line for line in cue.lines if line]
        numbers = _rolled_up(words, cues[-1], lines, cue) if cues else []
        for word, number in _pairs(lines, numbers):
            known = words[number]
            words[number] = replace(
                known, start=min(known.start, word.start), end=max(known.end, word.end)
            )
        for line in lines[len(numbers) :]:
            numbers.append(tuple(range(len(words), len(words) + len(line))))
            words += line
        cues.append(Cue(cue.start, cue.end, tuple(numbers)))
    return Transcript(tuple(words), tuple(cues))


def _rolled_up(
    words: Sequence[Word], before: Cue, lines: Sequence[Sequence[Word]], cue: SpokenCue
) -> list[tuple[int, ...]]:
    """The last lines of the cue `before` with which `cue` begins again, as many as there are."""
    if not before.start <= cue.start <= before.end + ROLL_UP_SECONDS:
        return []
    told = [[words[number].text for number in line] for line in before.lines]
    again = [[word.text for word in line] for line in lines]
    for count in range(min(len(told), len(again)), 0, -1):
        if told[-count:] == again[:count]:
            return list(before.lines[-count:])
    return []


def _pairs(
    lines: Sequence[Sequence[Word]], numbers: Sequence[Sequence[int]]
) -> list[tuple[Word, int]]:
    """Each word of the lines that rolled up with its number."""
    pairs: list[tuple[Word, int]] = []
    for line, known in zip(lines, numbers, strict=False):
        pairs += zip(line, known, strict=True)
    return pairs
