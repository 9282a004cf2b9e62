"""What every command shares: results on stdout, the rest on stderr, exit codes 0, 1 and 2."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bwc.canonical import Json
from bwc.errors import BwcError, IntegrityError

DONE = 0
FINDING = 1
MISUSE = 2


def print_result(document: Json, *, text: str, as_json: bool) -> None:
    """Print `document` as JSON, or `text` for people."""
    print(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text)  # noqa: T201


def say(text: str) -> None:
    """A line for people on stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def exits() -> Iterator[None]:
    """Turn our errors into a sentence on stderr and an exit code."""
    try:
        yield
    except IntegrityError as error:
        say(f"bwc: {error}")
        raise typer.Exit(FINDING) from error
    except BwcError as error:
        say(f"bwc: {error}")
        raise typer.Exit(MISUSE) from error
