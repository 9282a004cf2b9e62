"""What a backup is: a folder whose `manifest.json`, written last, names every part with its hash.

manifest.json            this document
catalog/<table>.jsonl    rows, one per line
vault.jsonl, vault/      the list of objects, and the objects as a local vault
public.jsonl, public/    the list of keys, and the objects as a local public store
inbox.key                the key that opens letters of the public, where a file of the house held it
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bwc.canonical import canonical_bytes
from bwc.custody.ledger import Head
from bwc.errors import IntegrityError, InvalidInput, NotFound
from bwc.ids import Sha256
from bwc.upkeep.rows import read_lines
from bwc.vault.files import hash_file, sync_folder
from bwc.vault.local import LocalPublicStore, LocalVault

MANIFEST = "manifest.json"
CATALOG = "catalog"
PRIVATE = 0o700  # a backup holds evidence and password hashes


class Part(BaseModel):
    """A part of a manifest; an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CustodyHead(Part):
    """Where the custody chain ended."""

    position: int
    hash: Sha256


class TablePart(Part):
    """One table's file."""

    name: str
    rows: int
    sha256: Sha256


class StorePart(Part):
    """One store's list."""

    sha256: Sha256
    objects: int
    size_bytes: int


class Manifest(Part):
    """The whole backup.

    `inbox_key` is the hash of the key's file, None where the key is kept elsewhere. `damaged` objects did not hash to their names when the backup was made, `missing` ones are
    named in the catalog but were not in the vault; neither is in the backup.
    """

    format: Literal[1] = 1
    version: str
    revision: str
    made_at: datetime
    custody: CustodyHead
    tables: list[TablePart]
    vault: StorePart
    public: StorePart
    inbox_key: Sha256 | None = None
    damaged: list[Sha256]
    missing: list[Sha256]

    @property
    def head(self) -> Head:
        """The custody head as the ledger knows it."""
        return Head(self.custody.position, self.custody.hash)


class Backup:
    """The places in a backup's folder."""

    def __init__(self, folder: Path) -> None:
        """Speak of the backup in `folder`; nothing is read or made."""
        self.folder = folder
        self.vault = LocalVault(folder / "vault")
        self.public = LocalPublicStore(folder / "public")
        self.vault_list = folder / "vault.jsonl"
        self.public_list = folder / "public.jsonl"
        self.inbox_key = folder / "inbox.key"

    def table(self, name: str) -> Path:
        """Where the rows of a table lie."""
        return self.folder / CATALOG / f"{name}.jsonl"

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest: from now on this folder is a backup, and it lies on disk."""
        sync_folder(self.folder / CATALOG)
        part = self.folder / f"{MANIFEST}.part"
        with part.open("wb") as file:
            file.write(canonical_bytes(manifest.model_dump(mode="json")))
            file.flush()
            os.fsync(file.fileno())
        part.rename(self.folder / MANIFEST)
        sync_folder(self.folder)

    def read_manifest(self) -> Manifest:
        """The manifest.

        Raises:
            NotFound: this folder is no complete backup.
            InvalidInput: its manifest is not one that this version reads.
        """
        try:
            text = (self.folder / MANIFEST).read_bytes()
            return Manifest.model_validate_json(text)
        except OSError as exc:
            raise NotFound(
                "no complete backup lies here", where=str(self.folder), got=exc.strerror
            ) from exc
        except ValidationError as exc:
            why = exc.errors()[0]["msg"]
            raise InvalidInput("not a manifest of a backup", where=MANIFEST, got=why) from exc

    def sha256(self) -> Sha256:
        """The manifest's own hash: it names the whole backup."""
        return hash_file(self.folder / MANIFEST)

    def objects(self) -> Iterator[tuple[Sha256, int]]:
        """What the vault's list names: hash and size in bytes."""
        for line in read_lines(self.vault_list):
            yield Sha256(line["sha256"]), line["size_bytes"]

    def published(self) -> Iterator[tuple[str, Sha256]]:
        """What the public list names: key and hash."""
        for line in read_lines(self.public_list):
            yield line["key"], Sha256(line["sha256"])


def require_hash(path: Path, expected: Sha256) -> None:
    """Refuse a file of a backup that is not what the manifest names.

    Raises:
        IntegrityError: it is gone or hashes to something else.
    """
    got = hash_file(path) if path.is_file() else "no file"
    if got != expected:
        raise damaged(path.name, got=got, expected=expected)


def damaged(where: str, *, got: str, expected: str) -> IntegrityError:
    """The error that says which part of a backup cannot be trusted."""
    return IntegrityError(
        "this backup is damaged",
        where=where,
        expected=expected,
        got=got,
        advice="Use another backup",
    )
