"""`bwc policy calendar`: what each role must do by when, as an iCalendar feed."""

from typing import Annotated

import typer

from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.cli.console import exits, print_result
from bwc.clock import SystemClock
from bwc.policy.ical import ical
from bwc.release.due_work import due_work
from bwc.settings import load_settings


def calendar(
    role: Annotated[str | None, typer.Option(help="Only what this role must do.")] = None,
) -> None:
    """Print every open duty and deadline as an iCalendar file (.ics)."""
    with exits():
        settings = load_settings()
        catalog = Catalog(settings.catalog_url)
        try:
            schema.require_current(catalog)
            with catalog.read() as session:
                found = [due for due in due_work(session) if role in (None, due.role)]
        finally:
            catalog.close()
        department = settings.department
        name = f"{department.name}: due work" + (f" of {role}" if role else "")
        text = ical(found, name=name, at=SystemClock().now(), zone=department.timezone)
        print_result(None, text=text.removesuffix("\n"), as_json=False)
