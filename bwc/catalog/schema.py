"""Bringing a catalog's schema up to date, and saying where it stands."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bwc.catalog.store import Catalog, answering
from bwc.errors import Conflict

MIGRATIONS = Path(__file__).parent / "migrations"


Key = Callable[[], str]


def upgrade(catalog: Catalog, revision: str = "head", *, house_key: Key | None = None) -> None:
    """Run the migrations up to `revision`, in one transaction.

    Args:
        catalog: the catalog.
        revision: where to stop.
        house_key: gives the key that seals secrets; asked where older rows hold some in the clear.

    Raises:
        TransientError: the database did not answer.
    """
    with answering(), catalog.engine.execution_options(bwc_writing=True).begin() as connection:
        config = _config()
        config.attributes |= {"connection": connection, "house_key": house_key}
        command.upgrade(config, revision)


def downgrade(catalog: Catalog, revision: str, *, house_key: Key | None = None) -> None:
    """Run the migrations back down to `revision`."""
    with catalog.engine.execution_options(bwc_writing=True).begin() as connection:
        config = _config()
        config.attributes |= {"connection": connection, "house_key": house_key}
        command.downgrade(config, revision)


def current_revision(catalog: Catalog) -> str | None:
    """The revision the catalog stands at; None for an empty one.

    Raises:
        TransientError: the database did not answer.
    """
    with answering(), catalog.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """The newest revision that this code knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("the migrations folder is empty")
    return head


def require_current(catalog: Catalog) -> None:
    """Refuse to work on a catalog that this code does not fit.

    Raises:
        Conflict: its schema is older, newer, or not there yet.
    """
    found, needed = current_revision(catalog), head_revision()
    if found != needed:
        raise Conflict(
            "the catalog's schema is not the one this version works with",
            expected=f"revision {needed}",
            got=f"revision {found}" if found else "an empty catalog",
            advice="Run `bwc db upgrade`",
        )


def _config() -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
