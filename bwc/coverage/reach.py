"""What is read of a period, and of the officers whose calls reach out of that.

A call belongs to the period in which it was received; it may be attended days later, or last for
days. Everybody's records are read a day around the period, those of officers on such calls as far
as the calls reach, so that a call is measured alike whatever period it is asked for in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.recording import RecordingState
from bwc.timeline import Span

Ts = TypeVarTuple("Ts")

MARGIN = timedelta(days=1)  # longer than nearly every call and shift
AROUND = timedelta(hours=1)  # longer than any lead, buffer and what sensitivity moves
LONGEST_SHIFT = timedelta(days=31)  # one that began earlier was never ended by anybody
EARLIEST = datetime(
    1900, 1, 1, tzinfo=UTC
)  # dispatch writes 0001 or 9999 for what it does not know
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
AT_ONCE = 500  # officers or cameras in one question


@dataclass(frozen=True, slots=True)
class Beyond:
    """Officers by their keys, of whom all is read that touches `far` and does not touch `near`."""

    officers: Sequence[str]
    near: Span[datetime]
    far: Span[datetime]


def near(period: Span[datetime]) -> Span[datetime]:
    """The time of which everybody's records are read."""
    return Span(period.start - MARGIN, period.end + MARGIN)


def beyond(wide: Span[datetime], stays: Iterable[tuple[str, datetime, datetime]]) -> Beyond:
    """Whose stays reach out of `wide`, by rows of officer, beginning and end."""
    near_start, near_end = wide.start + AROUND, wide.end - AROUND
    out = [stay for stay in stays if stay[1] < near_start or stay[2] > near_end]
    first = max(EARLIEST, min((start for _, start, _ in out), default=wide.start))
    last = min(LATEST, max((end for _, _, end in out), default=wide.end))
    far = Span(min(wide.start, first - MARGIN), max(wide.end, last + MARGIN))
    return Beyond(sorted({officer for officer, _, _ in out}), wide, far)


def in_parts(every: Sequence[str]) -> Iterator[Sequence[str]]:
    """Keys, as many at a time as one question may name."""
    for place in range(0, len(every), AT_ONCE):
        yield every[place : place + AT_ONCE]


def readable_recordings(
    session: Session, wide: Span[datetime], query: sa.Select[*Ts]
) -> sa.Select[*Ts]:
    """A query of recordings, of those alone that can be read and may reach into a time."""
    row = tables.Recording
    return query.where(
        row.state != RecordingState.QUARANTINED,
        row.duration_us.is_not(None),
        row.started_at < wide.end,
        row.started_at > wide.start - _longest(session),
    )


def hands_within(wide: Span[datetime], query: sa.Select[*Ts]) -> sa.Select[*Ts]:
    """A query of assignments, of those that touch a time."""
    row = tables.Assignment
    return query.where(
        row.starts_at < wide.end, sa.or_(row.ends_at.is_(None), row.ends_at > wide.start)
    )


def shifts_within(wide: Span[datetime], query: sa.Select[*Ts]) -> sa.Select[*Ts]:
    """A query of shifts, of those that touch a time."""
    row = tables.Shift
    return query.where(
        row.starts_at > wide.start - LONGEST_SHIFT,
        row.starts_at < wide.end,
        row.ends_at > wide.start,
    )


def hands_beyond(further: Beyond, query: sa.Select[*Ts]) -> Iterator[sa.Select[*Ts]]:
    """Queries of the assignments that `hands_within` did not give for the time near by."""
    row = tables.Assignment
    new = sa.or_(row.starts_at >= further.near.end, row.ends_at <= further.near.start)
    for some in in_parts(further.officers):
        yield hands_within(further.far, query).where(row.officer_id.in_(some), new)


def shifts_beyond(further: Beyond, query: sa.Select[*Ts]) -> Iterator[sa.Select[*Ts]]:
    """Queries of the shifts that `shifts_within` did not give for the time near by."""
    row = tables.Shift
    new = sa.or_(row.starts_at >= further.near.end, row.ends_at <= further.near.start)
    for some in in_parts(further.officers):
        yield shifts_within(further.far, query).where(row.officer_id.in_(some), new)


def recordings_beyond(
    session: Session, further: Beyond, query: sa.Select[*Ts]
) -> Iterator[sa.Select[*Ts]]:
    """Queries of the recordings that `readable_recordings` did not give for the time near by.

    Two kinds of question, each with its index: of the cameras these officers had, and of those
    that name the officer alone.
    """
    if not further.officers:
        return
    row = tables.Recording
    new = sa.or_(
        row.started_at >= further.near.end,
        row.started_at <= further.near.start - _longest(session),
    )
    asked = readable_recordings(session, further.far, query).where(new)
    for some in in_parts(_cameras_of(session, further)):
        yield asked.where(row.camera_id.in_(some))
    for some in in_parts(further.officers):
        yield asked.where(row.camera_id.is_(None), row.officer_id.in_(some))


def _cameras_of(session: Session, further: Beyond) -> list[str]:
    """Every camera that these officers had while their calls lasted."""
    row = tables.Assignment
    found: set[str] = set()
    for some in in_parts(further.officers):
        query = hands_within(further.far, sa.select(row.camera_id))
        found.update(session.scalars(query.where(row.officer_id.in_(some))))
    return sorted(found)


def _longest(session: Session) -> timedelta:
    """No recording is longer."""
    longest = session.scalar(sa.select(sa.func.max(tables.Recording.duration_us)))
    return timedelta(microseconds=longest or 0)
