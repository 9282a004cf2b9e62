"""Rows from outside set against the rows of a table: new, changed or the same."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.base import Base
from bwc.clock import iso

Record = TypeVar("Record", bound=Base)

ASKED_AT_ONCE = 500  # values in one query; SQLite allows 32,766


@dataclass(frozen=True, slots=True)
class Matching(Generic[Record]):
    """How rows of a table are known again.

    `parent` is the column by which the rows that may be meant are found; `key` tells them apart;
    `columns` are what an import may change.
    """

    table: type[Record]
    parent: InstrumentedAttribute[str]
    key: Callable[[Record], Hashable]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What an import did to one table; `before` holds the changed values as they were."""

    added: int
    changed: int
    unchanged: int
    before: tuple[JsonObject, ...]


def merge_rows(session: Session, matching: Matching[Record], rows: Sequence[Record]) -> Merged:
    """Add the rows that are new, and set the columns of those that changed. Nothing is removed."""
    known = {matching.key(row): row for row in _candidates(session, matching, rows)}
    added = 0
    before: list[JsonObject] = []
    for row in rows:
        found = known.get(matching.key(row))
        if found is None:
            session.add(row)
            added += 1
            continue
        was = _differences(found, row, matching.columns)
        if was:
            before.append({"id": "/".join(sa.inspect(found).identity or ()), **was})
            for column in was:
                setattr(found, column, getattr(row, column))
    session.flush()
    return Merged(added, len(before), len(rows) - added - len(before), tuple(before))


def _candidates(
    session: Session, matching: Matching[Record], rows: Iterable[Record]
) -> Iterable[Record]:
    """The stored rows that share a parent with any of `rows`."""
    parents = sorted({getattr(row, matching.parent.key) for row in rows})
    for first in range(0, len(parents), ASKED_AT_ONCE):
        some = parents[first : first + ASKED_AT_ONCE]
        yield from session.scalars(sa.select(matching.table).where(matching.parent.in_(some)))


def _differences(stored: Base, row: Base, columns: Sequence[str]) -> JsonObject:
    """The columns in which the stored row differs, with what it holds.

    A column that `row` was made without says nothing and is left alone.
    """
    told = sa.inspect(row).dict
    return {
        column: _plain(getattr(stored, column))
        for column in columns
        if column in told and getattr(stored, column) != told[column]
    }


def _plain(value: Any) -> Json:
    """A column's value as JSON: times as text, the rest as it is."""
    return iso(value) if hasattr(value, "isoformat") else value
