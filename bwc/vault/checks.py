"""What a store refuses: names that are none, and bytes that are not what they should be."""

import re
from pathlib import Path

from bwc.errors import IntegrityError, InvalidInput
from bwc.ids import Sha256

SHA256 = re.compile(r"[0-9a-f]{64}")
KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
MAX_KEY = 512


def require_sha256(text: str) -> Sha256:
    """`text` as the name of bytes.

    Raises:
        InvalidInput: not 64 lower-case hex digits.
    """
    if not SHA256.fullmatch(text):
        raise InvalidInput("not a sha256", expected="64 lower-case hex digits", got=repr(text))
    return Sha256(text)


def require_key(key: str) -> str:
    """`key` as a public key: path segments of letters, digits, dots, dashes and underscores.

    Raises:
        InvalidInput: anything that could leave the folder or hide in it.

    >>> require_key("releases/a/video.mp4")
    'releases/a/video.mp4'
    """
    if len(key) > MAX_KEY or not KEY.fullmatch(key):
        raise InvalidInput(
            "not a public key", expected="a path such as releases/x/video.mp4", got=repr(key)
        )
    return key


def require_inside(root: Path, *segments: str) -> Path:
    """The path below `root`; links on the way are followed and judged.

    Raises:
        InvalidInput: a link leads out of `root`.
    """
    path = root.joinpath(*segments)
    if not path.resolve().is_relative_to(root):
        raise InvalidInput("this name leads out of the store", where="/".join(segments))
    return path


def require_range(start: int, length: int | None) -> None:
    """Refuse a range that starts or ends before the first byte.

    Raises:
        InvalidInput: `start` or `length` is negative.
    """
    if start < 0 or (length is not None and length < 0):
        raise InvalidInput(
            "not a range of bytes",
            expected="start and length of 0 or more",
            got=f"{start}+{length}",
        )


def require_announced(got: Sha256, announced: Sha256 | None) -> None:
    """Refuse bytes that are not the ones that were announced.

    Raises:
        IntegrityError: they hash to something else.
    """
    if announced is not None and got != announced:
        raise IntegrityError(
            "these are not the bytes that were announced",
            expected=announced,
            got=got,
            advice="Send the file again",
        )


def require_intact(got: Sha256, name: Sha256) -> None:
    """Refuse stored bytes that are not what their name says.

    Raises:
        IntegrityError: they hash to something else.
    """
    if got != name:
        raise IntegrityError(
            "stored bytes are not what their name says",
            where=name,
            expected=name,
            got=got,
            advice="Restore this object from a backup and check the disk",
        )
