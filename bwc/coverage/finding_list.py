"""Stored findings as pages and commands show them, with their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.catalog.finding import FindingEvent, FindingRow, FindingState
from bwc.clock import iso
from bwc.errors import NotFound
from bwc.timeline import Span

Selected = TypeVarTuple("Selected")
AT_ONCE = 5_000  # a database takes no more names in one question


@dataclass(frozen=True, slots=True)
class FindingStep:
    """One step of a finding's history."""

    state: FindingState
    reason: str | None
    note: str
    author: str
    created_at: datetime

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "state": self.state.value,
            "reason": self.reason,
            "note": self.note,
            "author": self.author,
            "at": iso(self.created_at),
        }


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding with what it concerns by name, and its history, oldest first."""

    id: str
    kind: str
    state: FindingState
    badge: str | None
    officer_id: str | None
    call: str | None
    camera: str | None
    recording: str | None
    incident: str | None
    incident_id: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    why: str
    found_at: datetime
    gone_at: datetime | None
    history: tuple[FindingStep, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        steps: list[Json] = [step.document() for step in self.history]
        return {
            "id": self.id,
            "kind": self.kind,
            "state": self.state.value,
            "badge": self.badge,
            "call": self.call,
            "camera": self.camera,
            "recording": self.recording,
            "incident": self.incident,
            "start": iso(self.starts_at) if self.starts_at else None,
            "end": iso(self.ends_at) if self.ends_at else None,
            "why": self.why,
            "found": iso(self.found_at),
            "gone": iso(self.gone_at) if self.gone_at else None,
            "history": steps,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings of a period: in one state, of one officer or unit, of one kind, or all."""

    period: Span[datetime]
    state: FindingState | None = None
    badge: str | None = None
    kind: str | None = None
    unit: str | None = None


def list_findings(
    session: Session, asked: Asked, *, skip: int = 0, most: int | None = None
) -> list[FindingLine]:
    """Findings by time; those without a time come first. At most `most` of them, after `skip`."""
    row = FindingRow
    no_time_first = sa.case((row.starts_at.is_(None), 0), else_=1)
    ordered = _only(_named(), asked).order_by(no_time_first, row.starts_at, row.key)
    found = session.execute(ordered.offset(skip).limit(most)).all()
    history: dict[str, tuple[FindingStep, ...]] = {}
    for place in range(0, len(found), AT_ONCE):
        history |= _history(session, [one[0].id for one in found[place : place + AT_ONCE]])
    return [_line(one, history.get(one[0].id, ())) for one in found]


def view_finding(session: Session, finding_id: str) -> FindingLine:
    """One finding with its history. Raises NotFound."""
    one = session.execute(_named().where(FindingRow.id == finding_id)).one_or_none()
    if one is None:
        raise NotFound("there is no such finding", where=finding_id)
    return _line(one, _history(session, [finding_id]).get(finding_id, ()))


def how_many(session: Session, asked: Asked) -> int:
    """How many findings these are."""
    row = FindingRow
    query = sa.select(sa.func.count()).select_from(row)
    if asked.badge is not None or asked.unit is not None:
        query = query.join(tables.Officer, row.officer_id == tables.Officer.id)
    return session.scalar(_only(query, asked)) or 0


def _only(query: sa.Select[*Selected], asked: Asked) -> sa.Select[*Selected]:
    """The findings that were asked for."""
    row, period = FindingRow, asked.period
    query = query.where(
        sa.or_(
            sa.and_(row.starts_at >= period.start, row.starts_at < period.end),
            row.starts_at.is_(None),
        )
    )
    if asked.state is not None:
        query = query.where(row.state == asked.state)
    if asked.badge is not None:
        query = query.where(tables.Officer.badge == asked.badge)
    if asked.unit is not None:
        query = query.where(tables.Officer.unit == asked.unit)
    if asked.kind is not None:
        query = query.where(row.kind == asked.kind)
    return query


def _named() -> sa.Select[FindingRow, str | None, str | None, str | None, str | None]:
    """Findings with the names of what they concern."""
    row = FindingRow
    return (
        sa.select(
            row,
            tables.Officer.badge,
            tables.Call.number,
            tables.Camera.serial,
            tables.Incident.number,
        )
        .outerjoin(tables.Officer, row.officer_id == tables.Officer.id)
        .outerjoin(tables.Call, row.call_id == tables.Call.id)
        .outerjoin(tables.Camera, row.camera_id == tables.Camera.id)
        .outerjoin(tables.Incident, row.incident_id == tables.Incident.id)
    )


def _history(session: Session, ids: Sequence[str]) -> dict[str, tuple[FindingStep, ...]]:
    """The steps of these findings."""
    steps: dict[str, list[FindingStep]] = {}
    query = (
        sa.select(FindingEvent)
        .where(FindingEvent.finding_id.in_(ids))
        .order_by(FindingEvent.created_at, FindingEvent.id)
    )
    for one in session.scalars(query):
        step = FindingStep(one.state, one.reason, one.note, one.author, one.created_at)
        steps.setdefault(one.finding_id, []).append(step)
    return {finding: tuple(found) for finding, found in steps.items()}


def _line(
    one: sa.Row[FindingRow, str | None, str | None, str | None, str | None],
    history: tuple[FindingStep, ...],
) -> FindingLine:
    """A row as a value."""
    row, badge, call, camera, incident = one
    return FindingLine(
        id=row.id,
        kind=row.kind,
        state=row.state,
        badge=badge,
        officer_id=row.officer_id,
        call=call,
        camera=camera,
        recording=row.recording_id,
        incident=incident,
        incident_id=row.incident_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        why=row.why,
        found_at=row.found_at,
        gone_at=row.gone_at,
        history=history,
    )
