"""Taking in record requests and complaints: each gets a number, a custody entry and a decision.

Whoever asks or complains need not say who they are. What arrives without an incident waits until
staff tie it to one; from then on every decision of that incident counts it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from bwc.canonical import Json
from bwc.catalog.incident import Incident
from bwc.catalog.request import Complaint, HoldKind, RecordRequest, RequestState
from bwc.clock import as_utc
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.requests.correct import chosen
from bwc.requests.holds import place_hold
from bwc.requests.numbers import Series, next_number
from bwc.requests.words import Channel, Complainant, IdentityShown, Named, RequesterRole, one_of

LONGEST_TEXT = 20_000  # characters; a form field, not an upload


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """A record request as it came in.

    `received_at` is when it arrived, where that was before it is written down: clocks run from
    it. Name and contact stay at the desk and are never published. `covers` says in words which
    recordings are meant, `recordings` names them by id (None: all of the incident), `covers_from` and
    `covers_to` which stretch of time; `names` what of the things that a law may require it names,
    None where nobody has looked.
    """

    requester_role: RequesterRole | str
    channel: Channel | str
    description: str
    incident_id: str | None = None
    requester_name: str | None = None
    requester_contact: str | None = None
    received_at: datetime | None = None
    covers: str | None = None
    covers_from: datetime | None = None
    covers_to: datetime | None = None
    recordings: Sequence[str] | None = None
    names: Sequence[Named | str] | None = None
    statute_invoked: str | None = None
    identity_shown: IdentityShown | str | None = None
    authorisation_doc: str | None = None
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComplaint:
    """A complaint as it came in; no name is asked for.

    `formal` is whether it is sworn or signed where a rule asks for that; `log_number` the number
    an oversight body gave it; `filed_at` when it was filed, where that was before it is written.
    """

    filed_by: Complainant | str
    about_misconduct: bool
    description: str
    incident_id: str | None = None
    formal: bool = False
    log_number: str | None = None
    filed_at: datetime | None = None
    id: str = field(default_factory=new_id)


def receive_request(session: Session, asked: NewRequest, *, by: str, at: datetime) -> RecordRequest:
    """Someone asks for the recordings of an incident; `by` writes it down at `at`.

    Raises:
        NotFound: no such incident.
        InvalidInput: nothing is asked for, it is said to have arrived in the future, or its stretch
            of time ends before it starts.
    """
    _must_exist(session, asked.incident_id)
    if asked.covers_from and asked.covers_to and asked.covers_to < asked.covers_from:
        raise InvalidInput("the time asked for ends before it starts", got=str(asked.covers_to))
    request = RecordRequest(
        id=asked.id,
        number=next_number(session, Series.REQUEST, column=RecordRequest.number, at=at),
        incident_id=asked.incident_id,
        received_at=_arrival(asked.received_at, at),
        channel=one_of(Channel, asked.channel).value,
        requester_role=one_of(RequesterRole, asked.requester_role).value,
        requester_name=asked.requester_name or None,
        requester_contact=asked.requester_contact or None,
        description=_text(asked.description),
        state=RequestState.OPEN,
        covers=asked.covers or None,
        covers_from=asked.covers_from,
        covers_to=asked.covers_to,
        recordings=chosen(session, asked.incident_id, asked.recordings),
        names=_named(asked.names),
        statute_invoked=asked.statute_invoked or None,
        identity_shown=_shown(asked.identity_shown),
        authorisation_doc=asked.authorisation_doc or None,
    )
    session.add(request)
    record(
        session,
        Act.REQUEST_RECEIVED,
        about=About(Subject.REQUEST, request.id),
        actor=by,
        at=at,
        detail={
            "number": request.number,
            "incident_id": request.incident_id,
            "channel": request.channel,
            "requester_role": request.requester_role,
            "identity_shown": request.identity_shown,
        },
    )
    _decide_again(session, request.incident_id, by=by, at=at)
    return request


def receive_complaint(
    session: Session, complained: NewComplaint, *, by: str, at: datetime
) -> Complaint:
    """Someone complains of an officer's conduct; `by` writes it down at `at`.

    Whoever complains, named or not, the incident's recordings are held until a supervisor lifts
    the hold; what else the complaint flags, the rules read from it.

    Raises:
        NotFound: no such incident.
        InvalidInput: it says nothing, or is said to be filed in the future.
    """
    _must_exist(session, complained.incident_id)
    complaint = Complaint(
        id=complained.id,
        number=next_number(session, Series.COMPLAINT, column=Complaint.number, at=at),
        incident_id=complained.incident_id,
        filed_at=_arrival(complained.filed_at, at),
        filed_by=one_of(Complainant, complained.filed_by).value,
        formal=complained.formal,
        about_misconduct=complained.about_misconduct,
        log_number=complained.log_number or None,
        description=_text(complained.description),
    )
    session.add(complaint)
    record(
        session,
        Act.COMPLAINT_RECEIVED,
        about=About(Subject.COMPLAINT, complaint.id),
        actor=by,
        at=at,
        detail={
            "number": complaint.number,
            "incident_id": complaint.incident_id,
            "filed_by": complaint.filed_by,
            "about_misconduct": complaint.about_misconduct,
        },
    )
    if complaint.incident_id is not None:
        _hold_for(session, complaint, complaint.incident_id, by=by, at=at)
    return complaint


def tie_request(
    session: Session, request_id: str, *, incident_id: str, by: str, at: datetime
) -> RecordRequest:
    """Say which incident a request is about; both the old and the new one are decided again."""
    request = session.get(RecordRequest, request_id)
    if request is None:
        raise NotFound("there is no such request", where=request_id)
    if request.state is RequestState.CLOSED:
        raise Conflict("the request is closed", where=request.number)
    _must_exist(session, incident_id)
    before = request.incident_id
    request.incident_id = incident_id
    record(
        session,
        Act.REQUEST_TIED,
        about=About(Subject.REQUEST, request.id),
        actor=by,
        at=at,
        detail={"number": request.number, "incident_id": incident_id},
        before={"incident_id": before},
    )
    for changed in {before, incident_id}:
        _decide_again(session, changed, by=by, at=at)
    return request


def tie_complaint(
    session: Session, complaint_id: str, *, incident_id: str, by: str, at: datetime
) -> Complaint:
    """Say which incident a complaint is about; from then on its recordings are held.

    Raises:
        NotFound: no such complaint or incident.
        Conflict: it is tied already; its hold stands there.
    """
    complaint = session.get(Complaint, complaint_id, with_for_update=True)
    if complaint is None:
        raise NotFound("there is no such complaint", where=complaint_id)
    if complaint.incident_id is not None:
        raise Conflict("the complaint is tied to an incident", where=complaint.number)
    _must_exist(session, incident_id)
    complaint.incident_id = incident_id
    record(
        session,
        Act.COMPLAINT_TIED,
        about=About(Subject.COMPLAINT, complaint.id),
        actor=by,
        at=at,
        detail={"number": complaint.number, "incident_id": incident_id},
        before={"incident_id": None},
    )
    _hold_for(session, complaint, incident_id, by=by, at=at)
    return complaint


def hold_reason(number: str) -> str:
    """What the hold that a complaint places by itself says; its state is read from that hold."""
    return f"Complaint {number} is not settled"


def _hold_for(
    session: Session, complaint: Complaint, incident_id: str, *, by: str, at: datetime
) -> None:
    """Keep the recordings while the complaint is looked into; the rules are asked again with it."""
    place_hold(
        session,
        incident_id,
        kind=HoldKind.ADMIN,
        reason=hold_reason(complaint.number),
        blocks_release=False,
        by=by,
        at=at,
    )


def _named(names: Sequence[Named | str] | None) -> list[Json] | None:
    if names is None:
        return None
    return [*sorted({one_of(Named, name).value for name in names})]


def _shown(identity: IdentityShown | str | None) -> str | None:
    return one_of(IdentityShown, identity).value if identity else None


def _must_exist(session: Session, incident_id: str | None) -> None:
    """NotFound where an incident is named that does not exist."""
    if incident_id is not None and session.get(Incident, incident_id) is None:
        raise NotFound("there is no such incident", where=incident_id)


def _arrival(arrived: datetime | None, at: datetime) -> datetime:
    """When it arrived: never after it was written down, since clocks run from it."""
    moment = as_utc(arrived or at)
    if moment > as_utc(at):
        raise InvalidInput(
            "it cannot have arrived after it was written down",
            expected=f"at or before {as_utc(at).isoformat()}",
            got=moment.isoformat(),
        )
    return moment


def _text(words: str) -> str:
    """What was said, trimmed; something must be said and it must fit a form."""
    said = words.strip()
    if not said or len(said) > LONGEST_TEXT:
        raise InvalidInput(
            "the description must say something and fit",
            expected=f"1 to {LONGEST_TEXT} characters",
            got=f"{len(said)} characters",
        )
    return said


def _decide_again(session: Session, incident_id: str | None, *, by: str, at: datetime) -> None:
    """What is asked or complained of may change what the rules say."""
    if incident_id is not None:
        enqueue(session, JobKind.DECIDE, subject_id=incident_id, requested_by=by, at=at)
