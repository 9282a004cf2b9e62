"""All recordings of an incident on one axis of time: where each begins, and how long it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bwc.catalog.views.recordings import RecordingLine

LENGTH = 1000  # units of the axis
LEAST = 4  # units of the shortest bar, so that it is seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One recording: from where, how long, in units of the axis."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Axis:
    """From the first beginning to the last end, and a bar for each recording with known times."""

    first: datetime
    last: datetime
    bars: dict[str, Bar]


def axis_of(recordings: Sequence[RecordingLine]) -> Axis | None:
    """The axis of these recordings; None where no two times are known."""
    spans = {
        one.id: (one.started_at, one.started_at + timedelta(microseconds=one.duration_us))
        for one in recordings
        if one.started_at is not None and one.duration_us
    }
    if not spans:
        return None
    first = min(start for start, _ in spans.values())
    last = max(end for _, end in spans.values())
    whole = last - first
    return Axis(
        first,
        last,
        {
            name: Bar(
                min(round(LENGTH * ((start - first) / whole)), LENGTH - LEAST),
                max(LEAST, round(LENGTH * ((end - start) / whole))),
            )
            for name, (start, end) in spans.items()
        },
    )
