"""`bwc policy letter`: a letter to a requester, from a decision."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bwc.cli.console import exits, print_result
from bwc.clock import SystemClock
from bwc.errors import InvalidInput
from bwc.policy.letters import LetterKind, letter
from bwc.settings import load_settings


def letter_command(
    decision: Annotated[Path, typer.Argument(help="A decision as `decide --json` prints it.")],
    kind: Annotated[LetterKind, typer.Option(help="Which letter.")],
    on: Annotated[str | None, typer.Option(help="Day of the letter; default: today.")] = None,
    html: Annotated[bool, typer.Option("--html", help="Print a page instead of text.")] = False,
) -> None:
    """Write the letter that a decision bears; one that it does not bear is refused."""
    with exits():
        department = load_settings().department
        try:
            document = json.loads(decision.read_text(encoding="utf-8"))
            today = SystemClock().now().astimezone(ZoneInfo(department.timezone)).date()
            day = date.fromisoformat(on) if on else today
        except (OSError, ValueError, RecursionError) as exc:
            raise InvalidInput("this cannot be read", where=decision.name, got=str(exc)) from exc
        if not isinstance(document, dict):
            raise InvalidInput("this is not a decision", expected="a JSON object")
        made = letter(document, kind, sender=department.name, on=day)
        text = made.html() if html else made.text()
        print_result(None, text=text.removesuffix("\n"), as_json=False)
