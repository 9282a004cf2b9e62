"""What every command shares: results on stdout, the rest on stderr, exit codes 0, 1 and 2."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from typer.exceptions import TyperException

from bwc.canonical import Json
from bwc.errors import BwcError, IntegrityError

DONE = 0
FINDING = 1
MISUSE = 2

log = logging.getLogger(__name__)


def print_result(document: Json, *, text: str, as_json: bool) -> None:
    """Print `document` as JSON, or `text` for people."""
    print(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text)  # noqa: T201


def say(text: str) -> None:
    """A line for people on stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def exits() -> Iterator[None]:
    """Turn errors into a sentence on stderr and an exit code.

    Exit code 1 is a finding alone: an error that nobody foresaw is 2.
    """
    try:
        yield
    except IntegrityError as error:
        say(f"bwc: {error}")
        raise typer.Exit(FINDING) from error
    except BwcError as error:
        say(f"bwc: {error}")
        raise typer.Exit(MISUSE) from error
    except (typer.Exit, typer.Abort, TyperException):
        raise
    except Exception as error:
        say_unforeseen(error)
        raise typer.Exit(MISUSE) from error


def say_unforeseen(error: Exception) -> None:
    """Say that something failed that nobody foresaw; where it did, if `show_traces` was called."""
    what = " ".join(str(error).split()) or "no words"
    say(
        f"bwc: failed in a way that was not foreseen: {type(error).__name__}: {what}."
        " Nothing was found, nothing is proven. `bwc --debug COMMAND ...` shows where it failed"
    )
    log.debug("unforeseen_error", exc_info=error)


def show_traces() -> None:
    """From here on, show where an unforeseen error comes from."""
    logging.basicConfig()
    log.setLevel(logging.DEBUG)
