"""Files on a local disk, as both kinds of local store and the S3 spool need them.

Invariant: a file appears under its name whole, on disk and read-only, or not at all. It is first
written beside its target in `.incoming` on the same filesystem, and locked for as long as somebody
works with it; what a killed process left there is removed when it is an hour old.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bwc.errors import TransientError
from bwc.ids import Sha256
from bwc.vault.protocol import CHUNK_BYTES

INCOMING = ".incoming"
STALE_SECONDS = 3600  # long after a file was made, it is locked or left
EVIDENCE = 0o400  # read-only, and only for the account that runs bwc
PUBLISHED = 0o444
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Spooled:
    """A complete file that has no name in the store yet."""

    path: Path
    sha256: Sha256
    size_bytes: int


@contextmanager
def spooled(source: BinaryIO, folder: Path, *, mode: int) -> Iterator[Spooled]:
    """Write `source` to a temporary file in `folder`, hashed as it flows; remove it on leaving.

    Raises:
        TransientError: no room, or the disk failed.
    """
    with disk_errors("spool"):
        incoming = folder / INCOMING
        make_folder(incoming)
        _remove_stale(incoming)
        descriptor, name = tempfile.mkstemp(dir=incoming)
    path = Path(name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        with disk_errors("spool"), os.fdopen(descriptor, "wb", closefd=False) as file:
            sha256, size = _copy_hashed(source, file)
            file.flush()
            os.fsync(descriptor)
            os.fchmod(descriptor, mode)
        yield Spooled(path, sha256, size)
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def link_new(path: Path, target: Path) -> bool:
    """Give `path` the name `target` as well; False where that name is taken, which stays as it is.

    A link, unlike a rename, never replaces what is there.
    """
    with disk_errors(target.name):
        make_folder(target.parent)
        try:
            os.link(path, target)
            is_new = True
        except FileExistsError:
            is_new = False  # whoever made it may not have synced its name yet
        sync_folder(target.parent)
        sync_folder(target.parent.parent)
    return is_new


def make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, each name to survive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hash_file(path: Path) -> Sha256:
    """sha256 of the file as it lies on disk."""
    with disk_errors(path.name), path.open("rb") as file:
        return Sha256(hashlib.file_digest(file, "sha256").hexdigest())


def read_file(path: Path, *, start: int, length: int | None) -> Iterator[bytes]:
    """The bytes `[start, start + length)` of a file in chunks; to its end without `length`."""
    with disk_errors(path.name), path.open("rb") as file:
        file.seek(start)
        left = length
        while left is None or left > 0:
            chunk = file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
            if not chunk:
                return
            yield chunk
            left = None if left is None else left - len(chunk)


def require_room(folder: Path, size_bytes: int, *, keep_free_bytes: int) -> None:
    """Refuse work that would fill the disk `folder` lies on.

    Raises:
        TransientError: less than `size_bytes` + `keep_free_bytes` are free.
    """
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if size_bytes + keep_free_bytes > free:
        raise TransientError(
            "no room on the disk",
            expected=f"{size_bytes + keep_free_bytes} bytes free",
            got=f"{free} bytes",
            advice="Free space or attach a larger disk; the work is tried again",
        )


@contextmanager
def disk_errors(where: str) -> Iterator[None]:
    """Say in our words what the disk refused."""
    try:
        yield
    except OSError as exc:
        what = "no room on the disk" if exc.errno in NO_ROOM else "the disk failed"
        raise TransientError(what, where=where, got=exc.strerror or str(exc)) from exc


def _copy_hashed(source: BinaryIO, target: BinaryIO) -> tuple[Sha256, int]:
    """Copy to the end; the hash and number of the bytes that passed."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return Sha256(digest.hexdigest()), size


def _remove_stale(incoming: Path) -> None:
    """Remove what killed processes left. A copy may be in use for days: then it is locked."""
    oldest = time.time() - STALE_SECONDS
    for path in incoming.iterdir():
        try:
            if path.stat().st_mtime < oldest and not _is_locked(path):
                path.unlink()
        except FileNotFoundError:
            continue


def _is_locked(path: Path) -> bool:
    """Whether some process works with the file."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
