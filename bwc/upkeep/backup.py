"""Making a backup while the house is at work.

The catalog is read in one snapshot first. Objects are stored before the rows that name them, so
the vault, copied after it, holds at least everything the snapshot speaks of.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc import __version__
from bwc.canonical import Json
from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    PersonCrop,
    ProofFile,
    RecipientLink,
    Recording,
    Release,
    Rendering,
)
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, head, record
from bwc.errors import Conflict, IntegrityError, NotFound
from bwc.ids import Sha256
from bwc.upkeep.content_types import content_type_of
from bwc.upkeep.manifest import (
    CATALOG,
    PRIVATE,
    Backup,
    CustodyHead,
    Manifest,
    StorePart,
    TablePart,
)
from bwc.upkeep.rows import dump, tables, write_lines
from bwc.vault.files import hash_file, make_folder
from bwc.vault.inbox import keep_key
from bwc.vault.protocol import PublicStore, Vault
from bwc.vault.streams import stream_of

IN_VAULT = (
    Recording.sha256,
    Recording.poster_sha256,
    Recording.proxy_sha256,
    Recording.outline_sha256,
    Rendering.sha256,
    Rendering.poster_sha256,
    PersonCrop.sha256,
    Release.captions_sha256,
    ProofFile.sha256,
    RecipientLink.copy_sha256,
)


@dataclass(frozen=True, slots=True)
class Stores:
    """What a backup copies; `inbox_key` is the file of the key that opens letters, if one is kept."""

    catalog: Catalog
    vault: Vault
    public: PublicStore
    inbox_key: Path | None = None


def make_backup(
    stores: Stores, folder: Path, *, by: str, at: datetime, say: Callable[[str], None]
) -> Manifest:
    """Copy everything into `folder`, which is a backup once this returns.

    Raises:
        Conflict: `folder` is not empty.
        TransientError: no room.
    """
    schema.require_current(stores.catalog)
    _require_empty(folder)
    backup = Backup(folder)
    with _snapshot(stores.catalog) as session:
        newest = head(session)
        say("catalog")
        parts = _dump_tables(session, backup)
        named = _named_objects(session)
    vault, damaged = _copy_vault(stores.vault, backup, say=say)
    copied = {sha256 for sha256, _ in backup.objects()} | set(damaged)
    manifest = Manifest(
        version=__version__,
        revision=schema.head_revision(),
        made_at=at,
        custody=CustodyHead(position=newest.position, hash=newest.hash),
        tables=parts,
        vault=vault,
        public=_copy_public(stores.public, backup, say=say),
        inbox_key=_copy_key(stores.inbox_key, backup),
        damaged=damaged,
        missing=sorted(named - copied),
    )
    backup.write_manifest(manifest)
    _note(stores.catalog, backup, manifest, by=by, at=at)
    return manifest


def _require_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(
            "this folder is not empty",
            where=str(folder),
            advice="Name a new folder for each backup",
        )
    make_folder(folder.absolute())
    folder.chmod(PRIVATE)
    (folder / CATALOG).mkdir()


@contextmanager
def _snapshot(catalog: Catalog) -> Iterator[Session]:
    """A session that sees one moment, however long it reads; on SQLite every transaction does."""
    with catalog.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with Session(connection) as session:
            yield session


def _dump_tables(session: Session, backup: Backup) -> list[TablePart]:
    parts = []
    for table in tables():
        dumped = dump(session.connection(), table, backup.table(table.name))
        parts.append(TablePart(name=table.name, rows=dumped.lines, sha256=dumped.sha256))
    return parts


def _named_objects(session: Session) -> set[Sha256]:
    """Every object that a row of the catalog names."""
    return {
        Sha256(found)
        for column in IN_VAULT
        for found in session.scalars(sa.select(column))
        if found is not None
    }


def _copy_vault(
    vault: Vault, backup: Backup, *, say: Callable[[str], None]
) -> tuple[StorePart, list[Sha256]]:
    """Copy every object; those that do not hash to their names are left out and named."""
    damaged: list[Sha256] = []
    total = 0

    def copied() -> Iterator[Json]:
        nonlocal total
        for sha256 in vault.addresses():
            say(f"vault {sha256}")
            try:
                with vault.path(sha256) as path, path.open("rb") as file:
                    stored = backup.vault.put(file, expected=sha256)
            except IntegrityError:
                damaged.append(sha256)
                continue
            total += stored.size_bytes
            yield {"sha256": sha256, "size_bytes": stored.size_bytes}

    listed = write_lines(backup.vault_list, copied())
    part = StorePart(sha256=listed.sha256, objects=listed.lines, size_bytes=total)
    return part, damaged


def _copy_key(path: Path | None, backup: Backup) -> Sha256 | None:
    """Copy the key that opens letters, if this house has made one: without it they stay sealed."""
    if path is None or not path.exists():
        return None
    keep_key(backup.inbox_key, path.read_text().strip())
    return hash_file(backup.inbox_key)


def _copy_public(public: PublicStore, backup: Backup, *, say: Callable[[str], None]) -> StorePart:
    """Copy every published object; one that is withdrawn meanwhile is left out."""
    total = 0

    def copied() -> Iterator[Json]:
        nonlocal total
        for key in public.keys(""):
            say(f"public {key}")
            try:
                with stream_of(public.read(key)) as stream:
                    stored = backup.public.put(key, stream, content_type=content_type_of(key))
            except NotFound:
                continue
            total += stored.size_bytes
            yield {"key": key, "sha256": stored.sha256, "size_bytes": stored.size_bytes}

    listed = write_lines(backup.public_list, copied())
    return StorePart(sha256=listed.sha256, objects=listed.lines, size_bytes=total)


def _note(catalog: Catalog, backup: Backup, manifest: Manifest, *, by: str, at: datetime) -> None:
    """Write into custody that this backup was made, and what it is named."""
    with catalog.write() as session:
        record(
            session,
            Act.BACKUP_MADE,
            about=About(Subject.CATALOG, manifest.revision),
            actor=by,
            at=at,
            detail={
                "manifest_sha256": backup.sha256(),
                "head": manifest.custody.model_dump(mode="json"),
                "objects": manifest.vault.objects,
                "published": manifest.public.objects,
                "damaged": len(manifest.damaged),
                "missing": len(manifest.missing),
            },
        )
        session.commit()
