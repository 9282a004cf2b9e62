"""Coverage summed up: what officers and units had to record and recorded, by day and month.

All of it can be made again from calls, shifts and recordings. `period` is `2026-03-01` or
`2026-03`, on the department's calendar. Lengths of time are in microseconds.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.catalog.base import Base, enum_column, reference, sha256_column


class CoverageSpanKind(StrEnum):
    """How long a period is."""

    DAY = "day"
    MONTH = "month"


class CallGroup(StrEnum):
    """By what calls are put together for comparisons."""

    DISTRICT = "district"
    CALL_TYPE = "call type"
    SHIFT = "shift"


class _Figures:
    """The figures of a sum.

    `buffer_*`, `with_sound` and `muted` count calls with video. `earlier_*` and `later_*` are the
    figures with every recording moved by a minute. `duty_us` is sworn time on duty, `bare_us` the
    part of it without a working camera.
    """

    calls: Mapped[int]
    excluded: Mapped[int]
    covered_fully: Mapped[int]
    partial: Mapped[int]
    without_video: Mapped[int]
    expected_us: Mapped[int] = mapped_column(sa.BigInteger)
    covered_us: Mapped[int] = mapped_column(sa.BigInteger)
    late_calls: Mapped[int]
    late_us: Mapped[int] = mapped_column(sa.BigInteger)
    early_calls: Mapped[int]
    early_us: Mapped[int] = mapped_column(sa.BigInteger)
    gap_calls: Mapped[int]
    gaps: Mapped[int]
    buffer_complete: Mapped[int]
    buffer_partial: Mapped[int]
    buffer_absent: Mapped[int]
    with_sound: Mapped[int]
    muted: Mapped[int]
    muted_us: Mapped[int] = mapped_column(sa.BigInteger)
    earlier_with_video: Mapped[int]
    earlier_complete: Mapped[int]
    earlier_us: Mapped[int] = mapped_column(sa.BigInteger)
    later_with_video: Mapped[int]
    later_complete: Mapped[int]
    later_us: Mapped[int] = mapped_column(sa.BigInteger)
    duty_us: Mapped[int] = mapped_column(sa.BigInteger)
    bare_us: Mapped[int] = mapped_column(sa.BigInteger)


FIGURES: Final = tuple(_Figures.__annotations__)
WITHOUT_CAMERA: Final = sa.text("bare_us > 0")  # as the index says it, without a parameter


class CoveragePeriod(Base):
    """A day or month that is summed: it holds all that had arrived at `as_of`.

    An officer or unit without a row in a summed period had nothing to record and no duty in it.
    `is_stale` says that records of it changed since and it must be made again. `rule` cites the
    activation rule that a day was measured by; a month, which may have several, has none.
    """

    __tablename__ = "coverage_periods"

    kind: Mapped[CoverageSpanKind] = enum_column(CoverageSpanKind)
    period: Mapped[str] = mapped_column(sa.String(10))
    as_of: Mapped[datetime]
    is_stale: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[str | None]
    rule_sha256: Mapped[str | None] = sha256_column()

    __table_args__ = (sa.PrimaryKeyConstraint("kind", "period"),)


class CoverageSum(_Figures, Base):
    """One officer over one period; the key keeps the rows of a period side by side."""

    __tablename__ = "coverage_sums"

    kind: Mapped[CoverageSpanKind] = enum_column(CoverageSpanKind)
    period: Mapped[str] = mapped_column(sa.String(10))
    officer_id: Mapped[str] = reference("officers.id", index=False)

    __table_args__ = (
        sa.PrimaryKeyConstraint("kind", "period", "officer_id"),
        sa.Index(
            "ix_coverage_sums_bare",
            "kind",
            "period",
            "officer_id",
            "bare_us",  # whole in the index, or SQLite does not take it
            sqlite_where=WITHOUT_CAMERA,
            postgresql_where=WITHOUT_CAMERA,
        ),
        {"sqlite_with_rowid": False},
    )


class UnitCoverageSum(_Figures, Base):
    """The officers of one unit over one period; the unit is what it was when the sum was made."""

    __tablename__ = "unit_coverage_sums"

    kind: Mapped[CoverageSpanKind] = enum_column(CoverageSpanKind)
    period: Mapped[str] = mapped_column(sa.String(10))
    unit: Mapped[str]

    __table_args__ = (
        sa.PrimaryKeyConstraint("kind", "period", "unit"),
        {"sqlite_with_rowid": False},
    )


class CallGroupSum(Base):
    """A unit's officer-calls of one district, type or shift over one period, and those with video.

    Excluded calls are not counted. A day is complete where its shifts have all calls of its units.
    """

    __tablename__ = "call_group_sums"

    kind: Mapped[CoverageSpanKind] = enum_column(CoverageSpanKind)
    period: Mapped[str] = mapped_column(sa.String(10))
    grouping: Mapped[CallGroup] = enum_column(CallGroup)
    unit: Mapped[str]
    name: Mapped[str]
    calls: Mapped[int]
    with_video: Mapped[int]

    __table_args__ = (
        sa.PrimaryKeyConstraint("kind", "period", "grouping", "unit", "name"),
        {"sqlite_with_rowid": False},
    )


class RecordedSum(Base):
    """The readable recordings that began on one day, by the type of the call they are tied to.

    A day that is summed and not stale has all of them; one without a row had none.
    """

    __tablename__ = "recorded_sums"

    day: Mapped[str] = mapped_column(sa.String(10))
    category: Mapped[str]
    recordings: Mapped[int]
    duration_us: Mapped[int] = mapped_column(sa.BigInteger)

    __table_args__ = (
        sa.PrimaryKeyConstraint("day", "category"),
        {"sqlite_with_rowid": False},
    )
