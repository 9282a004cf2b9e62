"""`bwc coverage`: measure from files, import, and report."""

import gc
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO
from zoneinfo import ZoneInfo

import typer

from bwc.canonical import JsonObject
from bwc.catalog.store import Catalog
from bwc.cli.console import MISUSE, exits, print_result, say
from bwc.clock import SystemClock
from bwc.coverage.cells import RowError
from bwc.coverage.day import local_day
from bwc.coverage.department_csv import read_department
from bwc.coverage.expected import ON_SCENE, TEMPE, ActivationRule, officer_calls
from bwc.coverage.export import write_department_csv, write_officer_csv
from bwc.coverage.groups import Grouping, describe, group
from bwc.coverage.importing import import_bundle, import_document, read_bundle
from bwc.coverage.measure import Coverage, measure
from bwc.coverage.printed import print_department
from bwc.coverage.report import department_coverage, officer_coverage
from bwc.coverage.words import department_words, group_words, officer_words
from bwc.errors import InvalidInput
from bwc.intake.tagging import match_again
from bwc.settings import load_settings
from bwc.timeline import Span

app = typer.Typer(no_args_is_help=True)

ACTOR = "command line"
DEFAULT_DAYS = 28  # whole weeks, so that every weekday counts equally
ERRORS_SHOWN = 100  # more than a person mends in one go


class Method(StrEnum):
    """Which calls count, and over which time."""

    EXPECTED = "expected"
    TEMPE = "tempe"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Rules = Annotated[
    str | None,
    typer.Option(
        metavar="PACK", help="Policy pack that says when cameras run; default: arrival to clearing."
    ),
]


@app.callback()
def coverage() -> None:
    """Did the camera run when it had to? For every officer and every call."""


@app.command("measure")
def measure_folder(
    folder: Annotated[
        Path, typer.Option("--from", help="Folder with the seven CSV files.", file_okay=False)
    ],
    rules: Rules = None,
    as_json: AsJson = False,
) -> None:
    """Measure every officer's part in every call from a folder of CSV files."""
    with exits():
        rule = _rule(rules)
        with _no_collector():
            reading = read_department(folder)
            _stop_at(reading.errors)
            department = reading.department
            calls = officer_calls(department.calls, department.call_units, rule=rule)
            coverages = measure(
                calls, recordings=department.recordings, assignments=department.assignments
            )
            _print_measured(coverages, as_json=as_json)


@app.command()
def report(
    badge: Annotated[str | None, typer.Option(help="One officer; default: everybody.")] = None,
    since: Annotated[str | None, typer.Option(help="First day; default: four weeks ago.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day; default: yesterday.")] = None,
    by: Annotated[Grouping | None, typer.Option(help="Figures by group as well.")] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write the table to this file too.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write a printable page to this file too.")
    ] = None,
    rules: Rules = None,
    method: Annotated[
        Method, typer.Option(help="Which calls count; tempe: to compare with published figures.")
    ] = Method.EXPECTED,
    as_json: AsJson = False,
) -> None:
    """Report from the catalog: is there a camera for everyone, and did it run on every call."""
    with exits():
        settings = load_settings()
        zone = ZoneInfo(settings.department.timezone)
        period, rule = _days(since, until, zone), _rule(rules, method)
        catalog = Catalog(settings.catalog_url)
        with catalog.read() as session:
            if badge is not None:
                one = officer_coverage(session, badge, period.start, period.end, rule=rule)
                document, lines = one.document(), list(officer_words(one))
                _export(csv_file, lambda stream: write_officer_csv(one, stream))
            else:
                all_of = department_coverage(session, period.start, period.end, rule=rule)
                document, lines = all_of.document(), list(department_words(all_of))
                page = print_department(all_of, department=settings.department.name, zone=zone)
                _export(csv_file, lambda stream: write_department_csv(all_of, stream))
                _export(html_file, lambda stream: stream.write(page))
                if by is not None:
                    groups = group(all_of, by, zone=zone)
                    document |= describe(groups, by)
                    lines += group_words(groups)
        catalog.close()
        print_result(document, text="\n".join(lines), as_json=as_json)


@app.command("import")
def import_folder(
    folder: Annotated[Path, typer.Argument(help="Folder with CSV files.", file_okay=False)],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take officers, cameras, assignments, shifts, calls and units into the catalog."""
    with exits():
        catalog = Catalog(load_settings().catalog_url)
        with catalog.write() as session:
            bundle = read_bundle(session, folder)
            _stop_at(bundle.errors)
            now = SystemClock().now()
            merged = import_bundle(session, bundle, actor=ACTOR, at=now)
            match_again(session, by=ACTOR, at=now)
            if not dry_run:
                session.commit()
        catalog.close()
        lines = [
            f"{name:<12} {done.added} new, {done.changed} changed, {done.unchanged} the same"
            for name, done in merged.items()
        ]
        document: JsonObject = {"dry_run": dry_run, **import_document(merged)}
        print_result(document, text="\n".join(lines), as_json=as_json)


def _rule(pack: str | None, method: Method = Method.EXPECTED) -> ActivationRule:
    """The rule of a pack, of a published method, or the plain one."""
    if pack is None:
        return TEMPE if method is Method.TEMPE else ON_SCENE
    if method is not Method.EXPECTED:
        raise InvalidInput("a pack and a published method exclude each other", got=method.value)
    from bwc.coverage.activation import load_activation_rule  # reading packs takes a while
    from bwc.policy.shipped import SHIPPED

    return load_activation_rule(pack, load_settings().department.policies or SHIPPED)


def _days(since: str | None, until: str | None, zone: ZoneInfo) -> Span[datetime]:
    """From the first day's midnight to the end of the last, on the department's clocks."""
    today = SystemClock().now().astimezone(zone).date()
    last = _day(until) if until else today - timedelta(days=1)
    first = _day(since) if since else last - timedelta(days=DEFAULT_DAYS - 1)
    if last < first:
        raise InvalidInput("the last day lies before the first", got=f"{first} to {last}")
    return Span(local_day(first, zone).start, local_day(last, zone).end)


def _day(text: str) -> date:
    """A day as a person writes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("not a day", expected="a day such as 2026-03-01", got=text) from None


def _export(path: Path | None, write: Callable[[TextIO], object]) -> None:
    """Write a CSV file, if one was asked for."""
    if path is not None:
        with path.open("w", encoding="utf-8", newline="") as stream:
            write(stream)


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
