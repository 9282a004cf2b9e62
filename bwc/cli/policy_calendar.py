"""`bwc policy calendar`: what each role must do by when, as an iCalendar feed."""

from typing import Annotated

import typer

from bwc.cli.console import exits, print_result
from bwc.cli.sessions import reading
from bwc.clock import SystemClock
from bwc.policy.ical import ical
from bwc.release.due_work import due_work


def calendar(
    role: Annotated[str | None, typer.Option(help="Only what this role must do.")] = None,
) -> None:
    """Print every open duty and deadline as an iCalendar file (.ics)."""
    with exits():
        with reading() as (session, settings):
            found = [due for due in due_work(session) if role in (None, due.role)]
        department = settings.department
        name = f"{department.name}: due work" + (f" of {role}" if role else "")
        text = ical(found, name=name, at=SystemClock().now(), zone=department.timezone)
        print_result(None, text=text.removesuffix("\n"), as_json=False)
