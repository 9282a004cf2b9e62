"""The watch folder: what appears in it is received, then moved to `done/` or `refused/`.

A file is taken once its size and time have stood still for two looks, so that a copy in progress
is left alone. `refused/` gets what needs a person (the bytes of a quarantined file are kept in the
vault as well), each with `NAME.reason.txt`. A file that only cannot be stored or moved now stays and
is tried again; the others go on meanwhile. Killed at any point, the next run goes on: what was received and not yet moved
is recognised as a duplicate and moved.

`python -m bwc.intake.watch` runs the loop on the folder that BWC_INTAKE__WATCH_FOLDER names.
"""

import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bwc.catalog import schema
from bwc.catalog.recording import RecordingState
from bwc.catalog.store import Catalog
from bwc.clock import SystemClock
from bwc.errors import BwcError, InvalidInput
from bwc.intake.dock import Dock, make_dock
from bwc.intake.folder import receive_with_sidecar
from bwc.intake.receive import Received
from bwc.intake.sidecar import FOLDER_SIDECAR, is_sidecar, sidecars_of
from bwc.settings import load_settings
from bwc.vault.open import open_vault

ACTOR = "watch folder"
DONE = "done"
REFUSED = "refused"
REASON_ENDING = ".reason.txt"
LOOK_SECONDS = 2.0
RETRY_AFTER = timedelta(minutes=5)  # each try is an entry in the ledger
NAME_BYTES = 255  # what file systems take

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Look:
    """A file as it was seen: if the next look is the same, nobody writes to it."""

    size_bytes: int
    changed_ns: int


@dataclass(slots=True)
class WatchFolder:
    """One watched folder, and what it looked like the last time."""

    dock: Dock
    folder: Path
    _seen: dict[Path, _Look] = field(default_factory=dict)
    _not_before: dict[Path, datetime] = field(default_factory=dict)

    def look(self) -> list[Received]:
        """Receive every file that has stood still since the last look; what became of each."""
        now = self.dock.clock.now()
        self._not_before = {path: at for path, at in self._not_before.items() if at > now}
        looks = {path: _look_at(path) for path in self._recordings()}
        still = [path for path, look in looks.items() if look and self._is_due(path, look)]
        self._seen = {path: look for path, look in looks.items() if look}
        answers = [self._try(path) for path in still]
        return [answer for answer in answers if answer is not None]

    def _is_due(self, path: Path, look: _Look) -> bool:
        """Whether the file stands still and need not wait."""
        return self._seen.get(path) == look and path not in self._not_before

    def _recordings(self) -> list[Path]:
        """What lies in the folder itself, sidecars and hidden files apart."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return sorted(
            path
            for path in self.folder.iterdir()
            if not path.name.startswith(".") and not path.is_dir() and not is_sidecar(path)
        )

    def _try(self, path: Path) -> Received | None:
        """Receive and move one file; where that cannot be done now, it stays and waits."""
        try:
            return self._receive(path)
        except (BwcError, OSError) as error:
            log.exception("watched_file_waits", reason=str(error))
            self._not_before[path] = self.dock.clock.now() + RETRY_AFTER
            return None

    def _receive(self, path: Path) -> Received | None:
        """Receive one file and move it where its outcome belongs."""
        try:
            received = receive_with_sidecar(self.dock, path, actor=ACTOR)
        except InvalidInput as error:
            self._move(path, REFUSED, reason=str(error))
            return None
        log.info("watched_file_received", recording_id=received.recording_id)
        quarantined = received.state is RecordingState.QUARANTINED
        self._move(path, REFUSED if quarantined else DONE, reason=received.reason)
        return received

    def _move(self, path: Path, room: str, *, reason: str | None) -> None:
        """Move a file and its own sidecars; the video goes last, so that a kill repeats the move."""
        target = _free_name(self.folder / room / path.name)
        target.parent.mkdir(exist_ok=True)
        if reason is not None:
            reasons = target.with_name(_fitting(target.name, REASON_ENDING))
            reasons.write_text(reason + "\n", encoding="utf-8")
        for sidecar in sidecars_of(path):
            if sidecar.name != FOLDER_SIDECAR:
                ending = sidecar.name.removeprefix(path.name).removeprefix(path.stem)
                sidecar.replace(target.with_name(_fitting(target.name, ending)))
        path.replace(target)
        self._seen.pop(path, None)


def _look_at(path: Path) -> _Look | None:
    """The file's size and time; None where it has gone since."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return _Look(status.st_size, status.st_mtime_ns)


def _free_name(path: Path) -> Path:
    """`path`, or where that is taken, the same name with a number before its ending."""
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(_fitting(path.stem, f"-{number}{path.suffix}"))
    return candidate


def _fitting(name: str, ending: str) -> str:
    """`name` with `ending`, cut before it where a file system would not take the whole."""
    kept = os.fsencode(name)[: NAME_BYTES - len(os.fsencode(ending))]
    return os.fsdecode(kept) + ending


def main() -> None:
    """Watch until a signal asks to stop; the file in hand is finished first."""
    settings = load_settings()
    folder = settings.intake.watch_folder
    if folder is None:
        sys.exit("bwc: no folder to watch. Set BWC_INTAKE__WATCH_FOLDER.")
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    catalog = Catalog(settings.catalog_url)
    schema.require_current(catalog)  # an older one may not refuse changes yet
    dock = make_dock(catalog, open_vault(settings), SystemClock(), settings.intake)
    watched = WatchFolder(dock, folder.resolve())
    while not stop.is_set():
        watched.look()
        stop.wait(LOOK_SECONDS)
    catalog.close()


if __name__ == "__main__":
    main()
