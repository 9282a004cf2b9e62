"""Both stores on S3: the department mode. Each has its own bucket and its own credentials.

Invariant: objects of the vault are named by their sha256 below `objects/`, written once, and
locked against deletion where the bucket keeps object locks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from bwc.clock import Clock
from bwc.errors import Conflict, NotFound, NotPermitted
from bwc.ids import Sha256
from bwc.settings import LockMode
from bwc.vault.checks import (
    require_announced,
    require_intact,
    require_key,
    require_range,
    require_sha256,
)
from bwc.vault.files import EVIDENCE, require_room, spooled
from bwc.vault.protocol import Stored
from bwc.vault.s3_bucket import PART_BYTES, Bucket, PutOptions

OBJECTS = "objects/"


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock that each new object of the vault gets."""

    mode: LockMode
    days: int


@dataclass(frozen=True, slots=True)
class Spool:
    """The local folder that streams pass through to be hashed, and what to leave free there."""

    folder: Path
    keep_free_bytes: int = 0


class S3Vault:
    """A vault in a bucket."""

    def __init__(self, bucket: Bucket, *, spool: Spool, lock: Lock, clock: Clock) -> None:
        """Use `bucket`; `lock` applies where the bucket keeps object locks."""
        self._bucket = bucket
        self._spool = spool
        self._lock = lock
        self._clock = clock
        self._is_locking: bool | None = None

    def put(self, source: BinaryIO, *, expected: Sha256 | None = None) -> Stored:
        """Store a stream under its own sha256. Bytes that lie there already are checked and left."""
        with spooled(source, self._spool.folder, mode=EVIDENCE) as spool:
            require_announced(spool.sha256, expected)
            key = OBJECTS + spool.sha256
            existed = self._bucket.size(key) is not None
            existed = existed or not self._bucket.put_new(key, spool, self._lock_options())
        if existed:
            self.check(spool.sha256)
        return Stored(spool.sha256, spool.size_bytes, existed)

    def has(self, sha256: Sha256) -> bool:
        """Whether these bytes are stored."""
        return self._bucket.size(_object_key(sha256)) is not None

    def size(self, sha256: Sha256) -> int:
        """Their number. Raises NotFound."""
        size = self._bucket.size(_object_key(sha256))
        if size is None:
            raise NotFound("nothing is stored under this hash", where=sha256)
        return size

    def read(self, sha256: Sha256, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes `[start, start + length)` in chunks. Raises NotFound."""
        require_range(start, length)
        return _read(
            self._bucket, _object_key(sha256), size=self.size(sha256), start=start, length=length
        )

    def check(self, sha256: Sha256) -> None:
        """Fetch and hash what is stored. Raises IntegrityError where it is not `sha256`, NotFound."""
        with self.path(sha256):
            pass

    @contextmanager
    def path(self, sha256: Sha256) -> Iterator[Path]:
        """A read-only local copy, hashed on the way and removed on leaving."""
        self.size(sha256)
        with (
            self._bucket.opened(_object_key(sha256)) as body,
            spooled(body, self._spool.folder, mode=EVIDENCE) as copy,
        ):
            require_intact(copy.sha256, sha256)
            yield copy.path

    def dispose(self, sha256: Sha256) -> None:
        """Destroy these bytes and every version of them; refused while one of them is locked."""
        self._bucket.destroy(_object_key(sha256), now=self._clock.now())

    def addresses(self) -> Iterator[Sha256]:
        """Everything stored, in order."""
        for key in self._bucket.keys(OBJECTS):
            yield require_sha256(key.removeprefix(OBJECTS))

    def reserve(self, size_bytes: int) -> None:
        """Raises TransientError where `size_bytes` more would not fit the spool folder."""
        require_room(self._spool.folder, size_bytes, keep_free_bytes=self._spool.keep_free_bytes)

    def _lock_options(self) -> PutOptions:
        """The lock of a new object; none where the bucket keeps no locks."""
        if self._is_locking is None:
            self._is_locking = self._bucket.is_locking()
        if not self._is_locking:
            return {}
        until = self._clock.now() + timedelta(days=self._lock.days)
        return {"ObjectLockMode": self._lock.mode.value, "ObjectLockRetainUntilDate": until}


class S3PublicStore:
    """A public store in a bucket of its own."""

    def __init__(self, bucket: Bucket, *, spool: Spool) -> None:
        """Use `bucket`, which must not be the vault's."""
        self._bucket = bucket
        self._spool = spool

    def put(self, key: str, source: BinaryIO, *, content_type: str) -> Stored:
        """Store a new object. Raises Conflict where `key` holds other bytes already."""
        require_key(key)
        with spooled(source, self._spool.folder, mode=EVIDENCE) as spool:
            # A small object is simply tried: whoever may only add may not look whether it is there.
            is_large = spool.size_bytes > PART_BYTES
            existed = (is_large and self._bucket.size(key) is not None) or not self._bucket.put_new(
                key, spool, {"ContentType": content_type}
            )
            if existed and not self._holds(key, spool.sha256):
                raise Conflict("other bytes are published under this key", where=key)
        return Stored(spool.sha256, spool.size_bytes, existed)

    def replace(self, key: str, body: bytes, *, content_type: str) -> None:
        """Write a small state document, whole or not at all."""
        self._bucket.replace(require_key(key), body, content_type=content_type)

    def remove(self, key: str) -> None:
        """Take an object off the public record; removing what is gone is no error."""
        self._bucket.remove(require_key(key))

    def has(self, key: str) -> bool:
        """Whether something is stored under `key`."""
        return self._bucket.size(require_key(key)) is not None

    def size(self, key: str) -> int:
        """Bytes under `key`. Raises NotFound."""
        size = self._bucket.size(require_key(key))
        if size is None:
            raise NotFound("nothing is published under this key", where=key)
        return size

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes `[start, start + length)` in chunks. Raises NotFound."""
        require_range(start, length)
        return _read(self._bucket, key, size=self.size(key), start=start, length=length)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that starts with `prefix`, in order."""
        return self._bucket.keys(prefix)

    def _holds(self, key: str, sha256: Sha256) -> bool:
        """Whether these bytes lie under `key`; False for whoever may not look."""
        try:
            with (
                self._bucket.opened(key) as body,
                spooled(body, self._spool.folder, mode=EVIDENCE) as copy,
            ):
                return copy.sha256 == sha256
        except NotPermitted:
            return False


def _object_key(sha256: Sha256) -> str:
    return OBJECTS + require_sha256(sha256)


def _read(
    bucket: Bucket, key: str, *, size: int, start: int, length: int | None
) -> Iterator[bytes]:
    """A range cut to the object's size: S3 refuses one that lies behind its end."""
    length = max(0, size - start) if length is None else max(0, min(length, size - start))
    return bucket.read(key, start=start, length=length) if length else iter(())
