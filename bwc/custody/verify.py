"""Reading the ledger back from the catalog and following it from its first entry to its last."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.custody import CustodyEntry
from bwc.custody.ledger import Break, Entry, Fault, Head, Link, Walk
from bwc.ids import Sha256

BATCH = 1000  # rows in memory at once; the chain may be millions long

# What a driver raises over a value that its column cannot hold: no time, no JSON, no text.
UNREADABLE = (ValueError, TypeError, RecursionError, sa.exc.OperationalError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain is sound, and where it first breaks."""

    sound_until: Head
    broken: Break | None


class _Unreadable(Exception):
    """The next row holds what no entry can hold."""


def verify(session: Session, known: Iterable[Head] = ()) -> Verdict:
    """Follow the whole chain of the catalog.

    Args:
        session: a reading session.
        known: heads of this chain that lie outside: in bundles, in the public log.
    """
    walk = Walk(known)
    try:
        for link in links(session):
            broken = walk.step(link)
            if broken is not None:
                return Verdict(walk.head, broken)
    except _Unreadable as error:
        place = walk.head.position + 1
        broken = Break(place, Fault.CHANGED, expected="a readable entry", got=str(error))
        return Verdict(walk.head, broken)
    return Verdict(walk.head, walk.end())


def links(session: Session) -> Iterator[Link]:
    """Every entry with its hash, from the first on."""
    columns = sa.select(CustodyEntry.__table__).order_by(CustodyEntry.position).limit(BATCH)
    last: int | None = None
    while True:
        query = columns if last is None else columns.where(CustodyEntry.position > last)
        found = 0
        for row in _rows(session, query):
            if not isinstance(row.position, int):
                raise _Unreadable(f"an entry at {row.position!r}")
            found, last = found + 1, row.position
            yield link_of(row)
        if found < BATCH:
            return


def link_of(row: Any) -> Link:
    """A row of the ledger, with the columns of `CustodyEntry`, as a link."""
    entry = Entry(
        position=row.position,
        occurred_at=row.occurred_at,
        actor=row.actor,
        act=row.act,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        before=row.before,
        detail=row.detail,
        previous_hash=Sha256(row.previous_hash),
    )
    return Link(entry, Sha256(row.hash))


def _rows(session: Session, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
    """The rows of one batch; where one cannot be read, those before it and then _Unreadable."""
    try:
        rows = session.execute(query).all()
    except UNREADABLE:
        yield from _rows_one_by_one(session, query)
    else:
        yield from rows


def _rows_one_by_one(session: Session, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
    places = session.scalars(query.with_only_columns(CustodyEntry.position)).all()
    table = CustodyEntry.__table__
    for place in places:
        try:
            row = session.execute(sa.select(table).where(table.c.position == place)).one()
        except UNREADABLE as error:
            session.scalar(sa.select(sa.literal(1)))  # a database that is gone says so here
            raise _Unreadable(str(error)) from error
        yield row
