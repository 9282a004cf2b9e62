"""Captions and transcript without what is muted: the same spans that cut the sound cut the words.

A word any part of which may lie in a muted span is gone, and a fixed mark stands in its place.
Nothing else of the source comes along: no notes, styles, identifiers, names of voices or tags.
"""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

from bwc.redaction.transcript import Cue, Transcript, Word
from bwc.redaction.transcript_json import written
from bwc.timeline import Span, merge

MARK = "[muted]"


def redacted_words(transcript: Transcript, spans: Sequence[Span[Fraction]]) -> list[Word]:
    """Every word, with the mark for what is cut."""
    quiet = merge(spans)
    ends = [span.end for span in quiet]
    words = []
    for word in transcript.words:
        # The first span that ends after the word starts: none before can hold a part of it.
        at = bisect_right(ends, word.start)
        near = quiet[at : at + 1]
        gone = any(word.lies_in(span) for span in near)
        words.append(Word(MARK, word.start, word.end) if gone else word)
    return words


def redacted_webvtt(transcript: Transcript, spans: Sequence[Span[Fraction]]) -> str:
    """The captions as WebVTT, times rounded outwards to thousandths."""
    words = redacted_words(transcript, spans)
    blocks = ["WEBVTT\n"]
    for cue in transcript.cues:
        lines = [_line([words[number].text for number in line]) for line in cue.lines]
        if lines:
            blocks.append("\n".join([_timing(cue), *lines, ""]))
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


def _timing(cue: Cue) -> str:
    """The times of a cue; one always lasts."""
    start = max(0, floor(cue.start * 1000))
    end = max(start + 1, ceil(cue.end * 1000))
    return f"{_clock(start)} --> {_clock(end)}"


def _clock(thousandths: int) -> str:
    """Hours, minutes, seconds."""
    seconds, rest = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
