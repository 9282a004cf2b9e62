"""`bwc ingest`: take recordings from files and folders into the vault."""

from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import Json, JsonObject
from bwc.catalog import schema
from bwc.catalog.recording import RecordingState
from bwc.cli.console import FINDING, exits, print_result, say
from bwc.errors import BwcError, InvalidInput
from bwc.house import open_house
from bwc.intake.dock import Dock, make_dock
from bwc.intake.folder import receive_with_sidecar, recordings_in
from bwc.intake.receive import Received
from bwc.intake.sidecar import Claims, claims_from
from bwc.settings import load_settings

ACTOR = "command line"


class Outcome(StrEnum):
    """What became of one file."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One file's result."""

    path: Path
    outcome: Outcome
    reason: str | None
    received: Received | None

    def document(self) -> JsonObject:
        """The result for programs."""
        return {
            "file": str(self.path),
            "outcome": self.outcome.value,
            "reason": self.reason,
            "recording_id": self.received.recording_id if self.received else None,
            "sha256": self.received.sha256 if self.received else None,
        }

    def text(self) -> str:
        """The result for people."""
        name = self.received.recording_id if self.received else "-"
        line = f"{self.outcome.value:<12} {name:<36} {self.path.name}"
        return f"{line}\n             {self.reason}" if self.reason else line


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Video files, and folders of them.")],
    officer: Annotated[str | None, typer.Option(help="Badge of who recorded them.")] = None,
    camera: Annotated[str | None, typer.Option(help="Serial number of the camera.")] = None,
    started_at: Annotated[
        str | None,
        typer.Option(help="When one file begins by its camera's clock: 2026-03-01T12:00:00-07:00."),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="IANA zone of a time without offset: America/Denver.")
    ] = None,
    clock_offset_seconds: Annotated[
        float | None, typer.Option(help="Camera clock minus true time.")
    ] = None,
    clock_measured_at: Annotated[
        str | None, typer.Option(help="When that was measured; default: at the recording's start.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Take recordings into the vault: stored, hashed, checked; exit 1 where one needs a person.

    A sidecar beside a file (NAME.json, NAME.csv or sidecar.csv) says the same as the options; what
    cannot be used is kept in quarantine with the reason. The same file twice is one recording.
    """
    with exits():
        told = claims_from(
            {
                "officer": officer,
                "camera": camera,
                "started_at": started_at,
                "timezone": timezone,
                "clock_offset_seconds": clock_offset_seconds,
                "clock_measured_at": clock_measured_at,
            },
            where="options",
        )
        files = list(recordings_in(paths))
        if told.device_started_at is not None and len(files) > 1:
            raise InvalidInput(
                "one start time cannot fit several files",
                where="options, field started_at",
                got=f"{len(files)} files",
                advice="Give each file a sidecar.",
            )
        lines = _receive_all(files, told)
    counts = {outcome.value: 0 for outcome in Outcome}
    for line in lines:
        counts[line.outcome.value] += 1
    documents: list[Json] = [line.document() for line in lines]
    print_result(
        {"files": documents, "counts": dict(counts)},
        text="\n".join(line.text() for line in lines) or "nothing to take in",
        as_json=as_json,
    )
    if counts[Outcome.QUARANTINED] or counts[Outcome.REFUSED]:
        raise typer.Exit(FINDING)


def _receive_all(files: list[Path], told: Claims) -> list[Line]:
    """Receive the files one after another, saying on stderr which is in hand."""
    settings = load_settings()
    house = open_house(settings)
    dock = make_dock(house.catalog, house.vault, house.clock, settings.intake)
    lines = []
    with closing(house.catalog):
        if schema.current_revision(house.catalog) is None:
            schema.upgrade(house.catalog)
        schema.require_current(house.catalog)  # an older one may not refuse changes yet
        for number, path in enumerate(files, start=1):
            say(f"[{number}/{len(files)}] {path.name}")
            lines.append(_receive_one(dock, path, told))
    return lines


def _receive_one(dock: Dock, path: Path, told: Claims) -> Line:
    """Receive one file; a refusal is a result, so that the others still get their turn."""
    try:
        received = receive_with_sidecar(dock, path, actor=ACTOR, told=told)
    except BwcError as error:
        return Line(path, Outcome.REFUSED, str(error), None)
    if received.state is RecordingState.QUARANTINED:
        outcome = Outcome.QUARANTINED
    else:
        outcome = Outcome.DUPLICATE if received.duplicate else Outcome.STORED
    return Line(path, outcome, received.reason, received)
