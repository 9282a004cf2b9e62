"""Half-open spans of a whole department at once, as arrays: union, wearing, measuring.

Each span lies on the line of one owner (an officer or a camera, as a number from 0). Times are
int64 microseconds since 1970-01-01 UTC, so nothing is rounded. To search many lines in one pass,
owner and rank of the time among all times are joined to one sorted number, a *place*: it cannot
overflow however far apart the times lie. Everything here is pure.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
FOREVER = np.iinfo(np.int64).max  # the end of a span that is still open


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
    width, (start, end, block_start, block_end) = _ranks(
        expected.start, expected.end, blocks.start, blocks.end
    )
    lines, block_lines = expected.owner * width, blocks.owner * width
    first = np.searchsorted(block_lines + block_end, lines + start, side="right")
    past = np.searchsorted(block_lines + block_start, lines + end, side="left")
    length = np.maximum(expected.end - expected.start, 0)
    seen = (past > first) & (length > 0)
    head, tail = first[seen], past[seen] - 1
    late, early = length.copy(), length.copy()
    late[seen] = np.maximum(blocks.start[head] - expected.start[seen], 0)
    early[seen] = np.maximum(expected.end[seen] - blocks.end[tail], 0)
    recorded_before = np.concatenate(([0], np.cumsum(blocks.end - blocks.start)))
    before = np.maximum(expected.start[seen] - blocks.start[head], 0)
    after = np.maximum(blocks.end[tail] - expected.end[seen], 0)
    covered = np.zeros_like(length)
    covered[seen] = recorded_before[tail + 1] - recorded_before[head] - before - after
    owner, left = _runs(np.flatnonzero(seen), head, tail)
    return Measured(
        expected=length,
        covered=covered,
        late_start=late,
        early_stop=early,
        gap_of=owner,
        gap_start=blocks.end[left],
        gap_end=blocks.start[left + 1],
    )


def union(spans: Spans) -> Spans:
    """The spans merged on each line: sorted by owner and start, none overlapping or touching."""
    held = spans.start < spans.end
    owner, start, end = spans.owner[held], spans.start[held], spans.end[held]
    if not len(owner):
        return Spans(owner, start, end)
    order = np.lexsort((start, owner))
    owner, start, end = owner[order], start[order], end[order]
    width, (start_rank, end_rank) = _ranks(start, end)
    furthest = np.maximum.accumulate(owner * width + end_rank)
    opens = np.ones(len(owner), dtype=bool)
    opens[1:] = owner[1:] * width + start_rank[1:] > furthest[:-1]
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(owner)) - 1
    ends = np.empty(width, dtype=np.int64)
    ends[end_rank] = end
    return Spans(owner[first], start[first], ends[furthest[last] % width])


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
    order = np.lexsort((assignments.start, assignments.owner))
    camera, since, until = (
        column[order] for column in (assignments.owner, assignments.start, assignments.end)
    )
    width, (since_rank, until_rank, start, end) = _ranks(
        since, until, recordings.start, recordings.end
    )
    furthest = np.maximum.accumulate(camera * width + until_rank)
    lines = recordings.owner * width
    first = np.searchsorted(furthest, lines + start, side="right")
    past = np.searchsorted(camera * width + since_rank, lines + end, side="left")
    held = (recordings.start < recordings.end) & (past > first)
    recording, assignment = _runs(np.flatnonzero(held), first[held], past[held])
    cut = Spans(
        wearer[order][assignment],
        np.maximum(recordings.start[recording], since[assignment]),
        np.minimum(recordings.end[recording], until[assignment]),
    )
    real = cut.start < cut.end
    return Spans(cut.owner[real], cut.start[real], cut.end[real]), recording[real]


def _runs(owner: Integers, first: Integers, past: Integers) -> tuple[Integers, Integers]:
    """Each owner's indexes `first, ..., past - 1`, as two equally long columns."""
    counts = past - first
    begins = np.repeat(np.cumsum(counts) - counts, counts)
    steps = np.arange(len(begins), dtype=np.int64) - begins
    return np.repeat(owner, counts), np.repeat(first, counts) + steps


def _ranks(*columns: Integers) -> tuple[int, list[Integers]]:
    """Each time as its rank among all the times given, and how many ranks there are."""
    times, ranks = np.unique(np.concatenate(columns), return_inverse=True)
    borders = np.cumsum([len(column) for column in columns])[:-1]
    return len(times), [part.astype(np.int64) for part in np.split(ranks, borders)]
