"""`bwc policy calendar`: what each role must do by when, as an iCalendar feed."""

from collections.abc import Iterator
from typing import Annotated

import sqlalchemy as sa
import typer
from sqlalchemy.orm import Session

from bwc.catalog import schema
from bwc.catalog.incident import Incident
from bwc.catalog.release import Decision, Obligation, ObligationState
from bwc.catalog.store import Catalog
from bwc.cli.console import exits, print_result
from bwc.clock import SystemClock
from bwc.policy.ical import Due, ical
from bwc.settings import load_settings

DECIDING = "records"  # the role that answers a case by its deadline


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
                found = [due for due in _due(session) if role in (None, due.role)]
        finally:
            catalog.close()
        name = f"{settings.department.name}: due work" + (f" of {role}" if role else "")
        text = ical(found, name=name, at=SystemClock().now())
        print_result(None, text=text.removesuffix("\n"), as_json=False)


def _due(session: Session) -> Iterator[Due]:
    """Open obligations of standing decisions, then the deadlines of the decisions themselves."""
    duties = (
        sa.select(Obligation, Incident.number)
        .join(Incident, Incident.id == Obligation.incident_id)
        .join(Decision, Decision.id == Obligation.decision_id)
        .where(
            Obligation.state == ObligationState.OPEN,
            Obligation.due_at.is_not(None),
            Decision.superseded_at.is_(None),
        )
    )
    for row, number in session.execute(duties):
        if row.due_at is not None:
            yield Due(row.id, row.owner_role, _what(row), number, row.due_at)
    decisions = (
        sa.select(Decision, Incident.number)
        .join(Incident, Incident.id == Decision.incident_id)
        .where(Decision.superseded_at.is_(None), Decision.due_at.is_not(None))
    )
    for decision, number in session.execute(decisions):
        if decision.due_at is not None:
            what = f"{_words(decision.outcome)} ({decision.audience})"
            yield Due(decision.id, DECIDING, what, number, decision.due_at)


def _what(row: Obligation) -> str:
    parts = (row.kind, row.element, row.recipient)
    return " · ".join(_words(part) for part in parts if part)


def _words(name: str) -> str:
    return name.replace("_", " ").lower()
