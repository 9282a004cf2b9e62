"""Bringing a backup back into an empty house.

Everything in the backup is checked before anything is written, and the catalog is written last,
in one transaction: a restore that was cut off can simply be run again.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import schema
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.link import RecipientLink
from bwc.catalog.store import Catalog
from bwc.clock import parse_time
from bwc.custody.acts import Act, Subject
from bwc.custody.ledger import Break, Entry, Link, first_break
from bwc.custody.record import About, record
from bwc.custody.verify import verify
from bwc.errors import Conflict, IntegrityError, NotFound
from bwc.ids import Sha256
from bwc.upkeep.backup import Stores
from bwc.upkeep.content_types import content_type_of
from bwc.upkeep.manifest import Backup, Manifest, damaged, require_hash
from bwc.upkeep.rows import LEFT_OUT, load, read_lines, tables
from bwc.vault.inbox import keep_key
from bwc.vault.streams import stream_of

AFTER_RESTORE = "restored from a backup: issue it anew"


def check_backup(backup: Backup, *, say: Callable[[str], None]) -> Manifest:
    """Read the whole backup and check it: every hash, every object, the custody chain.

    Raises:
        IntegrityError: anything in it is not what its manifest names.
        NotFound: it is no complete backup.
    """
    manifest = _read_listed(backup)
    for part in manifest.tables:
        say(f"checking {part.name}")
        require_hash(backup.table(part.name), part.sha256)
    if manifest.inbox_key is not None:
        require_hash(backup.inbox_key, manifest.inbox_key)
    for sha256, _ in backup.objects():
        say(f"checking {sha256}")
        _require_content(partial(backup.vault.read, sha256), sha256)
    for key, sha256 in backup.published():
        _require_content(partial(backup.public.read, key), sha256)
    _require_sound(first_break(_dumped_links(backup), [manifest.head]))
    return manifest


def restore_backup(
    stores: Stores, backup: Backup, *, by: str, at: datetime, say: Callable[[str], None]
) -> Manifest:
    """Fill an empty house from `backup`.

    Raises:
        Conflict: the house is not empty, or the backup is of another version of the schema.
        IntegrityError: the backup is damaged; nothing was written.
        TransientError: no room, or a store did not answer; run it again.
    """
    _read_listed(backup)
    _require_empty(stores, backup)
    manifest = check_backup(backup, say=say)
    _require_version(manifest)
    stores.vault.reserve(manifest.vault.size_bytes)
    for sha256, _ in backup.objects():
        say(f"vault {sha256}")
        with backup.vault.path(sha256) as path, path.open("rb") as file:
            stores.vault.put(file, expected=sha256)
    for key, _ in backup.published():
        say(f"public {key}")
        with stream_of(backup.public.read(key)) as stream:
            stores.public.put(key, stream, content_type=content_type_of(key))
    _keep_key(stores, backup, manifest)
    say("catalog")
    _load_catalog(stores.catalog, backup, manifest, by=by, at=at)
    return manifest


def _keep_key(stores: Stores, backup: Backup, manifest: Manifest) -> None:
    """Bring back the key that opens letters, unless this house is told its key elsewhere."""
    if manifest.inbox_key is None or stores.inbox_key is None:
        return
    key = backup.inbox_key.read_text().strip()
    if keep_key(stores.inbox_key, key) != key:
        raise Conflict(
            "this house has made another key for its inbox",
            where=str(stores.inbox_key),
            advice="Move it away: letters sealed for it since are opened with it alone",
        )


def _read_listed(backup: Backup) -> Manifest:
    """The manifest; its lists of objects are the ones it names, and may be read."""
    manifest = backup.read_manifest()
    require_hash(backup.vault_list, manifest.vault.sha256)
    require_hash(backup.public_list, manifest.public.sha256)
    return manifest


def _require_content(read: Callable[[], Iterator[bytes]], sha256: Sha256) -> None:
    """Refuse an object of the backup that is gone or changed."""
    digest = hashlib.sha256()
    try:
        for chunk in read():
            digest.update(chunk)
    except NotFound as exc:
        raise damaged(sha256, got="nothing", expected=sha256) from exc
    if digest.hexdigest() != sha256:
        raise damaged(sha256, got=digest.hexdigest(), expected=sha256)


def _require_empty(stores: Stores, backup: Backup) -> None:
    """Refuse a house in which anything lies that is not of this very backup."""
    if _rows(stores.catalog):
        raise Conflict("the catalog is not empty", advice="Restore into a new one")
    ours = {sha256 for sha256, _ in backup.objects()}
    if any(sha256 not in ours for sha256 in stores.vault.addresses()):
        raise Conflict("the vault is not empty", advice="Restore into a new one")
    keys = {key for key, _ in backup.published()}
    if any(key not in keys for key in stores.public.keys("")):
        raise Conflict("the public store is not empty", advice="Restore into a new one")


def _rows(catalog: Catalog) -> int:
    """How many rows the catalog holds; none where it has no tables yet."""
    if schema.current_revision(catalog) is None:
        return 0
    schema.require_current(catalog)
    with catalog.read() as session:
        counts = [sa.select(sa.func.count()).select_from(table) for table in tables()]
        return sum(session.scalar(count) or 0 for count in counts)


def _require_version(manifest: Manifest) -> None:
    if manifest.revision != schema.head_revision():
        raise Conflict(
            "this backup was made by another version of bwc",
            expected=f"revision {schema.head_revision()}",
            got=f"revision {manifest.revision} of bwc {manifest.version}",
            advice="Restore it with that version, then run `bwc db upgrade` with this one",
        )
    known = {table.name for table in tables()} | LEFT_OUT
    if {part.name for part in manifest.tables} - known:
        raise Conflict("this backup holds tables that this version does not know")


def _load_catalog(
    catalog: Catalog, backup: Backup, manifest: Manifest, *, by: str, at: datetime
) -> None:
    """Write every row, follow the chain as it now lies, and note the restore in it."""
    schema.upgrade(catalog)
    with catalog.write() as session:
        for table in tables():
            load(session.connection(), table, backup.table(table.name))
        _require_counts(session, manifest)
        _require_sound(verify(session, [manifest.head]).broken)
        ended = _end_all_links(session, by=by, at=at)
        record(
            session,
            Act.RESTORED,
            about=About(Subject.CATALOG, manifest.revision),
            actor=by,
            at=at,
            detail={
                "manifest_sha256": backup.sha256(),
                "made_at": manifest.model_dump(mode="json")["made_at"],
                "objects": manifest.vault.objects,
                "published": manifest.public.objects,
                "links_ended": ended,
            },
        )
        session.commit()


def _end_all_links(session: Session, *, by: str, at: datetime) -> int:
    """Take back every link that the backup holds as open: it may have been taken back since."""
    links = session.scalars(
        sa.select(RecipientLink).where(RecipientLink.revoked_at.is_(None))
    ).all()
    for link in links:
        link.revoked_at, link.revoked_by, link.revoked_reason = at, by, AFTER_RESTORE
    session.flush()
    return len(links)


def _require_counts(session: Session, manifest: Manifest) -> None:
    for part in manifest.tables:
        count = sa.select(sa.func.count()).select_from(sa.table(part.name))
        if (got := session.scalar(count)) != part.rows:
            raise IntegrityError(
                "rows were lost", where=part.name, expected=str(part.rows), got=str(got)
            )


def _require_sound(broken: Break | None) -> None:
    if broken is not None:
        raise IntegrityError(
            f"the custody chain of this backup is broken at entry {broken.position}"
            f" ({broken.fault.value})",
            expected=broken.expected,
            got=broken.got,
            advice="Use another backup",
        )


def _dumped_links(backup: Backup) -> Iterator[Link]:
    """The chain as it lies in the backup."""
    for line in read_lines(backup.table(CustodyEntry.__tablename__)):
        hash_ = Sha256(line.pop("hash"))
        yield Link(Entry(**line | {"occurred_at": parse_time(line["occurred_at"])}), hash_)
