"""Stored findings of a period, counted by kind."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.finding import FindingRow
from bwc.coverage.findings import FindingKind
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


def _standing(period: Span[datetime]) -> sa.ColumnElement[bool]:
    """Findings of a period that the records still show."""
    row = FindingRow
    return sa.and_(row.starts_at >= period.start, row.starts_at < period.end, row.gone_at.is_(None))
