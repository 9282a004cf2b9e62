"""Writing the ledger: one entry per act, in the caller's own transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.custody import CustodyEntry
from bwc.clock import as_utc
from bwc.custody.acts import Act, Subject
from bwc.custody.ledger import GENESIS, Entry, Head, seal
from bwc.ids import Sha256

CHAIN_LOCK = 0x62776331  # PostgreSQL advisory lock: one writer at the chain's end


@dataclass(frozen=True, slots=True)
class About:
    """The thing an act was done to."""

    kind: Subject
    id: str


def record(
    session: Session,
    act: Act,
    *,
    about: About,
    actor: str,
    at: datetime,
    detail: JsonObject | None = None,
    before: JsonObject | None = None,
) -> CustodyEntry:
    """Append one entry to the chain; it commits or rolls back with the caller's transaction.

    Args:
        session: a writing session of the catalog.
        act: what was done.
        about: the thing it was done to.
        actor: the username, or the name of the part that acted ("worker", "intake").
        at: when, aware.
        detail: what the act was in numbers and hashes; never a face, name or secret.
        before: the changed values as they were, where something was changed.
    """
    last = _lock_and_read_head(session)
    entry = Entry(
        position=last.position + 1,
        occurred_at=as_utc(at),
        actor=actor,
        act=act.value,
        subject_kind=about.kind.value,
        subject_id=about.id,
        before=before,
        detail=detail or {},
        previous_hash=last.hash,
    )
    row = CustodyEntry(
        position=entry.position,
        occurred_at=entry.occurred_at,
        actor=entry.actor,
        act=entry.act,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        before=entry.before,
        detail=entry.detail,
        previous_hash=entry.previous_hash,
        hash=seal(entry),
    )
    session.add(row)
    session.flush()
    return row


def head(session: Session) -> Head:
    """Where the chain ends now."""
    newest = sa.select(CustodyEntry.position, CustodyEntry.hash).order_by(
        CustodyEntry.position.desc()
    )
    row = session.execute(newest.limit(1)).first()
    return Head(row.position, Sha256(row.hash)) if row else Head(0, GENESIS)


def _lock_and_read_head(session: Session) -> Head:
    """The head, with every other writer held back until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(CHAIN_LOCK)))
    return head(session)
