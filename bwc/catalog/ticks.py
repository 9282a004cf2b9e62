"""Times as whole microseconds since 1970-01-01 UTC, counted by the database itself.

A million rows come as integers several times as fast as as datetimes, and just as exact.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class ticks(FunctionElement[int]):  # noqa: N801  it stands in queries like sa.func's functions
    """A time column as microseconds since 1970-01-01 UTC; null where it is null."""

    type = sa.BigInteger()
    inherit_cache = True
    name = "ticks"


@compiles(ticks, "sqlite")
def _on_sqlite(element: ticks, compiler: SQLCompiler, **kw: Any) -> str:
    """SQLite keeps text to the microsecond: `2026-03-01 08:05:00.000000`, in UTC."""
    text = compiler.process(element.clauses, **kw)
    whole = f"CAST(strftime('%s', substr({text}, 1, 19)) AS INTEGER)"
    return f"({whole} * 1000000 + CAST(substr({text}, 21, 6) AS INTEGER))"


@compiles(ticks, "postgresql")
def _on_postgresql(element: ticks, compiler: SQLCompiler, **kw: Any) -> str:
    """PostgreSQL's `extract` gives an exact decimal."""
    text = compiler.process(element.clauses, **kw)
    return f"CAST(extract(epoch FROM {text}) * 1000000 AS BIGINT)"
