"""Rows of sums as a page reads them: of units, of some officers, and who the officers are."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bwc.catalog import tables
from bwc.catalog.coverage_sum import FIGURES, CoverageSpanKind, CoverageSum, UnitCoverageSum
from bwc.coverage.sums import summed
from bwc.coverage.sweep import Integers

Crew: TypeAlias = Sequence[sa.Row[str, str, str, str, bool]]  # key, badge, name, unit, sworn


def read_crew(session: Session, unit: str | None) -> Crew:
    """Officers by badge."""
    row = tables.Officer
    query = sa.select(row.id, row.badge, row.name, row.unit, row.sworn).order_by(row.badge)
    if unit is not None:
        query = query.where(row.unit == unit)
    return session.connection().execute(query).all()


def unit_rows(session: Session, pieces: Sequence[str], unit: str | None) -> dict[str, Integers]:
    """The sums of each unit, or of one."""
    return _of_units(session, pieces, unit, by=UnitCoverageSum.unit)


def piece_rows(session: Session, pieces: Sequence[str], unit: str | None) -> dict[str, Integers]:
    """The sums of each day or month, of all units or of one."""
    return _of_units(session, pieces, unit, by=UnitCoverageSum.period)


def _of_units(
    session: Session, pieces: Sequence[str], unit: str | None, *, by: InstrumentedAttribute[str]
) -> dict[str, Integers]:
    """The sums of units by one of their columns."""
    row = UnitCoverageSum
    query = (
        sa.select(by, *summed(row))
        .where(row.kind.in_(CoverageSpanKind), row.period.in_(pieces))
        .group_by(by)
    )
    if unit is not None:
        query = query.where(row.unit == unit)
    return {one[0]: _row(one[1:]) for one in session.execute(query)}


def officer_rows(
    session: Session, pieces: Sequence[str], keys: Sequence[str]
) -> dict[str, Integers]:
    """The sums of some officers."""
    row = CoverageSum
    query = (
        sa.select(row.officer_id, *summed(row))
        .where(row.kind.in_(CoverageSpanKind), row.period.in_(pieces), row.officer_id.in_(keys))
        .group_by(row.officer_id)
    )
    return {one[0]: _row(one[1:]) for one in session.execute(query)}


def _row(figures: Sequence[int]) -> Integers:
    """A row of sums; PostgreSQL gives decimals."""
    return np.array([int(one) for one in figures], dtype=np.int64)


def nothing() -> Integers:
    """A row of zeros."""
    return np.zeros(len(FIGURES), dtype=np.int64)
