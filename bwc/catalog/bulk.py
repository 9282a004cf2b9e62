"""Many rows at once, past the object mapper: times as integers, rows as plain tuples.

A year of a large department is twenty million rows; an object for each, or a parse of each time,
is most of the work of summing them.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bwc.catalog.base import Base

UNKNOWN: Final = int(np.iinfo(np.int64).min)  # what numpy keeps a time that is none as
AT_ONCE = 300  # rows alive at one moment; of more, the garbage collector looks through the program


class bare_time(FunctionElement[Any]):  # noqa: N801  it stands in queries like sa.func's functions
    """A time column as the database has it at hand; `time_column` makes integers of it."""

    inherit_cache = True
    name = "bare_time"


@compiles(bare_time, "sqlite")
def _on_sqlite(element: bare_time, compiler: SQLCompiler, **kw: Any) -> str:
    """SQLite keeps text to the microsecond: `2026-03-01 08:05:00.000000`, in UTC."""
    return compiler.process(element.clauses, **kw)


@compiles(bare_time, "postgresql")
def _on_postgresql(element: bare_time, compiler: SQLCompiler, **kw: Any) -> str:
    """Microseconds since 1970-01-01 UTC: PostgreSQL's `extract` gives an exact decimal."""
    text = compiler.process(element.clauses, **kw)
    return f"CAST(extract(epoch FROM {text}) * 1000000 AS BIGINT)"


def read_columns_of(session: Session, query: sa.Select[*tuple[Any, ...]]) -> list[list[Any]]:
    """The rows of a query as columns; as many where there is no row."""
    result = session.connection().execute(query)
    columns: list[list[Any]] = [[] for _ in query.selected_columns]
    for some in result.partitions(AT_ONCE):
        for column, values in zip(columns, zip(*some, strict=True), strict=True):
            column.extend(values)
    return columns


def time_column(values: Sequence[str | int | None]) -> npt.NDArray[np.int64]:
    """What `bare_time` gave as microseconds since 1970-01-01 UTC, `UNKNOWN` for null."""
    known = next((one for one in values if one is not None), None)
    if isinstance(known, int):
        whole = [UNKNOWN if one is None else one for one in values]
        return np.array(whole, dtype=np.int64)
    return np.array(values, dtype="datetime64[us]").astype(np.int64)


def insert_rows(
    session: Session, table: type[Base], columns: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    """Insert tuples as they are: enums as their text, no default is filled in."""
    if not rows:
        return
    connection = session.connection()
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(columns))
    names = ", ".join(columns)
    connection.exec_driver_sql(
        f"INSERT INTO {table.__tablename__} ({names}) VALUES ({marks})",  # noqa: S608  our names
        rows,
    )
