"""What every command shares: results on stdout, the rest on stderr, exit codes 0, 1 and 2.

Where nobody reads stdout to its end (`bwc ... | head`) a command ends at once, says nothing and
has exit code 141, as a program that SIGPIPE ends has in a shell.
"""

import io
import json
import logging
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import typer
from typer.exceptions import TyperException

from bwc.canonical import Json
from bwc.errors import BwcError, IntegrityError

DONE = 0
FINDING = 1
MISUSE = 2
READER_GONE = 141  # 128 + SIGPIPE; the signal itself would end servers when a client hangs up

log = logging.getLogger(__name__)


def print_result(document: Json, *, text: str, as_json: bool) -> None:
    """Print `document` as JSON, or `text` for people."""
    print(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text)  # noqa: T201


def say(text: str) -> None:
    """A line for people on stderr, if anybody reads it."""
    with suppress(BrokenPipeError):
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
        if _is_unread(error):
            raise typer.Exit(READER_GONE) from error
        say_unforeseen(error)
        raise typer.Exit(MISUSE) from error


@contextmanager
def ends_with_its_reader() -> Iterator[None]:
    """Around a whole command: end quietly where nobody reads the last of what it printed."""
    out = sys.stdout
    try:
        yield
    finally:
        was_unread = sys.stdout is not out  # typer wraps it then, and ends with 1: a finding
        if was_unread or (out is not None and not _is_flushed(out)):
            os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
            sys.exit(READER_GONE)


def _is_unread(error: Exception) -> bool:
    """Whether something failed because whoever read stdout is gone."""
    if not isinstance(error, BrokenPipeError):
        return False
    try:
        asked = select.poll()
        asked.register(sys.stdout.fileno(), 0)
    except io.UnsupportedOperation:  # a test's stdout is no file
        return False
    return any(what & select.POLLERR for _, what in asked.poll(0))


def _is_flushed(stream: TextIO) -> bool:
    """Write what is waiting to be written, if anybody is left to read it."""
    try:
        stream.flush()
    except BrokenPipeError:
        return False
    return True


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
