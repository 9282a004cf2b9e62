"""`bwc coverage`: measure from files, import, and report."""

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bwc.canonical import Json, JsonObject
from bwc.cli import audit_draws
from bwc.cli.audit_draws import review_draw
from bwc.cli.audits import findings, should_exist
from bwc.cli.cameras import camera
from bwc.cli.console import MISUSE, exits, print_result, say
from bwc.cli.coverage_options import (
    ACTOR,
    AsJson,
    MappingFile,
    read_rule,
)
from bwc.cli.coverage_publish import publish
from bwc.cli.overview import overview
from bwc.cli.report import report
from bwc.cli.sessions import writing
from bwc.cli.statutory import compare_groups, equity, statutory, trend_over_time
from bwc.clock import SystemClock
from bwc.coverage.cells import RowError
from bwc.coverage.department_csv import read_department
from bwc.coverage.expected import officer_calls
from bwc.coverage.importing import (
    import_bundle,
    import_document,
    read_bundle,
    without_bad_rows,
)
from bwc.coverage.mapping import load_mapping
from bwc.coverage.measure import Coverage, measure
from bwc.intake.tagging import match_again

app = typer.Typer(no_args_is_help=True)

ERRORS_SHOWN = 100  # more than a person mends in one go


for command in (camera, findings, should_exist, review_draw, statutory, equity, overview, report):
    app.command()(command)
app.command()(publish)
app.add_typer(audit_draws.app, name="audit")
app.command("compare")(compare_groups)
app.command("trend")(trend_over_time)


@app.callback()
def coverage() -> None:
    """Did the camera run when it had to? For every officer and every call."""


@app.command("measure")
def measure_folder(
    folder: Annotated[
        Path,
        typer.Option(
            "--from", help="Folder with the seven CSV files.", exists=True, file_okay=False
        ),
    ],
    rules: Annotated[
        str | None,
        typer.Option(
            metavar="PACK",
            help="Policy pack that says when cameras run; default: from an officer's first arrival"
            " to his last clearing.",
        ),
    ] = None,
    mapping: MappingFile = None,
    as_json: AsJson = False,
) -> None:
    """Measure every officer's part in every call from a folder of CSV files."""
    with exits():
        read_as = None if mapping is None else load_mapping(mapping)
        rule = read_rule(rules)
        with _no_collector():
            reading = read_department(folder, read_as)
            for name in reading.absent:
                say(f"{name} is not there: what it lists is not checked")
            _stop_at(reading.errors)
            department = reading.department
            calls = officer_calls(department.calls, department.call_units, rule=rule)
            coverages = measure(
                calls, recordings=department.recordings, assignments=department.assignments
            )
            _print_measured(coverages, as_json=as_json)


@app.command("import")
def import_folder(
    folder: Annotated[
        Path, typer.Argument(help="Folder with CSV files.", exists=True, file_okay=False)
    ],
    mapping: MappingFile = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take officers, cameras, assignments, shifts, calls, units and lists of recordings in."""
    with exits():
        read_as = None if mapping is None else load_mapping(mapping)
        with writing() as (session, _):
            bundle = read_bundle(session, folder, read_as)
            if not dry_run:
                _stop_at(bundle.errors)
            good = without_bad_rows(session, bundle)
            now = SystemClock().now()
            merged = import_bundle(session, good, actor=ACTOR, at=now)
            match_again(session, by=ACTOR, at=now)
            if not dry_run:
                session.commit()
        lines = [
            f"{name:<17} {done.added} new, {done.changed} changed, {done.unchanged} the same"
            for name, done in merged.items()
        ]
        errors: list[Json] = [error.document() for error in bundle.errors]
        document: JsonObject = {"dry_run": dry_run, **import_document(merged)}
        if errors:
            document["errors"] = errors
            lines.append(f"{len(errors)} bad rows: until they are mended nothing is imported")
        print_result(document, text="\n".join(lines), as_json=as_json)
        _stop_at(bundle.errors)


@contextmanager
def _no_collector() -> Iterator[None]:
    """No search for cycles while millions of small values without any are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
