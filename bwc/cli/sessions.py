"""The department's catalog for a command: opened by its settings, closed when the command ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from bwc.catalog.store import Catalog
from bwc.settings import Settings, load_settings


@contextmanager
def reading() -> Iterator[tuple[Session, Settings]]:
    """A session that only reads, and the settings."""
    settings = load_settings()
    catalog = Catalog(settings.catalog_url)
    try:
        with catalog.read() as session:
            yield session, settings
    finally:
        catalog.close()


@contextmanager
def writing() -> Iterator[tuple[Session, Settings]]:
    """A session that may write, and the settings."""
    settings = load_settings()
    catalog = Catalog(settings.catalog_url)
    try:
        with catalog.write() as session:
            yield session, settings
    finally:
        catalog.close()
