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
    counts = _of_all(session, period) if unit is None else _of_unit(session, period, unit)
    return {kind: count for kind, count in counts.items() if count}


def _of_all(session: Session, period: Span[datetime]) -> dict[FindingKind, int]:
    """One question to the index for each kind, which sorts nothing."""
    standing = _standing(period)
    count = sa.select(sa.func.count()).select_from(FindingRow).where(standing)
    each = [count.where(FindingRow.kind == kind.value).scalar_subquery() for kind in FindingKind]
    return dict(zip(FindingKind, session.execute(sa.select(*each)).one(), strict=True))


def _of_unit(session: Session, period: Span[datetime], unit: str) -> dict[FindingKind, int]:
    """The findings of each of its officers, from theirs."""
    row = FindingRow
    crew = sa.select(tables.Officer.id).where(tables.Officer.unit == unit)
    query = (
        sa.select(row.kind, sa.func.count())
        .where(_standing(period), row.officer_id.in_(crew))
        .group_by(row.kind)
    )
    return {FindingKind(kind): count for kind, count in session.execute(query)}


def _standing(period: Span[datetime]) -> sa.ColumnElement[bool]:
    """Findings of a period that the records still show."""
    row = FindingRow
    return sa.and_(row.starts_at >= period.start, row.starts_at < period.end, row.gone_at.is_(None))
