"""Half-open spans of a whole department at once, as arrays: union, wearing, measuring.

Each span lies on the line of one owner (an officer or a camera, as a number from 0). Times are
int64 microseconds since 1970-01-01 UTC, so nothing is rounded. To search many lines in one pass,
owner and time are joined to one number, a *place*: the lines laid end to end. Everything here is
pure.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
LARGEST = np.iinfo(np.int64).max
FOREVER = LARGEST  # the end of a span that is still open


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """`n` spans `[start, end)`, each on its owner's line; empty and backwards ones hold nothing.

    `owner`, `start` and `end` are `(n,) int64`: a number from 0, and microseconds.
    """

    owner: Integers
    start: Integers
    end: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was recorded of each expected span; all times in microseconds.

    `expected`, `covered`, `late_start` and `early_stop` are `(n,) int64`, in the order of the
    expected spans. The interior gaps are `(g,) int64`, sorted by `gap_of` (which expected span,
    from 0) and then by time.
    """

    expected: Integers
    covered: Integers
    late_start: Integers
    early_stop: Integers
    gap_of: Integers
    gap_start: Integers
    gap_end: Integers


def measure_spans(expected: Spans, recorded: Spans) -> Measured:
    """How much of each expected span its owner recorded, and where it is missing.

    Without any video in an expected span, late start and early stop both equal its length.
    Recordings that overlap or touch count once.
    """
    blocks = union(recorded)
    length = np.maximum(expected.end - expected.start, 0)
    held = np.flatnonzero(length)
    asked = Spans(expected.owner[held], expected.start[held], expected.end[held])
    ruler = _ruler(asked, blocks)
    first, past = _meeting(
        ruler.places(blocks.owner, blocks.start),
        ruler.places(blocks.owner, blocks.end),
        begins=ruler.places(asked.owner, asked.start),
        ends=ruler.places(asked.owner, asked.end),
    )
    met = past > first
    seen, first, last = held[met], first[met], past[met] - 1
    late, early, covered = length.copy(), length.copy(), np.zeros_like(length)
    before = blocks.start[first] - expected.start[seen]
    after = expected.end[seen] - blocks.end[last]
    late[seen] = np.maximum(before, 0)
    early[seen] = np.maximum(after, 0)
    total = np.concatenate(([0], np.cumsum(blocks.end - blocks.start)))
    whole = total[last + 1] - total[first]
    covered[seen] = whole + np.minimum(before, 0) + np.minimum(after, 0)
    gap_of, left = _runs(seen, first, last)
    return Measured(
        expected=length,
        covered=covered,
        late_start=late,
        early_stop=early,
        gap_of=gap_of,
        gap_start=blocks.end[left],
        gap_end=blocks.start[left + 1],
    )


def union(spans: Spans) -> Spans:
    """The spans merged on each line: sorted by owner and start, none overlapping or touching."""
    held = np.flatnonzero(spans.start < spans.end)
    if not len(held):
        return Spans(spans.owner[held], spans.start[held], spans.end[held])
    ruler = _ruler(spans)
    starts = ruler.places(spans.owner[held], spans.start[held])
    order = np.argsort(starts)
    starts = starts[order]
    ends = ruler.places(spans.owner[held], spans.end[held])[order]
    furthest = np.maximum.accumulate(ends)
    first = np.flatnonzero(np.concatenate(([True], starts[1:] > furthest[:-1])))
    last = np.append(first[1:], len(starts)) - 1
    owner, start = ruler.read(starts[first])
    return Spans(owner, start, ruler.read(furthest[last])[1])


def worn(recordings: Spans, assignments: Spans, wearer: Integers) -> tuple[Spans, Integers]:
    """What each officer recorded: every recording, cut to the times its camera was his.

    Args:
        recordings: spans on the lines of cameras.
        assignments: spans on the lines of cameras; `FOREVER` where still open.
        wearer: `(len(assignments),) int64`, the officer of each assignment.

    Returns:
        Spans on the lines of officers, and the recording (from 0) that each comes from. One
        recording gives several where its camera changed hands or was assigned twice.
    """
    latest = recordings.end.max(initial=0)
    closed = np.minimum(assignments.end, np.maximum(latest, assignments.start))
    ruler = _ruler(recordings, Spans(assignments.owner, assignments.start, closed))
    since = ruler.places(assignments.owner, assignments.start)
    order = np.argsort(since)
    furthest = np.maximum.accumulate(ruler.places(assignments.owner, closed)[order])
    first, past = _meeting(
        since[order],
        furthest,
        begins=ruler.places(recordings.owner, recordings.start),
        ends=ruler.places(recordings.owner, recordings.end),
    )
    held = np.flatnonzero((recordings.start < recordings.end) & (past > first))
    recording, place = _runs(held, first[held], past[held])
    hand = order[place]
    cut = Spans(
        wearer[hand],
        np.maximum(recordings.start[recording], assignments.start[hand]),
        np.minimum(recordings.end[recording], closed[hand]),
    )
    real = np.flatnonzero(cut.start < cut.end)
    return Spans(cut.owner[real], cut.start[real], cut.end[real]), recording[real]


def first_meeting(spans: Spans, others: Spans, order_by: Integers) -> Integers:
    """For each span the index of the other on its line that begins first and overlaps it.

    Of those that begin together the one that ends first counts, then the lower `order_by`. Where
    none overlaps, or the span is empty, the answer means nothing; every other must hold something.
    """
    if not len(others.owner):
        return np.zeros(len(spans.owner), dtype=np.int64)
    order = np.lexsort((order_by, others.end, others.start, others.owner))
    ruler = _ruler(spans, others)
    furthest = np.maximum.accumulate(ruler.places(others.owner, others.end)[order])
    begins = ruler.places(spans.owner, spans.start)
    found = np.searchsorted(furthest, begins, side="right")
    return order[np.minimum(found, len(order) - 1)]


@dataclass(frozen=True, slots=True, eq=False)
class _Ruler:
    """Lays lines end to end: a place is `owner * width` plus the mark of the time.

    A mark is the time since `times[0]`; or, where lines so long would not fit into 64 bits, the
    rank of the time among all of `times`.
    """

    width: int
    times: Integers
    by_rank: bool

    def places(self, owner: Integers, time: Integers) -> Integers:
        """Where times on lines lie; every time must be one the ruler was made for."""
        marks = np.searchsorted(self.times, time) if self.by_rank else time - self.times[0]
        return owner * self.width + marks

    def read(self, places: Integers) -> tuple[Integers, Integers]:
        """The owner and the time of places."""
        owner, marks = np.divmod(places, self.width)
        return owner, self.times[marks] if self.by_rank else self.times[0] + marks


def _ruler(*groups: Spans) -> _Ruler:
    """A ruler for all times and owners of these spans."""
    columns = [column for spans in groups for column in (spans.start, spans.end)]
    low = min(int(column.min(initial=LARGEST)) for column in columns)
    high = max(int(column.max(initial=low)) for column in columns)
    lines = 1 + max(int(spans.owner.max(initial=0)) for spans in groups)
    width = high - low + 1
    if lines * width <= LARGEST:
        return _Ruler(width, np.array([low], dtype=np.int64), by_rank=False)
    times = np.unique(np.concatenate(columns))
    return _Ruler(len(times), times, by_rank=True)


def _meeting(
    starts: Integers, stops: Integers, *, begins: Integers, ends: Integers
) -> tuple[Integers, Integers]:
    """Which of the sorted blocks `[starts, stops)` each span `[begins, ends)` can overlap.

    Sought in the order in which they come, a million places miss the processor's cache at nearly
    every step of a search; in rising order they are found several times as fast, sorting
    included.

    Returns:
        The index of the first block, and the index past the last one.
    """
    rising = np.argsort(begins)
    first, past = np.empty_like(rising), np.empty_like(rising)
    first[rising] = np.searchsorted(stops, begins[rising], side="right")
    past[rising] = np.searchsorted(starts, ends[rising], side="left")
    return first, past


def _runs(owner: Integers, first: Integers, past: Integers) -> tuple[Integers, Integers]:
    """Each owner's indexes `first, ..., past - 1`, as two equally long columns."""
    counts = past - first
    begins = np.repeat(np.cumsum(counts) - counts, counts)
    steps = np.arange(len(begins), dtype=np.int64) - begins
    return np.repeat(owner, counts), np.repeat(first, counts) + steps
