"""The catalog on both databases: migrations equal the tables, and sessions keep their word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Base, Officer, Shift
from bwc.errors import InvalidInput, TransientError
from tests.servers import PostgresServer, free_ports


def test_migrations_and_tables_say_the_same(catalog: Catalog) -> None:
    with catalog.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert schema.current_revision(catalog) == schema.head_revision()


def test_migrations_go_down_and_up_again(catalog: Catalog) -> None:
    schema.downgrade(catalog, "base")
    assert set(sa.inspect(catalog.engine).get_table_names()) == {"alembic_version"}
    schema.upgrade(catalog)
    assert "recordings" in sa.inspect(catalog.engine).get_table_names()


def test_an_embedded_catalog_is_for_its_own_account_alone(tmp_path: Path) -> None:
    catalog = Catalog(f"sqlite:///{tmp_path / 'home' / 'catalog.db'}")
    schema.upgrade(catalog)
    with catalog.read() as session:
        session.execute(sa.select(Officer))
        files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "home").iterdir()}
    assert files == {"catalog.db": 0o600, "catalog.db-shm": 0o600, "catalog.db-wal": 0o600}
    catalog.close()


def test_a_commit_to_an_embedded_catalog_outlives_a_power_cut(sqlite_catalog: Catalog) -> None:
    full = 2  # https://www.sqlite.org/pragma.html#pragma_synchronous
    with sqlite_catalog.read() as session:
        assert session.scalar(sa.text("PRAGMA synchronous")) == full
        assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"


def test_leaving_a_writing_session_without_commit_changes_nothing(catalog: Catalog) -> None:
    with catalog.write() as session:
        session.add(Officer(badge="1", name="A", unit="U"))
        session.flush()
    with catalog.read() as session:
        assert session.scalar(sa.select(sa.func.count(Officer.id))) == 0


def test_a_foreign_key_to_nothing_is_refused(catalog: Catalog) -> None:
    now = datetime.now(UTC)
    with catalog.write() as session:
        session.add(Shift(officer_id="nobody", starts_at=now, ends_at=now))
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()


def test_times_come_back_aware_and_naive_ones_are_refused(catalog: Catalog) -> None:
    moment = datetime.fromisoformat("2026-03-01T12:00:00-07:00")
    with catalog.write() as session:
        officer = Officer(badge="1", name="A", unit="U")
        session.add(officer)
        session.flush()
        session.add(Shift(officer_id=officer.id, starts_at=moment, ends_at=moment))
        session.commit()
    with catalog.read() as session:
        stored = session.scalars(sa.select(Shift)).one()
        assert stored.starts_at == moment
        assert stored.starts_at.utcoffset() is not None
    with catalog.write() as session:
        session.add(Shift(officer_id="x", starts_at=datetime(2026, 3, 1), ends_at=moment))  # noqa: DTZ001
        with pytest.raises((InvalidInput, sa.exc.StatementError)):
            session.flush()


NO_CATALOGS = {
    "no address": "nonsense",
    "no such kind of database": "oracul://host/name",
    "a driver that is not there": "postgresql+psycopg2://u:hunter2@host/name",
}


@pytest.mark.parametrize("url", NO_CATALOGS.values(), ids=NO_CATALOGS.keys())
def test_an_address_of_no_database_is_named_without_its_password(url: str) -> None:
    with pytest.raises(InvalidInput, match="BWC_CATALOG__URL: no database") as refused:
        Catalog(url)
    assert "hunter2" not in str(refused.value)


def test_a_database_that_is_not_there_is_worth_another_try() -> None:
    catalog = Catalog(f"postgresql+psycopg://u:p@127.0.0.1:{free_ports(1)[0]}/name")
    for ask in (schema.current_revision, schema.upgrade, schema.require_current):
        with pytest.raises(TransientError, match="did not answer"):
            ask(catalog)
    catalog.close()


def lose_the_server(catalog: Catalog) -> None:
    """Read through a connection that the server ends in between."""
    with catalog.read() as session:
        backend = session.scalar(sa.text("SELECT pg_backend_pid()"))
        with catalog.write() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
        session.execute(sa.text("SELECT 1"))


def test_a_read_whose_database_went_away_is_worth_another_try(postgres: PostgresServer) -> None:
    catalog = Catalog(postgres.copy("bwc_template"))
    with pytest.raises(TransientError):
        lose_the_server(catalog)
    catalog.close()
