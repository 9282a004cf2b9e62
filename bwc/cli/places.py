"""Files that a command writes beside its result: whether they can be written, and writing them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from bwc.errors import Conflict

ELSEWHERE = "Name a file in a folder that exists and may be written to"


def require_places(*places: Path | None) -> None:
    """Refuse, before the work, what could not be written after it. Raises Conflict."""
    written = [place for place in places if place is not None]
    for place in written:
        folder = place.absolute().parent
        if place.is_dir():
            raise Conflict("is a folder", where=str(place), advice=ELSEWHERE)
        if not folder.is_dir():
            raise Conflict(
                f"the folder to write to does not exist: {folder}",
                where=str(place),
                advice=ELSEWHERE,
            )
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Conflict(
                f"nothing may be written to this folder: {folder}",
                where=str(place),
                advice=ELSEWHERE,
            )
    if len({place.resolve() for place in written}) < len(written):
        raise Conflict("two results cannot have one name", got=", ".join(map(str, written)))


def write_text(place: Path | None, write: Callable[[TextIO], object]) -> None:
    """Write a text file, if one was asked for. Raises Conflict where that fails."""
    if place is None:
        return
    try:
        with place.open("w", encoding="utf-8", newline="") as stream:
            write(stream)
    except OSError as exc:
        raise Conflict(
            f"cannot be written: {exc.strerror or exc}", where=str(place), advice=ELSEWHERE
        ) from exc
