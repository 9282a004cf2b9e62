"""Recordings that another evidence system lists: known by their times alone, without a file here."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.catalog.base import Base, primary_key, reference


class ListedRecording(Base):
    """A line of an export: `source` says it has a recording that it calls `number`.

    It is no `Recording`: there are no bytes to open, hash, hold or release. Times are as there:
    `started_at` is `device_started_at` minus `clock_offset_seconds`; `duration_us` in microseconds.
    """

    __tablename__ = "listed_recordings"
    __table_args__ = (sa.UniqueConstraint("source", "number"),)

    id: Mapped[str] = primary_key()
    source: Mapped[str]
    number: Mapped[str]
    camera_id: Mapped[str] = reference("cameras.id")
    device_started_at: Mapped[datetime]
    clock_offset_seconds: Mapped[float]
    started_at: Mapped[datetime] = mapped_column(index=True)
    duration_us: Mapped[int] = mapped_column(sa.BigInteger, index=True)
