"""The catalog's door: one engine, reading sessions and writing sessions.

SQLite runs in WAL mode with foreign keys on. A writing session takes SQLite's write lock at its
start (BEGIN IMMEDIATE), so two writers queue instead of failing half-way; readers never wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bwc.errors import InvalidInput, TransientError

SQLITE_BUSY_SECONDS = 30
ROWS_SAMPLED = 1000  # of each index: a moment, however large the catalog
OURS_ALONE = 0o600  # names and password hashes; SQLite gives its other files the same rights


class Catalog:
    """The catalog of one department."""

    def __init__(self, url: str) -> None:
        """Open the catalog at `url`; nothing is created but SQLite's file, empty."""
        self.url = url
        self.engine = _make_engine(url)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; whatever it might change is thrown away."""
        with answering(), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that may write; leaving without `commit()` rolls everything back."""
        engine = self.engine.execution_options(bwc_writing=True)
        with answering(), Session(engine) as session:
            yield session

    def take_stock(self) -> None:
        """Let SQLite sample its tables, so that it knows which index helps; PostgreSQL does itself."""
        if self.engine.dialect.name != "sqlite":
            return
        writing = self.engine.execution_options(bwc_writing=True)
        with answering(), writing.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit={ROWS_SAMPLED}")
            connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


@contextmanager
def answering() -> Iterator[None]:
    """A database that does not answer now may answer later; what it cannot hold came in wrong.

    Raises:
        TransientError: it did not answer.
        InvalidInput: a text with a NUL character or too long for an id, a number out of range.
    """
    try:
        yield
    except sa.exc.DataError as exc:
        raise InvalidInput(
            "the catalog cannot hold this value", got=str(exc.orig).partition("\n")[0][:200]
        ) from exc
    except sa.exc.OperationalError as exc:
        raise TransientError("the catalog did not answer", got=str(exc.orig)) from exc


def _make_engine(url: str) -> sa.Engine:
    """An engine for `url`, with SQLite's pragmas and transaction start set."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return sa.create_engine(url, pool_pre_ping=True)
    except (sa.exc.ArgumentError, ImportError) as exc:  # what it says may hold the password
        raise InvalidInput(
            "no database can be opened at the catalog's address",
            where="BWC_CATALOG__URL",
            expected="postgresql+psycopg://user:password@host/name or sqlite:////path/to/file",
        ) from exc
    if parsed.database:
        file = Path(parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch(OURS_ALONE)
    engine = sa.create_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """WAL, foreign keys, and transactions begun by us alone."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Writers queue at the door; readers go straight in."""
    writing = connection.get_execution_options().get("bwc_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
