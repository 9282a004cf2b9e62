"""What an object store must do.

There are two kinds: the vault, whose bytes are named by their sha256 and never change, and the
public store, whose keys are paths that the portal serves. Both have a local folder and an S3 implementation that pass the same contract tests.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from bwc.ids import Sha256

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored: its hash, its size, and whether it lay there already."""

    sha256: Sha256
    size_bytes: int
    existed: bool = False


class Vault(Protocol):
    """Evidence and everything made from it. Written once; nothing here is ever overwritten."""

    def put(self, source: BinaryIO, *, expected: Sha256 | None = None) -> Stored:
        """Store a stream under its own sha256, hashed as it flows and again after it landed.

        Bytes that lie there already are left alone (`existed`).

        Raises:
            IntegrityError: the bytes do not hash to `expected`, or changed on the way.
            TransientError: no room, or the store did not answer. Nothing half-done is left.
        """
        ...

    def has(self, sha256: Sha256) -> bool:
        """Whether these bytes are stored."""
        ...

    def size(self, sha256: Sha256) -> int:
        """Their number. Raises NotFound."""
        ...

    def read(self, sha256: Sha256, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes `[start, start + length)` in chunks. Raises NotFound."""
        ...

    def check(self, sha256: Sha256) -> None:
        """Hash what is stored. Raises IntegrityError where it is not `sha256`, NotFound."""
        ...

    def path(self, sha256: Sha256) -> AbstractContextManager[Path]:
        """A local read-only file with these bytes; a remote store makes and removes a copy."""
        ...

    def dispose(self, sha256: Sha256) -> None:
        """Destroy these bytes for good; what is gone already is no error.

        Called by an approved disposal (bwc/retention), after its custody entry, and for the marked
        copy of a link that is over (bwc/release/links.py); by nothing else.

        Raises:
            Conflict: a lock of the store still holds them; nothing was destroyed.
        """
        ...

    def addresses(self) -> Iterator[Sha256]:
        """Everything stored, in order."""
        ...

    def reserve(self, size_bytes: int) -> None:
        """Raises TransientError where `size_bytes` more would not fit."""
        ...


class PublicStore(Protocol):
    """What anyone may see. Keys are relative paths: `releases/<id>/video.mp4`."""

    def put(self, key: str, source: BinaryIO, *, content_type: str) -> Stored:
        """Store a new object. Raises Conflict where `key` holds other bytes already."""
        ...

    def replace(self, key: str, body: bytes, *, content_type: str) -> None:
        """Write a small state document (log head, upcoming, policy), whole or not at all."""
        ...

    def remove(self, key: str) -> None:
        """Take an object off the public record; removing what is gone is no error."""
        ...

    def has(self, key: str) -> bool:
        """Whether something is stored under `key`."""
        ...

    def size(self, key: str) -> int:
        """Bytes under `key`. Raises NotFound."""
        ...

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes `[start, start + length)` in chunks. Raises NotFound."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that starts with `prefix`, in order."""
        ...
