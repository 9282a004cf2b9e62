"""The department's catalog for a command: opened by its settings, closed when the command ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from bwc.catalog.store import Catalog
from bwc.settings import Settings, load_settings


@contextmanager
def opened_catalog(settings: Settings) -> Iterator[Catalog]:
    """The catalog of the settings, if this code can work with it: an older one may not refuse changes yet."""
    from bwc.catalog import (
        schema,
    )  # the migrations' library takes a while, and `measure` needs none

    catalog = Catalog(settings.catalog_url)
    try:
        schema.require_current(catalog)
        yield catalog
    finally:
        catalog.close()


@contextmanager
def reading() -> Iterator[tuple[Session, Settings]]:
    """A session that only reads, and the settings."""
    settings = load_settings()
    with opened_catalog(settings) as catalog, catalog.read() as session:
        yield session, settings


@contextmanager
def writing() -> Iterator[tuple[Session, Settings]]:
    """A session that may write, and the settings."""
    settings = load_settings()
    with opened_catalog(settings) as catalog, catalog.write() as session:
        yield session, settings
