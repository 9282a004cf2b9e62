"""`bwc coverage`: measure from files, import, and report."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bwc.cli.console import MISUSE, exits, say
from bwc.coverage.cells import RowError
from bwc.coverage.department_csv import read_department
from bwc.coverage.expected import ON_SCENE, officer_calls
from bwc.coverage.measure import Coverage, measure

app = typer.Typer(no_args_is_help=True)

ERRORS_SHOWN = 100  # more than a person mends in one go

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def coverage() -> None:
    """Did the camera run when it had to? For every officer and every call."""


@app.command("measure")
def measure_folder(
    folder: Annotated[
        Path, typer.Option("--from", help="Folder with the seven CSV files.", file_okay=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Measure every officer's part in every call from a folder of CSV files."""
    with exits():
        reading = read_department(folder)
        _stop_at(reading.errors)
        department = reading.department
        calls = officer_calls(department.calls, department.call_units, rule=ON_SCENE)
        coverages = measure(
            calls, recordings=department.recordings, assignments=department.assignments
        )
        _print_measured(coverages, as_json=as_json)


def _stop_at(errors: Sequence[RowError]) -> None:
    """Name every bad row on stderr and end as misuse; go on where there is none."""
    for error in errors[:ERRORS_SHOWN]:
        say(error.message())
    if len(errors) > ERRORS_SHOWN:
        say(f"... and {len(errors) - ERRORS_SHOWN} more")
    if errors:
        raise typer.Exit(MISUSE)


def _print_measured(coverages: Sequence[Coverage], *, as_json: bool) -> None:
    """One line per officer and call, written as it is made: there may be a million."""
    out = sys.stdout
    if as_json:
        out.write("[")
        for index, part in enumerate(coverages):
            out.write(",\n" if index else "\n")
            out.write(json.dumps(part.document(), ensure_ascii=False))
        out.write("\n]\n" if coverages else "]\n")
        return
    for part in coverages:
        out.write(_line(part) + "\n")


def _line(coverage: Coverage) -> str:
    """One officer's part in one call, for people."""
    head = f"{coverage.call}  {coverage.badge}  {coverage.status.value}"
    if coverage.exclusion is not None:
        return f"{head}: {coverage.exclusion.value}"
    return (
        f"{head}: {coverage.covered.total_seconds():.0f} of"
        f" {coverage.expected.total_seconds():.0f} s, late {coverage.late_start.total_seconds():.0f},"
        f" early {coverage.early_stop.total_seconds():.0f}, gaps {len(coverage.gaps)}"
    )
