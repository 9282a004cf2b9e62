"""What `bwc redact-file` writes beside the picture: plan, certificate, captions.

All of it is there before the picture is, so that no picture ever lies about without what it was asked
for; and whether it can be written is found out before the work, not after hours of it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bwc.canonical import canonical_bytes
from bwc.cli.sound_options import SoundOptions
from bwc.redaction.engine import Outcome
from bwc.redaction.plan import write_plan
from bwc.redaction.workbench import put_in_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Where the papers of one redaction are written; None where none were asked for."""

    original: Path
    plan: Path | None
    certificate: Path | None
    heard: SoundOptions

    def write(self, outcome: Outcome) -> None:
        """Write them, each in one step; captions only of a picture that is handed over."""
        if self.plan is not None:
            with _whole(self.plan) as part:
                write_plan(outcome.plan, part)
        if self.certificate is not None and outcome.certificate is not None:
            with _whole(self.certificate) as part:
                part.write_bytes(canonical_bytes(outcome.certificate) + b"\n")
        if not outcome.is_rejected:
            self.heard.write(outcome.plan, self.original)


@contextmanager
def _whole(place: Path) -> Iterator[Path]:
    """A path to write to that becomes `place` in one step, if nothing is raised."""
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        yield part
        put_in_place(part, place)
    finally:
        part.unlink(missing_ok=True)
