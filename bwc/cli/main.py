"""The command `bwc`: one table of commands; only the one that is asked for is loaded."""

import gc
import importlib
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import typer

from bwc import __version__
from bwc.cli.console import MISUSE, ends_with_its_reader, say, say_unforeseen, show_traces
from bwc.errors import BwcError


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command's code stands, and its line in the list of commands."""

    module: str
    name: str
    summary: str


COMMANDS = {
    "demo": Entry("demo", "demo", "Run a whole demo department; stays until Ctrl-C."),
    "up": Entry("up", "up", "Start broker, workers, desk and portal; stays until Ctrl-C."),
    "ingest": Entry("ingest", "ingest", "Take recordings into the vault."),
    "redact-file": Entry("redact", "redact_file", "Hide the people in one file, and prove it."),
    "verify-file": Entry("redact", "verify_file", "Judge a redacted file by its pictures alone."),
    "certificate": Entry("certificate", "app", "Say in plain words what a certificate says."),
    "detector-card": Entry("card", "detector_card", "Measure recall on labelled clips."),
    "plan": Entry("plan", "app", "Read, compare and change what a plan hides, person by person."),
    "policy": Entry("policy", "app", "Decide, check, explain and replay release rules."),
    "coverage": Entry("coverage", "app", "Measure for every officer whether the camera ran."),
    "retention": Entry("retention", "app", "How long footage stays, and its destruction."),
    "portal": Entry("portal", "app", "Rebuild the list of releases from the public store."),
    "custody": Entry("custody", "app", "Show and verify the ledger of every act."),
    "jobs": Entry("jobs", "app", "See, cancel and retry work."),
    "models": Entry("redact", "models", "Fetch the detectors, checked by hash."),
    "db": Entry("db", "app", "Bring the catalog's schema up to date."),
    "user": Entry("user", "app", "Staff accounts."),
    "backup": Entry("backup", "backup", "Copy catalog, vault and public store to a folder."),
    "restore": Entry("backup", "restore", "Bring a backup back into an empty house."),
}


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command line for `arguments`: the command they name, and the others by summary alone."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        help="Police body-worn-camera footage, from the dock to the public record.",
    )
    app.callback(invoke_without_command=True)(_options)
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    for name, entry in COMMANDS.items():
        if name == wanted:
            _add(app, name, entry)
        else:
            app.command(name, help=entry.summary)(_not_loaded)
    return app


def run() -> None:
    """Run the command line; an error that no command caught ends with a sentence and 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file name need not be text in any encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        gc.disable()  # what modules make stays: looking it through for garbage takes 40 ms
        app = build(sys.argv[1:])
        gc.enable()
        with ends_with_its_reader():
            app()
    except BwcError as error:
        say(f"bwc: {error}")
        sys.exit(MISUSE)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is no finding
        say_unforeseen(error)
        sys.exit(MISUSE)


def _add(app: typer.Typer, name: str, entry: Entry) -> None:
    """Load one command into the command line."""
    found = getattr(importlib.import_module(f"bwc.cli.{entry.module}"), entry.name)
    if isinstance(found, typer.Typer):
        found.info.no_args_is_help = True
        app.add_typer(found, name=name, help=entry.summary)
    else:
        app.command(name)(found)


def _not_loaded() -> None:
    """Stand in for a command that was not asked for; only its summary is shown."""


def _options(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
    debug: bool = typer.Option(False, "--debug", help="Show where an unforeseen error is from."),
) -> None:
    """Police body-worn-camera footage, from the dock to the public record."""
    if debug:
        show_traces()
    if version:
        print(__version__)  # noqa: T201 - the command's result
    elif context.invoked_subcommand is None:
        print(context.get_help())  # noqa: T201
        raise typer.Exit(MISUSE)
