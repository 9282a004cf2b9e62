"""Findings as people work on them: explained by the officer, excused or sustained by a supervisor.

Every step is an event that is never changed, and a custody entry. Whoever explained a finding does
not decide it.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.finding import FindingEvent, FindingRow, FindingState
from bwc.clock import as_utc
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound, NotPermitted

UNDECIDED = (FindingState.OPEN, FindingState.EXPLAINED)


class Reason(StrEnum):
    """Why an officer says it came so; policies name most of them (law A5)."""

    DEVICE_FAULT = "device fault"
    BATTERY = "battery empty"
    NO_CAMERA = "no camera issued"
    DANGER = "no time: danger to life"
    ASKED_TO_STOP = "victim or witness asked to stop"
    NOT_ALLOWED = "recording not allowed there"
    NO_CONTACT = "no contact with the public"
    RECORDS_WRONG = "dispatch or roster is wrong"
    CLOCK_WRONG = "clock of camera or dispatch is wrong"
    DOCK_FAULT = "dock or network fault"
    FORGOTTEN = "not switched on in time"
    OTHER = "other"


def explain(
    session: Session,
    finding_id: str,
    *,
    reason: Reason,
    note: str,
    by: str,
    officer_id: str | None,
    at: datetime,
) -> FindingRow:
    """The officer it concerns says why; a finding of no officer may be explained by anyone.

    Raises:
        NotFound, NotPermitted: no such finding, or another officer's.
        Conflict: it is decided already.
    """
    row = find_row(session, finding_id)
    if row.officer_id is not None and row.officer_id != officer_id:
        raise NotPermitted("only the officer whom a finding concerns explains it")
    if reason is Reason.OTHER and not note.strip():
        raise InvalidInput("another reason needs its words", where="note")
    return _step(session, row, FindingState.EXPLAINED, Act.FINDING_EXPLAINED, reason=reason, note=note, by=by, at=at)  # fmt: skip


def excuse(session: Session, finding_id: str, *, note: str, by: str, at: datetime) -> FindingRow:
    """A supervisor accepts the explanation; never the one who gave it.

    Raises:
        NotFound, NotPermitted: no such finding, or he explained it himself.
        Conflict: nobody explained it, or it is decided already.
    """
    row = find_row(session, finding_id)
    if row.state is FindingState.OPEN:
        raise Conflict("nobody explained this finding yet", advice="The officer explains it first")
    _refuse_own(session, row, by)
    return _step(session, row, FindingState.EXCUSED, Act.FINDING_EXCUSED, note=note, by=by, at=at)


def sustain(session: Session, finding_id: str, *, note: str, by: str, at: datetime) -> FindingRow:
    """A supervisor upholds it, explained or not; never the one who explained it.

    Raises:
        NotFound, NotPermitted, Conflict: as for `excuse`.
        InvalidInput: no words for why.
    """
    if not note.strip():
        raise InvalidInput("a sustained finding needs its reason", where="note")
    row = find_row(session, finding_id)
    _refuse_own(session, row, by)
    return _step(
        session, row, FindingState.SUSTAINED, Act.FINDING_SUSTAINED, note=note, by=by, at=at
    )


def reopen(session: Session, finding_id: str, *, note: str, by: str, at: datetime) -> FindingRow:
    """Take a decision back; it and its reason stay in the history.

    Raises:
        NotFound, InvalidInput: no such finding; no words for why.
        Conflict: it is not decided.
    """
    row = find_row(session, finding_id)
    if not note.strip():
        raise InvalidInput("reopening needs its reason", where="note")
    if row.state in UNDECIDED:
        raise Conflict("this finding is not decided", got=row.state.value)
    _append(session, row, FindingState.OPEN, Act.FINDING_REOPENED, note=note, by=by, at=at)
    return row


def find_row(session: Session, finding_id: str) -> FindingRow:
    """One stored finding. Raises NotFound."""
    row = session.get(FindingRow, finding_id)
    if row is None:
        raise NotFound("there is no such finding", where=finding_id)
    return row


def _refuse_own(session: Session, row: FindingRow, by: str) -> None:
    """Two people: whoever explained may not decide."""
    query = (
        sa.select(FindingEvent.author)
        .where(FindingEvent.finding_id == row.id, FindingEvent.state == FindingState.EXPLAINED)
    )  # fmt: skip
    if by in set(session.scalars(query)):
        raise NotPermitted("whoever explained a finding does not decide it")


def _step(
    session: Session,
    row: FindingRow,
    state: FindingState,
    act: Act,
    *,
    note: str,
    by: str,
    at: datetime,
    reason: Reason | None = None,
) -> FindingRow:
    """A step forward from an undecided finding."""
    if row.state not in UNDECIDED:
        raise Conflict(
            "this finding is decided", got=row.state.value, advice="Reopen it first, with a reason"
        )
    _append(session, row, state, act, note=note, by=by, at=at, reason=reason)
    return row


def _append(
    session: Session,
    row: FindingRow,
    state: FindingState,
    act: Act,
    *,
    note: str,
    by: str,
    at: datetime,
    reason: Reason | None = None,
) -> None:
    """Event, state and custody entry, together."""
    before: JsonObject = {"state": row.state.value}
    row.state = state
    row.reason = row.reason if reason is None else reason.value
    session.add(event(row, state, note=note, by=by, at=at, reason=reason))
    detail: JsonObject = {"kind": row.kind, "state": state.value}
    if reason is not None:
        detail["reason"] = reason.value
    about = About(Subject.FINDING, row.id)
    record(session, act, about=about, actor=by, at=at, detail=detail, before=before)


def event(
    row: FindingRow,
    state: FindingState,
    *,
    note: str,
    by: str,
    at: datetime,
    reason: Reason | None = None,
) -> FindingEvent:
    """One line of the history."""
    return FindingEvent(
        finding_id=row.id,
        state=state,
        reason=None if reason is None else reason.value,
        note=note.strip(),
        author=by,
        created_at=as_utc(at),
    )
