"""Captions and transcript without what is muted: the same spans that cut the sound cut the words.

A word any part of which may lie in a muted span is gone, and a fixed mark stands in its place.
Nothing else of the source comes along: no notes, styles, identifiers, names of voices or tags.
"""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

from bwc.media.captions import MARK
from bwc.redaction.transcript import Cue, Transcript, Word
from bwc.redaction.transcript_json import written
from bwc.timeline import Span, intersect, merge


def redacted_words(transcript: Transcript, spans: Sequence[Span[Fraction]]) -> list[Word]:
    """Every word, with the mark for what is cut."""
    quiet = merge(spans)
    ends = [span.end for span in quiet]
    words = []
    for word in transcript.words:
        # The first span that ends when the word starts, or later: none before can hold a part of it.
        at = bisect_left(ends, word.start)
        near = quiet[at : at + 2]
        gone = any(word.lies_in(span) for span in near)
        words.append(Word(MARK, word.start, word.end) if gone else word)
    return words


def redacted_webvtt(transcript: Transcript, spans: Sequence[Span[Fraction]]) -> str:
    """The captions as WebVTT, times rounded outwards to thousandths.

    A cue in which only a pause is muted bears the mark too: whoever checks captions against the
    spans, as release does, finds it wherever something is muted.
    """
    words = redacted_words(transcript, spans)
    quiet = merge(spans)
    blocks = ["WEBVTT\n"]
    for cue in transcript.cues:
        shown = [[words[number].text for number in line] for line in cue.lines]
        start, end = _times(cue)
        reached = intersect([Span(Fraction(start, 1000), Fraction(end, 1000))], quiet)
        if shown and reached and not any(MARK in line for line in shown):
            shown.append([MARK])
        if shown:
            timing = f"{_clock(start)} --> {_clock(end)}"
            blocks.append("\n".join([timing, *map(_line, shown), ""]))
    return "\n".join(blocks)


def redacted_json(transcript: Transcript, spans: Sequence[Span[Fraction]]) -> str:
    """The words as JSON of the first shape of `transcript_json`."""
    return written(redacted_words(transcript, spans))


def write_whole(text: str, path: Path) -> None:
    """Write `path` in one step, so that it is never there in part."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)


def _line(words: Sequence[str]) -> str:
    """A line of a cue; marks that follow each other are one."""
    shown = [
        word for at, word in enumerate(words) if word != MARK or at == 0 or words[at - 1] != MARK
    ]
    text = " ".join(shown)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _times(cue: Cue) -> tuple[int, int]:
    """Start and end of a cue in thousandths of a second; one always lasts."""
    start = max(0, floor(cue.start * 1000))
    return start, max(start + 1, ceil(cue.end * 1000))


def _clock(thousandths: int) -> str:
    """Hours, minutes, seconds."""
    seconds, rest = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
