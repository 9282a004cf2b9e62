"""Where finished segments lie until the whole is finished.

Each is named by the hash of everything that it depends on: a segment is found again by whoever
needs the same one, after a kill or where a plan changed only elsewhere, and by nobody else.

**What lies here is not fit to be shown**: small grey pictures of the original with nothing hidden and
where people stand in it (`Sight`), and pieces that nobody has verified. So the folder is its user's
alone, and it goes with the end of the work that ends well. Any other end leaves it, to be gone on with.
"""

import errno
import fcntl
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bwc.canonical import JsonObject, canonical_bytes, digest
from bwc.errors import Conflict
from bwc.redaction.fixity import sha256_of

LOCK = "lock"
CLAIM = ".claim-"
ORDER = "order.json"
GONE = ".gone"
NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS}  # of file systems that know none
PRIVATE = 0o700
HASH_SUFFIX = ".sha256"


@dataclass(frozen=True, slots=True)
class Workbench:
    """The folder of one unfinished work.

    `call` is told how many segments are to be made, and may send others here to make some of them;
    None where nobody can come.
    """

    folder: Path
    call: Callable[[int], None] | None = None

    def place(self, kind: str, made_of: JsonObject, suffix: str) -> Path:
        """Where the segment that is made of `made_of` lies, or will."""
        return self.folder / f"{kind}-{digest(made_of)[:32]}{suffix}"

    @contextmanager
    def claim(self, place: Path) -> Iterator["Claim | None"]:
        """Take it on to make `place`; None where another is at it at this moment.

        A claim saves work and guards nothing: who makes a place that another makes too puts the
        same there. It is the system's own lock, so it goes with its process, however that ends.
        """
        handle = os.open(self._claim_on(place), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield Claim(handle) if _is_locked(handle) else None
        finally:
            os.close(handle)

    def beat_of(self, place: Path) -> int:
        """When whoever makes `place` gave the last sign of life; the numbers only compare."""
        try:
            return self._claim_on(place).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _claim_on(self, place: Path) -> Path:
        """The file that is locked for `place`."""
        return self.folder / f"{CLAIM}{place.name}"

    def put_order(self, order: JsonObject) -> None:
        """Write down what is to be done, for those who may come to help."""
        if self.call is not None:
            part = self.own(ORDER)
            part.write_bytes(canonical_bytes(order))
            put_in_place(part, self.folder / ORDER)

    def order(self) -> JsonObject | None:
        """What is to be done, where it was written down."""
        try:
            return cast("JsonObject", json.loads((self.folder / ORDER).read_bytes()))
        except FileNotFoundError:
            return None

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


@dataclass(frozen=True, slots=True)
class Claim:
    """What this process has taken on to make."""

    handle: int

    def beat(self) -> None:
        """Give a sign of life."""
        os.utime(self.handle)


def put_in_place(part: Path, place: Path) -> None:
    """Give `part` the name `place` in one step, once the disk has all of it."""
    _flush(part)
    part.replace(place)
    _flush(place.parent)


@contextmanager
def open_workbench(
    folder: Path, *, call: Callable[[int], None] | None = None
) -> Iterator[Workbench]:
    """The workbench at `folder`; it goes when the work ends well, and stays to be gone on with.

    `call` as in `Workbench`.

    Raises:
        Conflict: the folder is somebody else's.
    """
    _make_private(folder)
    yield Workbench(folder, call)
    with suppress(OSError):  # the work is done; what is left is cleared with the recording
        clear(folder)


def clear(folder: Path) -> None:
    """Take the workbench at `folder` away, if there is one, also from under who still works there.

    Under its old name nobody can put anything more into it meanwhile.
    """
    gone = folder.with_name(f"{folder.name}{GONE}")
    with suppress(FileNotFoundError):
        shutil.rmtree(gone)  # of a clearing that was killed
    with suppress(FileNotFoundError):
        folder.rename(gone)
        shutil.rmtree(gone)


def visit(folder: Path) -> Workbench | None:
    """The workbench that somebody else opened at `folder`; None where there is none of this user's."""
    return Workbench(folder) if _is_ours(folder) else None


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
    if not _is_ours(folder):
        raise Conflict(
            "unfinished work is not gone on with from somebody else's folder",
            where=str(folder),
            advice="Remove it, or choose another output",
        )
    folder.chmod(PRIVATE)


def _is_ours(folder: Path) -> bool:
    """Whether this is a folder, no link, and of this user."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _is_locked(handle: int) -> bool:
    """Lock the open file `handle`, or say that another holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
    return True


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
