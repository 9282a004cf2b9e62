"""Stored findings of a period, counted by kind, and the newest of them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.finding import FindingRow
from bwc.coverage.findings import Finding, FindingKind
from bwc.timeline import Span


def count_findings(
    session: Session, period: Span[datetime], *, unit: str | None = None
) -> dict[FindingKind, int]:
    """How many of each kind the records of a period show; of one unit's officers or of all."""
    row = FindingRow
    query = sa.select(row.kind, sa.func.count()).where(_standing(period)).group_by(row.kind)
    if unit is not None:
        query = query.join(tables.Officer, row.officer_id == tables.Officer.id)
        query = query.where(tables.Officer.unit == unit)
    return {FindingKind(kind): count for kind, count in session.execute(query)}


def newest_findings(
    session: Session, period: Span[datetime], *, most: int, unit: str | None = None
) -> tuple[Finding, ...]:
    """The newest of them."""
    row = FindingRow
    query = (
        sa.select(
            row.kind,
            tables.Officer.badge,
            tables.Call.number,
            tables.Camera.serial,
            row.recording_id,
            row.starts_at,
            row.ends_at,
            row.why,
        )
        .outerjoin(tables.Officer, row.officer_id == tables.Officer.id)
        .outerjoin(tables.Call, row.call_id == tables.Call.id)
        .outerjoin(tables.Camera, row.camera_id == tables.Camera.id)
        .where(_standing(period))
        .order_by(row.starts_at.desc())
        .limit(most)
    )
    if unit is not None:
        query = query.where(tables.Officer.unit == unit)
    return tuple(
        Finding(
            FindingKind(kind),
            badge=badge,
            call=call,
            camera=camera,
            recording=recording,
            start=start,
            end=end,
            why=why,
        )
        for kind, badge, call, camera, recording, start, end, why in session.execute(query)
    )


def _standing(period: Span[datetime]) -> sa.ColumnElement[bool]:
    """Findings of a period that the records still show."""
    row = FindingRow
    return sa.and_(row.starts_at >= period.start, row.starts_at < period.end, row.gone_at.is_(None))
