"""Both stores as local folders: the embedded default.

The vault's files are `<first two digits>/<sha256>`, the public store's are its keys. Files are
read-only and made by linking a finished file, which never replaces an existing one.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bwc.errors import Conflict, NotFound
from bwc.ids import Sha256
from bwc.vault.checks import (
    SHA256,
    require_announced,
    require_inside,
    require_intact,
    require_key,
    require_range,
    require_sha256,
)
from bwc.vault.files import (
    EVIDENCE,
    INCOMING,
    PUBLISHED,
    disk_errors,
    hash_file,
    link_new,
    make_folder,
    read_file,
    require_room,
    spooled,
    sync_folder,
)
from bwc.vault.protocol import Stored


class LocalVault:
    """A vault in a folder."""

    def __init__(self, folder: Path, *, keep_free_bytes: int = 0) -> None:
        """Use `folder`, which is made with the first object; leave `keep_free_bytes` of its disk free."""
        self._root = folder.resolve()
        self._keep_free_bytes = keep_free_bytes

    def put(self, source: BinaryIO, *, expected: Sha256 | None = None) -> Stored:
        """Store a stream under its own sha256. Bytes that lie there already are checked and left."""
        with spooled(source, self._root, mode=EVIDENCE) as spool:
            require_announced(spool.sha256, expected)
            require_intact(hash_file(spool.path), spool.sha256)
            existed = not link_new(spool.path, self._path(spool.sha256))
        if existed:
            self.check(spool.sha256)
        return Stored(spool.sha256, spool.size_bytes, existed)

    def has(self, sha256: Sha256) -> bool:
        """Whether these bytes are stored."""
        return self._path(sha256).is_file()

    def size(self, sha256: Sha256) -> int:
        """Their number. Raises NotFound."""
        return self._existing(sha256).stat().st_size

    def read(self, sha256: Sha256, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes `[start, start + length)` in chunks. Raises NotFound."""
        require_range(start, length)
        return read_file(self._existing(sha256), start=start, length=length)

    def check(self, sha256: Sha256) -> None:
        """Hash what is stored. Raises IntegrityError where it is not `sha256`, NotFound."""
        require_intact(hash_file(self._existing(sha256)), sha256)

    @contextmanager
    def path(self, sha256: Sha256) -> Iterator[Path]:
        """The stored file itself; it is read-only."""
        yield self._existing(sha256)

    def dispose(self, sha256: Sha256) -> None:
        """Destroy these bytes for good; what is gone already is no error."""
        path = self._path(sha256)
        with disk_errors(sha256):
            if path.parent.is_dir():
                path.unlink(missing_ok=True)
                sync_folder(path.parent)  # what was destroyed must not come back with the power

    def addresses(self) -> Iterator[Sha256]:
        """Everything stored, in order; what bears no hash as its name is not of the vault."""
        for folder in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            names = sorted(path.name for path in folder.iterdir())
            yield from (Sha256(name) for name in names if SHA256.fullmatch(name))

    def reserve(self, size_bytes: int) -> None:
        """Raises TransientError where `size_bytes` more would not fit."""
        require_room(self._root, size_bytes, keep_free_bytes=self._keep_free_bytes)

    def _path(self, sha256: Sha256) -> Path:
        name = require_sha256(sha256)
        return require_inside(self._root, name[:2], name)

    def _existing(self, sha256: Sha256) -> Path:
        path = self._path(sha256)
        if not path.is_file():
            raise NotFound("nothing is stored under this hash", where=sha256)
        return path


class LocalPublicStore:
    """A public store in a folder. A web server tells content types by the keys' endings."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made with the first object; reading needs no right to write."""
        self._root = folder.resolve()

    def put(self, key: str, source: BinaryIO, *, content_type: str) -> Stored:  # noqa: ARG002 - the key's ending says it
        """Store a new object. Raises Conflict where `key` holds other bytes already."""
        target = self._path(key)
        with spooled(source, self._root, mode=PUBLISHED) as spool:
            require_intact(hash_file(spool.path), spool.sha256)
            existed = not link_new(spool.path, target)
        if existed and hash_file(target) != spool.sha256:
            raise Conflict("other bytes are published under this key", where=key)
        return Stored(spool.sha256, spool.size_bytes, existed)

    def replace(self, key: str, body: bytes, *, content_type: str) -> None:  # noqa: ARG002 - the key's ending says it
        """Write a small state document, whole or not at all."""
        target = self._path(key)
        with spooled(io.BytesIO(body), self._root, mode=PUBLISHED) as spool, disk_errors(key):
            make_folder(target.parent)
            spool.path.replace(target)
            sync_folder(target.parent)

    def remove(self, key: str) -> None:
        """Take an object off the public record; removing what is gone is no error."""
        path = self._path(key)
        with disk_errors(key):
            if path.parent.is_dir():
                path.unlink(missing_ok=True)
                sync_folder(path.parent)  # what was withdrawn must not come back with the power
            self._prune(path.parent)

    def has(self, key: str) -> bool:
        """Whether something is stored under `key`."""
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        """Bytes under `key`. Raises NotFound."""
        return self._existing(key).stat().st_size

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes `[start, start + length)` in chunks. Raises NotFound."""
        require_range(start, length)
        return read_file(self._existing(key), start=start, length=length)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that starts with `prefix`, in order."""
        found: list[str] = []
        for folder, folders, names in os.walk(self._root):
            if INCOMING in folders:
                folders.remove(INCOMING)
            base = Path(folder).relative_to(self._root)
            found += [(base / name).as_posix() for name in names]
        yield from sorted(key for key in found if key.startswith(prefix))

    def _path(self, key: str) -> Path:
        return require_inside(self._root, *require_key(key).split("/"))

    def _existing(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise NotFound("nothing is published under this key", where=key)
        return path

    def _prune(self, folder: Path) -> None:
        """Remove the folders that the last key left empty."""
        while folder != self._root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
