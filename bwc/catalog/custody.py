"""The ledger table: one row per act, chained by hash. The database refuses update and delete."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, sha256_column


class CustodyEntry(Base):
    """One act: who did what to which thing, when, what it was before, and the entry before it.

    `position` counts from 1 without gaps. `hash` covers every other column.
    """

    __tablename__ = "custody_entries"

    position: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[dict[str, Json] | None] = mapped_column(sa.JSON())
    detail: Mapped[dict[str, Json]]
    previous_hash: Mapped[str] = sha256_column()
    hash: Mapped[str] = sha256_column(unique=True)

    __table_args__ = (sa.Index("ix_custody_entries_subject", "subject_kind", "subject_id"),)
