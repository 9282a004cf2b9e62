"""Rows of the catalog as lines of JSON, the same from every database.

What was dumped from SQLite can be loaded into PostgreSQL and back. Signed-in browsers are left
out: after a restore everyone signs in again; and so are signs of life of processes.
"""

import hashlib
import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bwc.canonical import Json
from bwc.catalog.base import UtcDateTime
from bwc.catalog.tables import Base, ProcessBeat, Session
from bwc.clock import iso, parse_time
from bwc.ids import Sha256

BATCH = 500
LEFT_OUT = frozenset({Session.__tablename__, ProcessBeat.__tablename__})


@dataclass(frozen=True, slots=True)
class Dumped:
    """A file of lines, as it was written."""

    lines: int
    sha256: Sha256


def tables() -> list[sa.Table]:
    """The tables of a backup, each after those it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def dump(connection: sa.Connection, table: sa.Table, path: Path) -> Dumped:
    """Write every row of `table` to `path`, in the order of its key."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    rows = connection.execution_options(yield_per=BATCH).execute(query)
    return write_lines(path, (_document(table, row) for row in rows))


def load(connection: sa.Connection, table: sa.Table, path: Path) -> None:
    """Insert every line of `path` into `table`."""
    lines = read_lines(path)
    while batch := list(itertools.islice(lines, BATCH)):
        connection.execute(sa.insert(table), [_row(table, line) for line in batch])


def write_lines(path: Path, documents: Iterator[Json]) -> Dumped:
    """Write one line of JSON per document; how many there were and the file's sha256."""
    digest, count = hashlib.sha256(), 0
    with path.open("xb") as file:
        for document in documents:
            line = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return Dumped(count, Sha256(digest.hexdigest()))


def read_lines(path: Path) -> Iterator[Any]:
    """The documents of a file of lines."""
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)


def _document(table: sa.Table, row: sa.Row[Any]) -> Json:
    values = zip(table.columns, row, strict=True)
    return {
        column.name: iso(value) if isinstance(column.type, UtcDateTime) and value else value
        for column, value in values
    }


def _row(table: sa.Table, line: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name], value) for name, value in line.items()}


def _value(column: sa.Column[Any], value: Any) -> Any:
    if value is None:  # for a JSON column None alone would be the JSON word null
        return sa.null() if isinstance(column.type, sa.JSON) else None
    return parse_time(value) if isinstance(column.type, UtcDateTime) else value
