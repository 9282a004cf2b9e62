"""Rows written past the object mapper, in big batches, to SQLite or PostgreSQL."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from bwc.catalog.store import Catalog

HOUR = 3_600_000_000
SECOND = 1_000_000
Ticks = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Rows = Iterable[Sequence[object]]


class Out:
    """One connection that writes rows as they are: `executemany`, or PostgreSQL's COPY."""

    def __init__(self, catalog: Catalog) -> None:
        self.is_sqlite = catalog.engine.dialect.name == "sqlite"
        self.raw = catalog.engine.raw_connection()
        self.cursor = self.raw.cursor()
        self.begin()

    def begin(self) -> None:
        if self.is_sqlite:
            self.cursor.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.raw.commit()
        self.begin()

    def rows(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        names = ", ".join(columns)
        if self.is_sqlite:
            marks = ", ".join("?" * len(columns))
            self.cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            return
        with self.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)


def key(kind: int, number: int) -> str:
    """A key of one table; keys rise as those that are made by time do."""
    return f"0195{kind:04x}-0000-7000-8000-{number:012x}"


def micros(day: date, zone: ZoneInfo) -> int:
    """Local midnight as microseconds since 1970-01-01 UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return (midnight - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def text(times: Ticks, out: Out) -> list[str]:
    """Times as the database keeps them."""
    end = "" if out.is_sqlite else "+00"
    words = np.datetime_as_string(times.astype("datetime64[us]"), unit="us").tolist()
    return [one.replace("T", " ") + end for one in words]
