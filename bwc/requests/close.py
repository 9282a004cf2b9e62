"""Closing a record request: with an outcome and a reason, by a named person, for good.

An open request holds the recordings of its incident. Closing it ends that one hold and no other:
holds that people placed, other requests and every floor of the rules still stand, and whoever
proposes a disposal asks them all again.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.roles import Actor, Right, require
from bwc.catalog.incident import Fact
from bwc.catalog.release import Decision
from bwc.catalog.request import RecordRequest, RequestState
from bwc.clock import as_utc, iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.requests.facts import assert_fact
from bwc.requests.words import RequestOutcome, one_of

DENIED = frozenset({RequestOutcome.REFUSED, RequestOutcome.PARTLY_RELEASED})
DENIED_AT = "disclosure_denied_at"
RELEASING = ("RELEASE", "RELEASE_REDACTED")
PUBLIC = "public"


def close_request(
    session: Session,
    request_id: str,
    *,
    outcome: RequestOutcome | str,
    reason: str,
    by: Actor,
    at: datetime,
) -> RecordRequest:
    """End a request; its incident is decided again without it.

    A refusal is stated as a fact of the incident too, for appeals are counted from it.

    Args:
        session: a writing session of the catalog.
        request_id: the request.
        outcome: how it ended, of the closed list.
        reason: the letter, the copy handed over, the ground: in words.
        by: who closes it.
        at: when, aware.

    Raises:
        NotPermitted: the role may not.
        NotFound: no such request.
        InvalidInput: no reason, or not an outcome.
        Conflict: closed before; or a refusal of what the rules say must be released.
    """
    require(by, Right.CLOSE_REQUEST)
    ended = one_of(RequestOutcome, outcome)
    if not reason.strip():
        raise InvalidInput("closing needs a reason", advice="Name the letter, copy or ground.")
    request = session.get(RecordRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound("there is no such request", where=request_id)
    if request.state is RequestState.CLOSED:
        raise Conflict("the request was closed before", where=request.number, got=request.outcome)
    if ended is RequestOutcome.REFUSED:
        _refuse_refusing_a_duty(session, request)
    before = request.state
    request.state = RequestState.CLOSED
    request.outcome, request.closing_reason = ended.value, reason.strip()
    request.closed_by, request.closed_at = by.username, at
    record(
        session,
        Act.REQUEST_CLOSED,
        about=About(Subject.REQUEST, request.id),
        actor=by.username,
        at=at,
        detail={
            "number": request.number,
            "incident_id": request.incident_id,
            "outcome": ended.value,
            "reason": request.closing_reason,
        },
        before={"state": before.value},
    )
    if request.incident_id is not None:
        _tell_the_rules(session, request, request.incident_id, ended, by=by, at=at)
    return request


def _tell_the_rules(
    session: Session,
    request: RecordRequest,
    incident_id: str,
    ended: RequestOutcome,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Have the incident decided again; a first refusal is stated, which asks for that by itself."""
    stated = session.scalar(
        sa.select(Fact.id).where(Fact.incident_id == incident_id, Fact.name == DENIED_AT).limit(1)
    )
    if ended not in DENIED or stated is not None:
        enqueue(session, JobKind.DECIDE, subject_id=incident_id, requested_by=by.username, at=at)
        return
    assert_fact(
        session,
        incident_id,
        name=DENIED_AT,
        value=iso(as_utc(at)),
        source=f"request {request.number} was closed: {ended.value}",
        by=by.username,
        at=at,
    )


def _refuse_refusing_a_duty(session: Session, request: RecordRequest) -> None:
    """Conflict where a decision that stands says that this requester must be given it."""
    duty = session.scalars(
        sa.select(Decision).where(
            Decision.incident_id == request.incident_id,
            Decision.audience.in_((PUBLIC, request.requester_role)),
            Decision.superseded_at.is_(None),
            Decision.modality == "MUST",
            Decision.outcome.in_(RELEASING),
        )
    ).first()
    if duty is not None:
        raise Conflict(
            "the rules say that this must be released",
            where=request.number,
            got=f"{duty.modality} {duty.outcome} for {duty.audience}",
            advice="State the fact that stands against release; the rules are asked again.",
        )
