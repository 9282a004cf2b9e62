"""Disposals: what was proposed for destruction, what came of it, and the stones over what is gone.

A disposal and its items move forward only. A tombstone is never changed and never removed.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key, reference, sha256_column


class DisposalState(StrEnum):
    """Where a disposal stands. REFUSED and EXECUTED are ends."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    EXECUTED = "executed"


class Disposal(Base):
    """A numbered proposal to destroy recordings, and its approval by another person.

    `document` is the dry run exactly as it was proposed; `sha256` names it. `execute_after` is set
    by the approval and cannot be chosen.
    """

    __tablename__ = "disposals"
    __table_args__ = (
        sa.CheckConstraint(
            "(approved_by IS NULL AND state IN ('proposed', 'refused'))"
            " OR (approved_by IS NOT NULL AND approved_by <> proposed_by)",
            name="two_people",
        ),
    )

    id: Mapped[str] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[DisposalState] = enum_column(DisposalState, index=True)
    document: Mapped[dict[str, Json]]
    sha256: Mapped[str] = sha256_column()
    rests_on_draft: Mapped[bool]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    draft_accepted_by: Mapped[str | None]
    execute_after: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class DisposalItemState(StrEnum):
    """Where one recording of a disposal stands. STOPPED and DISPOSED are ends."""

    PROPOSED = "proposed"
    DISPOSING = "disposing"
    STOPPED = "stopped"
    DISPOSED = "disposed"


class DisposalItem(Base):
    """One recording of a disposal. `basis_sha256` names the facts, packs and holds it rests on."""

    __tablename__ = "disposal_items"

    id: Mapped[str] = primary_key()
    disposal_id: Mapped[str] = reference("disposals.id")
    recording_id: Mapped[str] = reference("recordings.id")
    state: Mapped[DisposalItemState] = enum_column(DisposalItemState, index=True)
    basis_sha256: Mapped[str] = sha256_column()
    why: Mapped[str]
    settled_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("disposal_id", "recording_id"),)


class Tombstone(Base):
    """What remains of a destroyed recording: its hash, its metadata, and by whose word it went."""

    __tablename__ = "tombstones"

    id: Mapped[str] = primary_key()
    recording_id: Mapped[str] = reference("recordings.id")
    disposal_id: Mapped[str] = reference("disposals.id")
    sha256: Mapped[str] = sha256_column()
    document: Mapped[dict[str, Json]]
    disposed_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("recording_id"),)
