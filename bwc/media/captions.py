"""What captions may say of what is muted: nothing but a fixed mark.

Known to both rooms that need it: redaction, which writes the mark, and release, which looks for it
in whatever captions shall leave.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from fractions import Fraction

from bwc.errors import InvalidInput
from bwc.timeline import Span, merge

MARK = "[muted]"
TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{3})"
TIMING = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}(?:\s.*)?")
BREAK = re.compile(
    r"\r\n|\r|\n"
)  # where WebVTT ends a line; str.splitlines ends them elsewhere too
SETTINGS = re.compile(r"(?:\s+(?:vertical|line|position|size|align):[a-z0-9.,%-]{1,30})*\s*")
TAG = re.compile(
    r"</?(?:(?:b|i|u|c|ruby|rt)(?:\.[a-z0-9_-]{1,30})*|v(?:\.[a-z0-9_-]{1,30})*(?:\s[^<>]*)?|lang(?:\s[a-zA-Z-]{1,20})?)>"
    rf"|<{TIME}>"
)


def require_bare(webvtt: str) -> int:
    """Refuse WebVTT in which anything stands that nobody is shown; how many cues it has.

    A note, a style, the name of a cue, a tag of no meaning: all of it leaves with the file, and who
    approves reads cues alone.

    Raises:
        InvalidInput: it names the line; also where a cue lasts no time or it is no WebVTT at all.
    """
    lines = BREAK.split(webvtt)
    if lines[0].strip() != "WEBVTT":
        raise InvalidInput("not a WebVTT file", expected="WEBVTT in its first line, alone")
    count, is_inside = 0, False
    for number, line in enumerate(lines[1:], start=2):
        if "-->" in line:
            _require_timing(line, number)
            count, is_inside = count + 1, True
        elif not line.strip():
            is_inside = False
        elif "<" in TAG.sub("", line) if is_inside else line.strip("0123456789 "):
            raise InvalidInput(
                "the captions hold text that nobody is shown",
                where=f"line {number}",
                expected="cues with times and words alone: no notes, styles, names or other tags",
                got=line.strip()[:80],
                advice="Take it out, or let the review of the recording give the captions back bare",
            )
    return count


def _require_timing(line: str, number: int) -> None:
    found = TIMING.fullmatch(line)
    settings = line[found.end(8) :] if found else ""
    lasts = found and seconds_of(found.groups()[:4]) < seconds_of(found.groups()[4:])
    if not lasts or not SETTINGS.fullmatch(settings):
        raise InvalidInput(
            "the times of a cue cannot be read, or it lasts no time",
            where=f"line {number}",
            expected="such as 00:00:01.000 --> 00:00:02.500",
            got=line.strip()[:80],
        )


def unmarked(webvtt: str, spans: Iterable[Span[Fraction]]) -> list[Fraction]:
    """The starts of the cues that reach into `spans` and do not say so.

    One that lies in a muted span says the mark and nothing else. One that lasts longer bears it, and
    what it says beside may be of the time that is heard: words too many in it are not found.

    Raises:
        InvalidInput: the times of a cue cannot be read.
    """
    quiet = merge(spans)
    ends = [span.end for span in quiet]

    def is_wrong(cue: Span[Fraction], said: str) -> bool:
        """Judged by the first muted span that ends after the cue starts, if there is one."""
        at = bisect_right(ends, cue.start)
        if at == len(quiet) or quiet[at].start >= cue.end:
            return False
        lies_in = quiet[at].start <= cue.start and cue.end <= quiet[at].end
        rest = TAG.sub("", said).replace(MARK, "")
        return MARK not in said or (lies_in and bool(rest.strip()))

    return [cue.start for cue, said in cues(webvtt) if is_wrong(cue, said)]


def cues(webvtt: str) -> Iterator[tuple[Span[Fraction], str]]:
    """The time of each cue that lasts, and everything that follows until the next one."""
    lines = BREAK.split(webvtt)
    places = [at for at, line in enumerate(lines) if "-->" in line]
    for at, after in zip(places, [*places[1:], len(lines)], strict=False):
        found = TIMING.fullmatch(lines[at])
        if found is None:
            raise InvalidInput(
                "the times of a cue cannot be read",
                where=f"line {at + 1}",
                expected="such as 00:00:01.000 --> 00:00:02.500",
                got=lines[at].strip()[:80],
            )
        start, end = seconds_of(found.groups()[:4]), seconds_of(found.groups()[4:])
        said = "\n".join(lines[at + 1 : after])
        if start < end and said.strip():
            yield Span(start, end), said


def seconds_of(groups: tuple[str | None, ...]) -> Fraction:
    """Hours, minutes, seconds and thousandths, as `TIME` finds them, in exact seconds."""
    hours, minutes, seconds, thousandths = (int(group or 0) for group in groups)
    return Fraction(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths, 1000)
