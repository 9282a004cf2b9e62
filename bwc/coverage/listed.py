"""Recordings that another evidence system lists, as coverage reads them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.coverage.department import Listed, Recording
from bwc.coverage.reach import Beyond, in_parts
from bwc.timeline import Span


def read_listed(
    session: Session, further: Beyond, held: Sequence[str] | None = None
) -> list[Listed]:
    """What is listed around a period; with `held`, of these cameras alone."""
    row, hand = tables.ListedRecording, tables.Assignment
    longest = session.scalar(sa.select(sa.func.max(row.duration_us)))
    if longest is None:
        return []

    def ask(
        span: Span[datetime], *which: sa.ColumnElement[bool]
    ) -> Iterator[sa.Row[tables.ListedRecording, str]]:
        since = span.start - timedelta(microseconds=longest)
        query = (
            sa.select(row, tables.Camera.serial)
            .join(tables.Camera, row.camera_id == tables.Camera.id)
            .where(row.started_at < span.end, row.started_at > since, *which)
        )
        yield from session.execute(query)

    his = () if held is None else (row.camera_id.in_(held),)
    found = [*ask(further.near, *his)]
    for some in in_parts(further.officers):
        cameras = sa.select(hand.camera_id).where(hand.officer_id.in_(some))
        found += ask(further.far, row.camera_id.in_(cameras))
    rows = {one.id: (one, serial) for one, serial in found}
    every = sorted(rows.values(), key=lambda pair: (pair[0].started_at, pair[0].id))
    return [_listed(one, serial) for one, serial in every]


def listed_of(
    session: Session, badge: str, times: Sequence[Span[datetime]]
) -> list[list[tuple[Listed, Span[datetime]]]]:
    """For each time what is listed of the cameras that an officer had then, with the part that is his."""
    row, hand, officer = tables.ListedRecording, tables.Assignment, tables.Officer
    microseconds = session.scalar(sa.select(sa.func.max(row.duration_us)))
    if microseconds is None:
        return [[] for _ in times]
    longest = timedelta(microseconds=microseconds)
    start, end = min(one.start for one in times), max(one.end for one in times)
    query = (
        sa.select(row, tables.Camera.serial, hand.starts_at, hand.ends_at)
        .join(tables.Camera, row.camera_id == tables.Camera.id)
        .join(hand, hand.camera_id == row.camera_id)
        .join(officer, hand.officer_id == officer.id)
        .where(officer.badge == badge, hand.starts_at < end)
        .where(sa.or_(hand.ends_at.is_(None), hand.ends_at > start))
        .where(row.started_at < end, row.started_at > start - longest)
        .order_by(row.started_at, row.id)
    )
    every = [
        (_listed(one, serial), starts, ends) for one, serial, starts, ends in session.execute(query)
    ]
    return [
        [
            (listed, Span(begins, ceases))
            for listed, starts, ends in every
            if (begins := max(listed.film.began, starts, during.start))
            < (ceases := min(listed.film.ended, ends or during.end, during.end))
        ]
        for during in times
    ]


def _listed(row: tables.ListedRecording, serial: str) -> Listed:
    """A row as a value."""
    offset = timedelta(seconds=row.clock_offset_seconds)
    length = timedelta(microseconds=row.duration_us)
    return Listed(
        row.source, Recording(row.number, serial, row.started_at + offset, length, offset)
    )
