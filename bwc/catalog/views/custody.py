"""Custody entries about one thing, as its page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.views.copying import value_of


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One act about one thing."""

    position: int
    occurred_at: datetime
    actor: str
    act: str
    subject_kind: str
    subject_id: str
    detail: JsonObject
    hash: str


def list_entries(session: Session, subject_ids: Iterable[str], *, limit: int) -> list[EntryLine]:
    """What was done to these things, the newest first."""
    query = sa.select(CustodyEntry).where(CustodyEntry.subject_id.in_(list(subject_ids)))
    newest = query.order_by(CustodyEntry.position.desc()).limit(limit)
    return [value_of(EntryLine, row) for row in session.scalars(newest)]


def list_newest(session: Session, *, limit: int, before: int | None = None) -> list[EntryLine]:
    """The newest entries, or those before the one at position `before`."""
    query = sa.select(CustodyEntry).order_by(CustodyEntry.position.desc()).limit(limit)
    if before is not None:
        query = query.where(CustodyEntry.position < before)
    return [value_of(EntryLine, row) for row in session.scalars(query)]
