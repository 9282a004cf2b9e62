"""Files in folders: which of them are recordings, and receiving one with the sidecar beside it."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from bwc.errors import InvalidInput
from bwc.intake.dock import Dock
from bwc.intake.receive import Received, receive_file
from bwc.intake.sidecar import NOTHING_CLAIMED, Claims, combine, find_claims, is_sidecar


def recordings_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files to receive among `paths`, folders walked, in order of their names.

    A file that is named itself is always one. In folders, sidecars and hidden files are not, and
    links are not followed.

    Raises:
        InvalidInput: a path that is not there, or a folder that cannot be looked into.
    """
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110 - Path.exists fails on a long name
            raise InvalidInput("no such file or folder", where=str(path))
        if not path.is_dir():
            yield path.resolve()
            continue
        for found in sorted(_files_below(path)):
            if found.is_file() and not found.is_symlink() and not _is_aside(found, path):
                yield found


def receive_with_sidecar(
    dock: Dock, path: Path, *, actor: str, told: Claims = NOTHING_CLAIMED
) -> Received:
    """Take in one file, with what its sidecar and the sender say of it.

    A sidecar that cannot be understood, or that contradicts the sender, sends it to quarantine:
    the file is kept, and its claims are not guessed.

    Raises:
        InvalidInput: not a regular file, or too large; nothing was stored.
        TransientError: no room, or a store did not answer; nothing was stored.
    """
    claims, fault = told, None
    try:
        claims = combine(told, find_claims(path), first="the sender", second="the sidecar")
    except InvalidInput as error:
        fault = str(error)
    return receive_file(dock, path, actor=actor, claims=claims, fault=fault)


def _files_below(folder: Path) -> Iterator[Path]:
    """All that lies in `folder` at any depth and is no folder; nothing is passed over in silence."""
    for here, _, names in os.walk(folder, onerror=_refuse_folder):
        yield from (Path(here, name) for name in names)


def _refuse_folder(error: OSError) -> None:
    raise InvalidInput(
        "this folder cannot be looked into", where=str(error.filename), got=error.strerror
    ) from error


def _is_aside(path: Path, folder: Path) -> bool:
    """Whether a file in a folder is no recording: a sidecar, or hidden somewhere on the way."""
    parts = path.relative_to(folder).parts
    return is_sidecar(path) or any(part.startswith(".") for part in parts)
