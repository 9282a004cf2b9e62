"""Where finished segments lie until the whole is finished.

Each is named by the hash of everything that it depends on: a segment is found again by whoever
needs the same one, after a kill or where a plan changed only elsewhere, and by nobody else.

**What lies here is not fit to be shown**: small grey pictures of the original with nothing hidden and
where people stand in it (`Sight`), and pieces that nobody has verified. So the folder is its user's
alone, and it goes with the end of the work that ends well. Any other end leaves it, to be gone on with.
"""

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bwc.canonical import JsonObject, digest
from bwc.errors import Conflict
from bwc.redaction.fixity import sha256_of

LOCK = "lock"
PRIVATE = 0o700
HASH_SUFFIX = ".sha256"


@dataclass(frozen=True, slots=True)
class Workbench:
    """The folder of one unfinished work."""

    folder: Path

    def place(self, kind: str, made_of: JsonObject, suffix: str) -> Path:
        """Where the segment that is made of `made_of` lies, or will."""
        return self.folder / f"{kind}-{digest(made_of)[:32]}{suffix}"

    def own(self, name: str) -> Path:
        """A path that ends in `name` and that no other writer has, in this process or another.

        A worker that lost its job may still be writing.
        """
        return self.folder / f".{os.getpid()}-{time.time_ns():x}-{name}"

    @property
    def is_begun(self) -> bool:
        """Whether anything lies finished here."""
        return any(not path.name.startswith((".", LOCK)) for path in self.folder.iterdir())

    @contextmanager
    def making(self, place: Path) -> Iterator[Path]:
        """A path to write to that becomes `place` in one step, if nothing is raised.

        What a power cut leaves of it is not taken for the whole: its hash is written down first.
        """
        part = self.own(place.suffix)
        hashed = self.own(HASH_SUFFIX)
        try:
            yield part
            hashed.write_text(sha256_of(part))
            put_in_place(hashed, _hash_of(place))
            put_in_place(part, place)
        finally:
            part.unlink(missing_ok=True)
            hashed.unlink(missing_ok=True)

    def has(self, place: Path) -> bool:
        """Whether `place` holds, to the last bit, what was made for it."""
        try:
            return _hash_of(place).read_text() == sha256_of(place)
        except (OSError, UnicodeDecodeError):
            return False


def put_in_place(part: Path, place: Path) -> None:
    """Give `part` the name `place` in one step, once the disk has all of it."""
    _flush(part)
    part.replace(place)
    _flush(place.parent)


@contextmanager
def open_workbench(folder: Path) -> Iterator[Workbench]:
    """The workbench at `folder`; it goes when the work ends well, and stays to be gone on with.

    Raises:
        Conflict: the folder is somebody else's.
    """
    _make_private(folder)
    yield Workbench(folder)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone_on(folder: Path) -> Iterator[Workbench]:
    """The workbench at `folder`, locked: nobody else works there until the `with` ends.

    It goes when the work ends well, or if nothing was finished there. The lock is the system's own
    and goes with its process, however that ends.

    Raises:
        Conflict: another process works there, or the folder is somebody else's.
    """
    lock = _lock(folder)
    try:
        workbench = Workbench(folder)
        _drop_unfinished(folder)  # of a killed run; nobody else can be at it now
        try:
            yield workbench
        except BaseException:
            _drop_unfinished(folder)
            if not workbench.is_begun:
                _clear(folder)
            raise
        _clear(folder)
    finally:
        os.close(lock)


def _flush(path: Path) -> None:
    """Have the disk take all of a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash_of(place: Path) -> Path:
    """Where the hash of what lies at `place` is written down."""
    return place.with_name(f"hash-of-{place.name}{HASH_SUFFIX}")


def _lock(folder: Path) -> int:
    """The open lock of `folder`, which is made where it is missing. Raises Conflict."""
    _make_private(folder)
    place = folder / LOCK
    lock = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = os.path.samestat(os.fstat(lock), place.stat())
    except (BlockingIOError, FileNotFoundError):  # held, or taken away by who held it
        is_ours = False
    if not is_ours:
        os.close(lock)
        raise Conflict(
            "another run writes the same output at this moment",
            where=str(folder),
            advice="Wait for it to end, or choose another output",
        )
    return lock


def _make_private(folder: Path) -> None:
    """Make `folder` where it is missing, for this user alone. Raises Conflict."""
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise Conflict(
            "unfinished work is not gone on with from somebody else's folder",
            where=str(folder),
            advice="Remove it, or choose another output",
        )
    folder.chmod(PRIVATE)


def _drop_unfinished(folder: Path) -> None:
    """Remove what was being written when its writer stopped."""
    for left in folder.glob(".*"):
        left.unlink()


def _clear(folder: Path) -> None:
    """Remove what lies in `folder`; the lock last, for whoever makes a new one begins anew."""
    for path in folder.iterdir():
        if path.name != LOCK:
            path.unlink()
    (folder / LOCK).unlink()
    with suppress(OSError):  # another run has begun there in between
        folder.rmdir()
