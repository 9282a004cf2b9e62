"""The days that an import changes, so that they are summed again: by what came and what it replaced."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog import tables
from bwc.clock import parse_time
from bwc.coverage.department import Assignment, CallUnit, Shift
from bwc.coverage.import_files import DispatchedCall
from bwc.coverage.merging import ASKED_AT_ONCE, Merged
from bwc.coverage.stale_days import camera_days
from bwc.coverage.sums import Days
from bwc.coverage.years import LAST_YEAR

ONE_DAY = timedelta(days=1)
LAST_MOMENT = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)  # of a camera that is still in use
ALL_DAYS = Days(date.min, date.max)


def roster_days(session: Session, merged: Mapping[str, Merged]) -> Iterator[Days]:
    """The days that changed officers and cameras change: whoever is sworn is so on all days."""
    if any("sworn" in was for was in merged["officers"].before):
        yield ALL_DAYS
    for was in merged["cameras"].before:
        if "pre_event_seconds" in was:
            yield ALL_DAYS
        if "out_of_service_at" in was or "in_service" in was:
            yield camera_days(session.get_one(tables.Camera, str(was["id"])), was)


def hand_days(rows: Sequence[Assignment], done: Merged) -> Iterator[Days]:
    """The days of assignments."""
    moments = (one for row in rows for one in (row.start, row.end or LAST_MOMENT))
    return _days(moments, done, open_end="ends_at")


def shift_days(rows: Sequence[Shift], done: Merged) -> Iterator[Days]:
    """The days of shifts."""
    return _days((one for row in rows for one in (row.start, row.end)), done)


def call_days(rows: Sequence[DispatchedCall], done: Merged) -> Iterator[Days]:
    """The days on which calls were received."""
    return _days((row.call.received for row in rows), done)


def stay_days(session: Session, rows: Sequence[CallUnit], done: Merged) -> Iterator[Days]:
    """The days on which the calls of these stays were received, whatever file they came in."""
    call, numbers = tables.Call, sorted({row.call for row in rows})
    moments = (
        moment
        for first in range(0, len(numbers), ASKED_AT_ONCE)
        for moment in session.scalars(
            sa.select(call.received_at).where(
                call.number.in_(numbers[first : first + ASKED_AT_ONCE])
            )
        )
    )
    return _days(moments, Merged(done.added, done.changed, done.unchanged, before=()))


def _days(
    moments: Iterable[datetime], done: Merged, *, open_end: str | None = None
) -> Iterator[Days]:
    """From the first to the last of what came and of what it was before, a day more for the zone."""
    if not (done.added or done.changed):
        return
    every = [*moments, *(one for was in done.before for one in _former(was, open_end))]
    if every:
        yield Days(min(every).date() - ONE_DAY, max(every).date() + ONE_DAY)


def _former(was: JsonObject, open_end: str | None) -> Iterator[datetime]:
    """The times that a changed row had; `open_end` names the column that is empty while it lasts."""
    for column, value in was.items():
        if column.endswith("_at") and isinstance(value, str):
            yield parse_time(value)
        elif column == open_end:
            yield LAST_MOMENT
