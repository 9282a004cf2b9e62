"""Fixtures that every test may use: an empty catalog, on SQLite and on a real PostgreSQL."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bwc.catalog import schema
from bwc.catalog.store import Catalog
from tests.servers import PostgresServer, SeaweedServer

# Property tests: no deadline, for the machine may be busy; many examples in CI.
settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile(
    "ci", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "many", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("some", max_examples=150, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one, but for those that need footage nobody may copy."""
    report = yield
    allowed = item.get_closest_marker("footage") is not None
    if report.skipped and os.environ.get("TEST_REQUIRE_ALL") and not allowed:
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite catalog to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    catalog = Catalog(f"sqlite:///{path}")
    schema.upgrade(catalog)
    with catalog.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    catalog.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL with a migrated template database."""
    with PostgresServer() as server:
        catalog = Catalog(server.create("bwc_template"))
        schema.upgrade(catalog)
        catalog.close()
        yield server


@pytest.fixture(scope="session")
def seaweed() -> Iterator[SeaweedServer]:
    """A real S3 with a locking bucket, a plain one, and one of another account."""
    with SeaweedServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog; each test that asks for it runs on both databases."""
    if request.param == "sqlite":
        yield from _copied(request.getfixturevalue("sqlite_template"), tmp_path)
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.copy("bwc_template")
        catalog = Catalog(url)
        yield catalog
        catalog.close()
        server.drop(url)


@pytest.fixture
def sqlite_catalog(sqlite_template: Path, tmp_path: Path) -> Iterator[Catalog]:
    """An empty SQLite catalog, for tests in which the database is not the point."""
    yield from _copied(sqlite_template, tmp_path)


def _copied(template: Path, folder: Path) -> Iterator[Catalog]:
    """A copy of a SQLite catalog in `folder`, closed in the end."""
    path = folder / "catalog.db"
    shutil.copyfile(template, path)
    catalog = Catalog(f"sqlite:///{path}")
    yield catalog
    catalog.close()
