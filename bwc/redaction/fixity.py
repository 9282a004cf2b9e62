"""That a file is the same before and after something is said of it.

A certificate names a file by the hash of its bytes. The hash is taken before the file is looked at
and again after: what changed meanwhile was not the file that was looked at.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bwc.errors import IntegrityError
from bwc.ids import Sha256


def sha256_of(path: Path) -> Sha256:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return Sha256(hashlib.file_digest(file, "sha256").hexdigest())


@contextmanager
def unchanged(path: Path) -> Iterator[Sha256]:
    """The hash of `path`, which keeps its bytes until the `with` ends.

    Raises:
        IntegrityError: on leaving, it holds other bytes.
    """
    before = sha256_of(path)
    yield before
    require_same_bytes(path, before)


def require_same_bytes(path: Path, before: Sha256) -> None:
    """Refuse a file that no longer hashes to `before`. Raises IntegrityError."""
    after = sha256_of(path)
    if after != before:
        raise IntegrityError(
            "the file changed while it was worked on, so nothing is said of it",
            where=path.name,
            expected=before,
            got=after,
        )
