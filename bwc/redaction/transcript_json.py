"""A transcript as JSON: a list of words, or segments as Whisper and its kin write them.

    [{"start": 12.5, "end": 12.9, "text": "hello"}, ...]
    {"segments": [{"start": 12.5, "end": 14, "text": "hello there",
                   "words": [{"start": 12.5, "end": 12.9, "word": "hello"}, ...]}, ...]}

Times are seconds. An entry with several words gives its time to each of them. A word of a segment
may lack its time, as aligners leave it with numbers: it lies between its neighbours. All else in
the file is passed over, and nothing of it is written again.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from bwc.canonical import Json
from bwc.errors import InvalidInput
from bwc.redaction.transcript import SpokenCue, Transcript, Word, assemble

LATEST_SECONDS = 10**7
FINEST = -30  # decimals; floats are written with up to twenty
PAUSE_SECONDS = Fraction(1)  # words of a bare list are shown together up to such a pause
MOST_TOGETHER = 12  # words, two lines of a caption
ADVICE = "Correct it, or export the transcript again"

_Object = dict[str, object]


def read_json(text: str, *, where: str) -> Transcript:
    """The transcript in `text`. Raises InvalidInput naming the entry that is wrong."""
    try:
        document: object = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as exc:
        raise InvalidInput(
            "the transcript is not JSON", where=where, got=str(exc), advice=ADVICE
        ) from exc
    if isinstance(document, dict):
        document = document.get("segments", document.get("words"))
    if not isinstance(document, list):
        raise InvalidInput(
            "the JSON is no transcript",
            where=where,
            expected='a list of {"start", "end", "text"}, or "segments"',
            got=type(document).__name__,
            advice=ADVICE,
        )
    entries = [_entry(entry, f"{where}, entry {n}") for n, entry in enumerate(document, 1)]
    if any("words" in entry for entry in entries):
        return assemble(
            _segment(entry, f"{where}, entry {number}") for number, entry in enumerate(entries, 1)
        )
    said = [_said(entry, f"{where}, entry {number}") for number, entry in enumerate(entries, 1)]
    return assemble(_together(said))


def written(entries: list[Word]) -> str:
    """Words as JSON of the first shape."""
    rows: list[Json] = [
        {"start": float(word.start), "end": float(word.end), "text": word.text} for word in entries
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _refuse(constant: str) -> None:
    """No time is NaN or infinite."""
    raise ValueError(f"{constant} is no number")


def _entry(entry: object, where: str) -> _Object:
    """An entry that is an object."""
    if not isinstance(entry, dict):
        raise InvalidInput(
            "is no entry of a transcript",
            where=where,
            expected='{"start": seconds, "end": seconds, "text": words}',
            got=type(entry).__name__,
            advice=ADVICE,
        )
    return entry


def _said(entry: _Object, where: str) -> tuple[Word, ...]:
    """The words of an entry, each with its time."""
    start, end = _time(entry, "start", where), _time(entry, "end", where)
    return tuple(Word(word, start, end) for word in _text(entry, where).split())


def _segment(entry: _Object, where: str) -> SpokenCue:
    """A segment as a cue; its words where they have times, else all of it."""
    start, end = _time(entry, "start", where), _time(entry, "end", where)
    listed = entry.get("words") or []
    if not isinstance(listed, list):
        raise InvalidInput(
            '"words" is no list', where=where, expected="a list", got=type(listed).__name__
        )
    if not listed:
        return SpokenCue(start, end, (_said(entry, where),))
    words = [_entry(word, f"{where}, word {n}") for n, word in enumerate(listed, 1)]
    line: list[Word] = []
    for number, (first, last) in enumerate(_times(words, (start, end), where)):
        text = _text(words[number], f"{where}, word {number + 1}")
        line += [Word(part, first, last) for part in text.split()]
    _require_all(entry, line, where)
    return SpokenCue(start, end, (tuple(line),))


def _times(
    words: list[_Object], whole: tuple[Fraction, Fraction], where: str
) -> list[tuple[Fraction, Fraction]]:
    """The times of the words of a segment; one without lies between its neighbours."""
    known = _known_times(words, where)
    times = []
    for number, time in enumerate(known):
        before = [other[1] for other in known[:number] if other is not None]
        after = [other[0] for other in known[number + 1 :] if other is not None]
        first, last = time or ([whole[0], *before][-1], [*after, whole[1]][0])
        times.append((first, last) if first <= last else whole)
    return times


def _known_times(words: list[_Object], where: str) -> list[tuple[Fraction, Fraction] | None]:
    """The times of the words that have both."""
    return [
        (_time(word, "start", f"{where}, word {n}"), _time(word, "end", f"{where}, word {n}"))
        if word.get("start") is not None and word.get("end") is not None
        else None
        for n, word in enumerate(words, 1)
    ]


def _require_all(entry: _Object, line: list[Word], where: str) -> None:
    """Refuse a segment whose text says more than its words: nobody would have looked at that."""
    text = entry.get("text")
    if not isinstance(text, str):
        return
    told, listed = ("".join(c for c in part if c.isalnum()) for part in (text, _joined(line)))
    if told.casefold() != listed.casefold():
        raise InvalidInput(
            'the "text" of a segment does not say what its "words" say',
            where=where,
            expected=text.strip()[:80],
            got=_joined(line)[:80],
            advice=ADVICE,
        )


def _joined(line: list[Word]) -> str:
    """The words of a line as text."""
    return " ".join(word.text for word in line)


def _time(entry: _Object, name: str, where: str) -> Fraction:
    """A time in exact seconds."""
    value = entry.get(name)
    seconds = _exact(value)
    if seconds is None:
        raise InvalidInput(
            f'"{name}" is no time',
            where=where,
            expected="seconds from 0",
            got=str(value)[:40],
            advice=ADVICE,
        )
    if name == "end" and seconds < _time(entry, "start", where):
        raise InvalidInput(
            "ends before it starts",
            where=where,
            expected=f'an "end" from {entry["start"]} on',
            got=str(value),
            advice=ADVICE,
        )
    return seconds


def _exact(value: object) -> Fraction | None:
    """A number of JSON as exact seconds; None where it is none, or none that makes sense."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    if not isinstance(exponent, int) or exponent < FINEST or not 0 <= value <= LATEST_SECONDS:
        return None
    return Fraction(value)


def _text(entry: _Object, where: str) -> str:
    """What was said."""
    value = entry.get("text", entry.get("word"))
    if not isinstance(value, str):
        raise InvalidInput(
            "says nothing",
            where=where,
            expected='"text" or "word"',
            got=str(value)[:40],
            advice=ADVICE,
        )
    return value


def _together(said: list[tuple[Word, ...]]) -> Iterator[SpokenCue]:
    """Words as cues: up to a pause, the end of a sentence, or as many as fit."""
    line: list[Word] = []
    for words in said:
        if line and words and words[0].start - line[-1].end > PAUSE_SECONDS:
            yield _cue(line)
            line = []
        line += words
        if line and (len(line) >= MOST_TOGETHER or line[-1].text.endswith((".", "?", "!"))):
            yield _cue(line)
            line = []
    if line:
        yield _cue(line)


def _cue(line: list[Word]) -> SpokenCue:
    """A cue of one line."""
    start, end = min(word.start for word in line), max(word.end for word in line)
    return SpokenCue(start, end, (tuple(line),))
