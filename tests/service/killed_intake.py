"""A process of the intake that stands still at a chosen point and says so, to be killed there.

`python -m tests.service.killed_intake receive CATALOG_URL FOLDER` stops between vault and row;
`... append CATALOG_URL FOLDER UPLOAD_ID` stops in the middle of a transfer.
"""

import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bwc.catalog.store import Catalog
from bwc.intake.receive import receive_file
from bwc.intake.upload import Uploads, append
from tests.docks import make_dock


def stand_still(word: str) -> None:
    """Say `word` and wait for the kill."""
    print(word, flush=True)  # noqa: T201 - the parent reads it
    signal.pause()


class StoppingClock:
    """A clock that is asked once the bytes are stored, and never answers."""

    def now(self) -> datetime:
        stand_still("stored")
        raise AssertionError("nobody killed this process")


def interrupted(content: bytes) -> Iterator[bytes]:
    """Half of the content, then silence."""
    yield content[: len(content) // 2]
    stand_still("half sent")


def main() -> None:
    what, url, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    dock = make_dock(Catalog(url), folder)
    clip = folder / "clip.mp4"
    if what == "receive":
        receive_file(replace(dock, clock=StoppingClock()), clip, actor="killed")
    else:
        uploads = Uploads(dock, folder / "spool")
        upload_id, content = sys.argv[4], clip.read_bytes()
        sent = append(uploads, upload_id, offset=0, chunks=[content[:1000]]).received_bytes
        append(uploads, upload_id, offset=sent, chunks=interrupted(content[sent:]))


if __name__ == "__main__":
    main()
