"""What of each call only another evidence system lists: beside what is held here, and never in it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from bwc.canonical import Json, JsonObject
from bwc.coverage.department import Department
from bwc.coverage.expected import OfficerCall
from bwc.coverage.films import films_on
from bwc.coverage.lines import Numbers, worn_recordings
from bwc.coverage.measure import expected_spans, seconds
from bwc.coverage.sweep import Spans, measure_spans


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Expected time of a call that is recorded by a list alone, and which list says so.

    `listed` are source and number of what is listed, by time; empty where all is held here.
    """

    length: timedelta
    listed: tuple[tuple[str, str], ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Who lists it, each once."""
        return tuple(dict.fromkeys(source for source, _ in self.listed))

    def document(self) -> JsonObject:
        """As JSON."""
        listed: list[Json] = [{"source": source, "number": name} for source, name in self.listed]
        return {"elsewhere_seconds": seconds(self.length), "elsewhere": listed}


NOWHERE = Elsewhere(timedelta(), ())


def elsewhere(calls: Sequence[OfficerCall], department: Department) -> list[Elsewhere]:
    """Of each call, in order, what is recorded elsewhere and not here."""
    if not department.listed:
        return [NOWHERE] * len(calls)
    badges, hands = Numbers(), department.assignments
    expected = expected_spans(calls, badges)
    held, _ = worn_recordings(department.recordings, hands, badges)
    other, film_of = worn_recordings([one.film for one in department.listed], hands, badges)
    both = Spans(
        np.concatenate((held.owner, other.owner)),
        np.concatenate((held.start, other.start)),
        np.concatenate((held.end, other.end)),
    )
    more = measure_spans(expected, both).covered - measure_spans(expected, held).covered
    named = [(one.source, one.film.id) for one in department.listed]
    return [
        Elsewhere(timedelta(microseconds=length), tuple(named[film] for film in films))
        if length
        else NOWHERE
        for length, films in zip(more.tolist(), films_on(expected, other, film_of), strict=True)
    ]


def elsewhere_document(parts: Iterable[Elsewhere]) -> JsonObject:
    """Of some calls, as JSON: how many, how long, and by which list."""
    some = [one for one in parts if one.length]
    sources: list[Json] = [*sorted({source for one in some for source in one.sources})]
    length = sum((one.length for one in some), timedelta())
    return {"calls": len(some), "seconds": seconds(length), "sources": sources}


def elsewhere_words(parts: Iterable[Elsewhere]) -> str:
    """The same as a sentence; empty where no list has more than is held here."""
    some = [one for one in parts if one.length]
    if not some:
        return ""
    sources = ", ".join(sorted({source for one in some for source in one.sources}))
    length = sum((one.length for one in some), timedelta())
    return (
        f"of {len(some)} calls {length.total_seconds():.0f} s more are listed by {sources};"
        " no file of it is here, and no other figure counts it"
    )
