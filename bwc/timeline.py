"""Exact time and half-open spans: the arithmetic under redaction and coverage alike.

A `Span` is `[start, end)` over anything that can be ordered and subtracted: `Fraction` seconds of
media time, or aware datetimes. Spans that touch are one. Everything here is pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Generic, TypeVar

from bwc.errors import InvalidInput

Instant = TypeVar("Instant", Fraction, datetime)


@dataclass(frozen=True, slots=True)
class MediaTime:
    """A moment in a media stream, as the integer its container stores.

    `pts` counts ticks of `time_base` seconds (an exact fraction). Never a float, never an index.
    """

    pts: int
    time_base: Fraction

    @property
    def seconds(self) -> Fraction:
        """The exact time in seconds."""
        return self.pts * self.time_base


@dataclass(frozen=True, slots=True, order=True)
class Span(Generic[Instant]):
    """`[start, end)`; never empty, never backwards."""

    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        """Refuse a span that holds nothing."""
        if not self.start < self.end:
            raise InvalidInput("a span must end after it starts", got=f"[{self.start}, {self.end})")


def merge(spans: Iterable[Span[Instant]]) -> list[Span[Instant]]:
    """The union, as sorted spans that neither overlap nor touch."""
    merged: list[Span[Instant]] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def intersect(
    first: Iterable[Span[Instant]], second: Iterable[Span[Instant]]
) -> list[Span[Instant]]:
    """What lies in both, merged."""
    return list(_overlaps(merge(first), merge(second)))


def subtract(whole: Iterable[Span[Instant]], taken: Iterable[Span[Instant]]) -> list[Span[Instant]]:
    """What of `whole` is left without `taken`, merged."""
    left: list[Span[Instant]] = []
    cuts = merge(taken)
    for span in merge(whole):
        start = span.start
        for cut in cuts:
            if cut.end <= start or cut.start >= span.end:
                continue
            if cut.start > start:
                left.append(Span(start, cut.start))
            start = cut.end
            if start >= span.end:
                break
        if start < span.end:
            left.append(Span(start, span.end))
    return left


def total_seconds(spans: Iterable[Span[datetime]]) -> float:
    """Seconds covered by the union of wall-clock spans."""
    return sum(((s.end - s.start) for s in merge(spans)), timedelta()).total_seconds()


def total_media_seconds(spans: Iterable[Span[Fraction]]) -> Fraction:
    """Exact seconds covered by the union of media spans."""
    return sum((s.end - s.start for s in merge(spans)), Fraction(0))


def _overlaps(first: list[Span[Instant]], second: list[Span[Instant]]) -> Iterator[Span[Instant]]:
    """Walk two merged lists side by side."""
    i = j = 0
    while i < len(first) and j < len(second):
        start = max(first[i].start, second[j].start)
        end = min(first[i].end, second[j].end)
        if start < end:
            yield Span(start, end)
        if first[i].end <= second[j].end:
            i += 1
        else:
            j += 1
