"""Legal holds: what must not be disposed of, and where they say so, not published either."""

from datetime import datetime

from sqlalchemy.orm import Session

from bwc.catalog.incident import Incident
from bwc.catalog.request import Hold, HoldKind
from bwc.clock import as_utc, iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.requests.words import one_of


def place_hold(
    session: Session,
    incident_id: str,
    *,
    kind: HoldKind | str,
    reason: str,
    blocks_release: bool,
    by: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> Hold:
    """Keep an incident's recordings as they are until the hold is lifted or expires.

    Args:
        session: a writing session of the catalog.
        incident_id: the incident it covers.
        kind: why, of the closed list.
        reason: the order, letter or ground in words.
        blocks_release: whether nothing may be published meanwhile.
        by: who orders it.
        at: when, aware.
        expires_at: when it ends by itself; None until someone lifts it.

    Raises:
        NotFound: no such incident.
        InvalidInput: no reason, or an end that is not after its start.
    """
    if session.get(Incident, incident_id) is None:
        raise NotFound("there is no such incident", where=incident_id)
    if not reason.strip():
        raise InvalidInput("a hold needs a reason", advice="Name the order, letter or ground.")
    if expires_at is not None and as_utc(expires_at) <= as_utc(at):
        raise InvalidInput("a hold must end after it starts", got=iso(expires_at))
    hold = Hold(
        id=new_id(),
        incident_id=incident_id,
        kind=one_of(HoldKind, kind),
        blocks_release=blocks_release,
        reason=reason.strip(),
        ordered_by=by,
        placed_at=at,
        expires_at=expires_at,
    )
    session.add(hold)
    record(
        session,
        Act.HOLD_PLACED,
        about=About(Subject.HOLD, hold.id),
        actor=by,
        at=at,
        detail={
            "incident_id": incident_id,
            "kind": hold.kind.value,
            "blocks_release": blocks_release,
            "expires_at": iso(expires_at) if expires_at else None,
        },
    )
    enqueue(session, JobKind.DECIDE, subject_id=incident_id, requested_by=by, at=at)
    return hold


def lift_hold(session: Session, hold_id: str, *, by: str, at: datetime) -> Hold:
    """End a hold now.

    Raises:
        NotFound: no such hold.
        Conflict: it was lifted before.
    """
    hold = session.get(Hold, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound("there is no such hold", where=hold_id)
    if hold.lifted_at is not None:
        raise Conflict("the hold was lifted before", where=hold_id, got=iso(hold.lifted_at))
    hold.lifted_at = at
    hold.lifted_by = by
    record(
        session,
        Act.HOLD_LIFTED,
        about=About(Subject.HOLD, hold.id),
        actor=by,
        at=at,
        detail={"incident_id": hold.incident_id, "kind": hold.kind.value},
        before={"lifted_at": None},
    )
    enqueue(session, JobKind.DECIDE, subject_id=hold.incident_id, requested_by=by, at=at)
    return hold
