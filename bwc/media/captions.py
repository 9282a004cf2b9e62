"""What captions may say of what is muted: nothing but a fixed mark.

Known to both rooms that need it: redaction, which writes the mark, and release, which looks for it
in whatever captions shall leave.
"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from bwc.errors import InvalidInput
from bwc.timeline import Span, intersect, merge

MARK = "[muted]"
TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{3})"
TIMING = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}(?:\s.*)?")


def unmarked(webvtt: str, spans: Iterable[Span[Fraction]]) -> list[Fraction]:
    """The starts of the cues that reach into `spans` and do not bear the mark.

    A cue may say more than the mark, since it may last longer than what is muted; so this finds
    captions that were made without regard to the spans, not each word too many.

    Raises:
        InvalidInput: the times of a cue cannot be read.
    """
    quiet = merge(spans)
    return [
        span.start for span, said in cues(webvtt) if intersect([span], quiet) and MARK not in said
    ]


def cues(webvtt: str) -> Iterator[tuple[Span[Fraction], str]]:
    """The time of each cue that lasts, and everything that follows until the next one."""
    lines = webvtt.splitlines()
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
