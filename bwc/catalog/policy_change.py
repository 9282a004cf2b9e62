"""New versions of the policy packs: what one person proposed and another put into force."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bwc.canonical import Json
from bwc.catalog.base import Base, enum_column, primary_key, sha256_column


class PolicyChangeState(StrEnum):
    """Where a change stands. ACTIVATED and REFUSED are ends."""

    PROPOSED = "proposed"
    ACTIVATED = "activated"
    REFUSED = "refused"


class PolicyChange(Base):
    """A numbered proposal of packs, and what came of it. The newest activated one is in force.

    `files` are the packs' texts by path, so that what was activated is what runs, whatever happens
    to the folder they came from. `document` is the difference as it was proposed; `sha256` names it.
    """

    __tablename__ = "policy_changes"
    __table_args__ = (
        sa.CheckConstraint(
            "activated_by IS NULL OR activated_by <> proposed_by", name="two_people"
        ),
    )

    id: Mapped[str] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[PolicyChangeState] = enum_column(PolicyChangeState, index=True)
    pack_ids: Mapped[list[Json]]
    files: Mapped[dict[str, Json]]
    document: Mapped[dict[str, Json]]
    sha256: Mapped[str] = sha256_column()
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    activated_by: Mapped[str | None]
    activated_at: Mapped[datetime | None]
    refused_by: Mapped[str | None]
    refused_at: Mapped[datetime | None]
    refused_because: Mapped[str | None]
