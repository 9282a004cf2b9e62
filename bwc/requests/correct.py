"""Correcting what was written down of a request: who asks, by what right, and for what.

Nothing is lost: each correction is a row with what stood before, what stands now, who says so and
why. The ledger names the members that changed and the row's hash, never a person. The rules are
asked again, so that clocks run by what is known now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.roles import Actor, Right, require
from bwc.canonical import Json, JsonObject, digest
from bwc.catalog.recording import Tag
from bwc.catalog.request import RecordRequest, RequestCorrection, RequestState
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.requests.words import IdentityShown, Named, RequesterRole, one_of

LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All of a request that can be corrected, as it is to stand: a member left out is emptied.

    `names` is None where nobody has looked what the request names, `recordings` None where it is
    for all of its incident's.
    """

    requester_role: RequesterRole | str
    requester_name: str | None = None
    requester_contact: str | None = None
    identity_shown: IdentityShown | str | None = None
    authorisation_doc: str | None = None
    statute_invoked: str | None = None
    names: Sequence[Named | str] | None = None
    covers: str | None = None
    covers_from: datetime | None = None
    covers_to: datetime | None = None
    recordings: Sequence[str] | None = None


def correct_request(
    session: Session, request_id: str, stands: Standing, *, reason: str, by: Actor, at: datetime
) -> RequestCorrection:
    """Write down how a request really stands; its incident is decided again.

    Args:
        session: a writing session of the catalog.
        request_id: the request.
        stands: every member as it is to stand from now on.
        reason: how it is known: the paper that was shown, the letter, the call.
        by: who corrects it.
        at: when, aware.

    Raises:
        NotPermitted: the role may not.
        NotFound: no such request.
        InvalidInput: no reason, a word that is not of its list, a time that ends before it starts,
            or a recording of another incident.
        Conflict: it is closed, or nothing would change.
    """
    require(by, Right.TAKE_REQUEST)
    said = _reason(reason)
    request = session.get(RecordRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound("there is no such request", where=request_id)
    if request.state is RequestState.CLOSED:
        raise Conflict("the request is closed", where=request.number)
    wanted = _wanted(session, request, stands)
    before = {name: _plain(getattr(request, name)) for name in wanted}
    changed = [name for name, value in wanted.items() if _plain(value) != before[name]]
    if not changed:
        raise Conflict("nothing would change", where=request.number)
    for name in changed:
        setattr(request, name, wanted[name])
    row = RequestCorrection(
        id=new_id(),
        request_id=request.id,
        before={name: before[name] for name in changed},
        after={name: _plain(wanted[name]) for name in changed},
        reason=said,
        corrected_by=by.username,
        corrected_at=at,
    )
    session.add(row)
    session.flush()
    _note(session, request, row, by=by, at=at)
    if request.incident_id is not None:
        enqueue(
            session,
            JobKind.DECIDE,
            subject_id=request.incident_id,
            requested_by=by.username,
            at=at,
        )
    return row


def _reason(text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST_REASON:
        raise InvalidInput(
            "a correction needs a reason",
            expected=f"1 to {LONGEST_REASON} characters",
            got=f"{len(said)} characters",
        )
    return said


def _note(
    session: Session, request: RecordRequest, row: RequestCorrection, *, by: Actor, at: datetime
) -> None:
    said: JsonObject = {"before": row.before, "after": row.after, "reason": row.reason}
    changed: list[Json] = [*sorted(row.after)]
    record(
        session,
        Act.REQUEST_CORRECTED,
        about=About(Subject.REQUEST, request.id),
        actor=by.username,
        at=at,
        detail={
            "number": request.number,
            "incident_id": request.incident_id,
            "changed": changed,
            "correction_sha256": digest(said),
        },
    )


def _wanted(
    session: Session, request: RecordRequest, stands: Standing
) -> dict[str, str | datetime | list[Json] | None]:
    """Every member as it is to stand, read by its list of words."""
    if stands.covers_from and stands.covers_to and stands.covers_to < stands.covers_from:
        raise InvalidInput("the time asked for ends before it starts", got=iso(stands.covers_to))
    texts = (
        "requester_name",
        "requester_contact",
        "authorisation_doc",
        "statute_invoked",
        "covers",
    )
    identity = stands.identity_shown
    return {
        **{name: (getattr(stands, name) or "").strip() or None for name in texts},
        "requester_role": one_of(RequesterRole, stands.requester_role).value,
        "identity_shown": one_of(IdentityShown, identity).value if identity else None,
        "names": None
        if stands.names is None
        else [*sorted({one_of(Named, name).value for name in stands.names})],
        "covers_from": stands.covers_from,
        "covers_to": stands.covers_to,
        "recordings": chosen(session, request.incident_id, stands.recordings),
    }


def chosen(
    session: Session, incident_id: str | None, recordings: Sequence[str] | None
) -> list[Json] | None:
    """The recordings that a request is for; None where it is for all.

    Raises:
        InvalidInput: none is chosen, or one that was never tied to the incident.
    """
    if recordings is None:
        return None
    tags = sa.select(Tag.recording_id).where(Tag.incident_id == incident_id)
    tied = set(session.scalars(tags.distinct())) if incident_id is not None else set()
    strangers = sorted(set(recordings) - tied)
    if strangers or not recordings:
        raise InvalidInput(
            "a request is for recordings of its incident",
            expected="one or more of them, or all",
            got=", ".join(strangers) or "none",
        )
    return [*sorted(set(recordings))]


def _plain(value: str | datetime | list[Json] | None) -> Json:
    return iso(value) if isinstance(value, datetime) else value
