"""Reading a transcript: WebVTT, SubRip, or words as JSON (`transcript_json.py`).

What cannot be read is an error that names the line. A reader that skipped it would let through
what was said there.
"""

import html
import io
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import webvtt

from bwc.errors import InvalidInput
from bwc.media.captions import TIME, TIMING, seconds_of
from bwc.redaction.transcript import SpokenCue, Transcript, Word, assemble
from bwc.redaction.transcript_json import read_json

LARGEST = 64 * 2**20  # bytes; a day of speech fits in one
STAMP = re.compile(rf"<{TIME}>")
BESIDE_CUES = ("WEBVTT", "NOTE", "STYLE", "REGION")
TAG = re.compile(r"</?[A-Za-z][^<>]*>|\{\\[^{}]*\}")
ADVICE = "Correct the line, or export the transcript again as WebVTT, SRT or JSON"


class _Caption(Protocol):
    """What is used of a caption of webvtt-py, which ships no types."""

    lines: list[str]


def read_transcript(path: Path) -> Transcript:
    """The transcript in the file `path`, whatever its name says.

    Raises:
        InvalidInput: it cannot be read, or is none of the three; names the line or the entry.
    """
    return parse_transcript(_text(path), where=path.name)


def parse_transcript(text: str, *, where: str) -> Transcript:
    """The transcript in `text`; `where` names it in errors. Raises InvalidInput."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip()[:1] in {"[", "{"}:
        return read_json(text, where=where)
    kind = "vtt" if text.startswith("WEBVTT") else "srt"
    timings = _timings(text, BESIDE_CUES if kind == "vtt" else (), where=where)
    try:
        captions: list[_Caption] = list(webvtt.from_buffer(_file(text), format=kind))
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as exc:
        raise InvalidInput(
            "not a transcript",
            where=where,
            expected="WebVTT, SRT, or JSON words",
            got=str(exc),
            advice=ADVICE,
        ) from exc
    if len(captions) != len(timings):
        raise InvalidInput(
            "some of its cues cannot be read",
            where=where,
            expected=f"{len(timings)} cues, each with at most one line before its times",
            got=f"{len(captions)} that are whole",
            advice=ADVICE,
        )
    return assemble(
        _spoken(caption, timing, where=where)
        for caption, timing in zip(captions, timings, strict=True)
    )


def is_json(path: Path) -> bool:
    """Whether `path` holds JSON rather than captions."""
    return _text(path).lstrip()[:1] in {"[", "{"}


def _file(text: str) -> io.StringIO:
    """What webvtt-py parses: it takes only empty lines for blank, and none in front."""
    lines = (line if line.strip() else "" for line in text.split("\n"))
    return io.StringIO("\n".join(lines).lstrip("\n"))


def _text(path: Path) -> str:
    """The file as text."""
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInput(
                "the transcript is too large", where=path.name, expected=f"at most {LARGEST} bytes"
            )
        return path.read_text("utf-8-sig")
    except OSError as exc:
        raise InvalidInput("cannot be read", where=path.name, got=exc.strerror) from exc
    except UnicodeDecodeError as exc:
        raise InvalidInput(
            "not a transcript in UTF-8", where=path.name, got=str(exc), advice="Save it as UTF-8"
        ) from exc


def _timings(
    text: str, beside: tuple[str, ...], *, where: str
) -> list[tuple[int, Fraction, Fraction]]:
    """For each cue with words: the number of its line, its start and its end.

    Every line must be of a cue, or of a block that begins as `beside` says.
    """
    if "-->" not in text and not beside:
        raise InvalidInput(
            "not a transcript",
            where=where,
            expected="WebVTT, SRT, or JSON words",
            got=text.strip()[:80],
            advice=ADVICE,
        )
    timings = []
    for first, block in _blocks(text):
        at = _timing_line(block, beside, first, where=where)
        if at is None:
            continue
        start, end = _times(block[at], where=f"{where}, line {first + at}")
        if at + 1 < len(block):
            timings.append((first + at, start, end))
    return timings


def _timing_line(
    block: list[str], beside: tuple[str, ...], first: int, *, where: str
) -> int | None:
    """Which line of a block has the times of a cue; None where the block is none."""
    timed = [at for at, line in enumerate(block) if "-->" in line]
    if len(timed) > 1:
        raise InvalidInput(
            "a cue begins within another",
            where=f"{where}, line {first + timed[1]}",
            expected="a blank line between two cues",
            got=block[timed[1]].strip()[:80],
            advice=ADVICE,
        )
    if not timed and not block[0].startswith(beside):
        raise InvalidInput(
            "a line belongs to no cue",
            where=f"{where}, line {first}",
            expected="no blank line inside of a cue",
            got=block[0].strip()[:80],
            advice=ADVICE,
        )
    return timed[0] if timed else None


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """What blank lines part, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _times(line: str, *, where: str) -> tuple[Fraction, Fraction]:
    """Start and end of a cue."""
    found = TIMING.fullmatch(line)
    if found is None:
        raise InvalidInput(
            "the times of a cue cannot be read",
            where=where,
            expected="such as 00:00:01.000 --> 00:00:02.500",
            got=line.strip()[:80],
            advice=ADVICE,
        )
    start, end = seconds_of(found.groups()[:4]), seconds_of(found.groups()[4:])
    if end < start:
        raise InvalidInput(
            "a cue ends before it starts",
            where=where,
            expected=f"an end after {float(start):.3f} s",
            got=f"{float(end):.3f} s",
            advice=ADVICE,
        )
    return start, end


def _spoken(caption: _Caption, timing: tuple[int, Fraction, Fraction], *, where: str) -> SpokenCue:
    """The words of a cue; time stamps inside of it part those before from those after."""
    number, start, end = timing
    stamps = [
        seconds_of(found.groups()) for line in caption.lines for found in STAMP.finditer(line)
    ]
    borders = [start, *stamps, end]
    if borders != sorted(borders):
        raise InvalidInput(
            "a time stamp lies outside of its cue or before the one in front of it",
            where=f"{where}, line {number}",
            expected=f"rising times from {float(start):.3f} to {float(end):.3f} s",
            got=", ".join(f"{float(stamp):.3f}" for stamp in stamps),
            advice=ADVICE,
        )
    at = 0
    lines = []
    for line in caption.lines:
        words: list[Word] = []
        for part, text in enumerate(_parts(line)):
            at += part > 0
            said = html.unescape(TAG.sub("", text)).split()
            words += [Word(word, borders[at], borders[at + 1]) for word in said]
        lines.append(tuple(words))
    return SpokenCue(start, end, tuple(lines))


def _parts(line: str) -> Iterator[str]:
    """What stands between the time stamps of a line."""
    at = 0
    for found in STAMP.finditer(line):
        yield line[at : found.start()]
        at = found.end()
    yield line[at:]
