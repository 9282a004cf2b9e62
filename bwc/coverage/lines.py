"""From values to arrays: names as line numbers, moments as microseconds, spans as columns."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from bwc.coverage.department import Assignment, Recording
from bwc.coverage.sweep import FOREVER, Integers, Spans, worn

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Numbers(dict[str, int]):
    """Names as numbers from 0, in the order in which they are first asked for."""

    def __missing__(self, name: str) -> int:
        """Give a new name the next number."""
        self[name] = number = len(self)
        return number


def ticks(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, exactly."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(count: int) -> datetime:
    """The moment that many microseconds after 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=count)


def spans_of(rows: Iterable[tuple[int, datetime, datetime | None]]) -> Spans:
    """Rows of owner, start and end as arrays; without an end, a span is open for ever."""
    columns = np.array(
        [
            (owner, ticks(start), FOREVER if end is None else ticks(end))
            for owner, start, end in rows
        ],
        dtype=np.int64,
    ).reshape(-1, 3)
    owner, start, end = np.ascontiguousarray(columns.T)
    return Spans(owner, start, end)


def worn_recordings(
    recordings: Sequence[Recording], assignments: Sequence[Assignment], badges: Numbers
) -> tuple[Spans, Integers]:
    """What each officer recorded, on the lines that `badges` numbers.

    Returns:
        The spans, and for each the index in `recordings` of the one it was cut from.
    """
    cameras = Numbers()
    return worn(
        spans_of((cameras[film.camera], film.began, film.ended) for film in recordings),
        spans_of((cameras[hand.camera], hand.start, hand.end) for hand in assignments),
        np.array([badges[hand.badge] for hand in assignments], dtype=np.int64),
    )
