"""Where finished segments lie until the whole is finished.

Each is named by the hash of everything that it depends on: a segment is found again by whoever
needs the same one, after a kill or where a plan changed only elsewhere, and by nobody else. What
lies here is what was seen of an original, and redacted pieces; both go when the work ends.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bwc.canonical import JsonObject, digest


@dataclass(frozen=True, slots=True)
class Workbench:
    """The folder of one unfinished work."""

    folder: Path

    def place(self, kind: str, made_of: JsonObject, suffix: str) -> Path:
        """Where the segment that is made of `made_of` lies, or will."""
        return self.folder / f"{kind}-{digest(made_of)[:32]}{suffix}"

    @contextmanager
    def making(self, place: Path) -> Iterator[Path]:
        """A path to write to that becomes `place` in one step, if nothing is raised.

        Its name is its writer's own: a worker that lost its job may still be writing.
        """
        part = place.with_name(f".{os.getpid()}-{time.time_ns():x}{place.suffix}")
        try:
            yield part
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def open_workbench(folder: Path) -> Iterator[Workbench]:
    """The workbench at `folder`; it goes when the work ends, well or not. Only a kill leaves it."""
    try:
        with kept_workbench(folder) as workbench:
            yield workbench
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def kept_workbench(folder: Path) -> Iterator[Workbench]:
    """The workbench at `folder`; it goes when the work ends well, and stays to be gone on with."""
    folder.mkdir(parents=True, exist_ok=True)
    yield Workbench(folder)
    shutil.rmtree(folder, ignore_errors=True)
