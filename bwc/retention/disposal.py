"""Two people and a delay: proposing a disposal, approving it, refusing it.

The proposal is a dry run that is stored as it was shown. The approval asks the rules again and
starts the delay; the deletion itself is a job (execute.py) that asks once more, recording by
recording.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.roles import Actor, Right, require
from bwc.canonical import Json, JsonObject, digest
from bwc.catalog.disposal import Disposal, DisposalItem, DisposalItemState, DisposalState
from bwc.catalog.recording import Recording
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound, NotPermitted
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.policy.rules import Packs
from bwc.retention.blast import doomed, plans_of
from bwc.retention.schedule import DISPOSABLE, Scheduled, schedule

FORMAT = "bwc.disposal/1"
LIVE = (DisposalState.PROPOSED, DisposalState.APPROVED)
NUMBER_LOCK = 0x62776334  # PostgreSQL advisory lock: one writer counts at a time


def propose(
    session: Session, packs: Packs, recording_ids: Sequence[str], *, by: Actor, at: datetime
) -> Disposal:
    """Write down what would be destroyed and why; nothing is destroyed.

    Args:
        session: a writing session of the catalog.
        packs: the packs in force.
        recording_ids: the recordings, each of which the rules must let go.
        by: who proposes it.
        at: when, in the agency's own zone.

    Raises:
        NotPermitted: the role may not.
        InvalidInput: no recordings.
        NotFound: no such recording.
        Conflict: a recording must stay, or another open disposal has it.
    """
    require(by, Right.PROPOSE_DISPOSAL)
    wanted = list(dict.fromkeys(recording_ids))
    if not wanted:
        raise InvalidInput("a disposal needs recordings", advice="See `bwc retention due`")
    found = [_lettable(session, packs, recording_id, at=at) for recording_id in wanted]
    items: list[Json] = [_dry_run(session, item) for item in found]
    number = _next_number(session, at)
    document: JsonObject = {
        "format": FORMAT,
        "number": number,
        "proposed_by": by.username,
        "proposed_at": iso(at),
        "recordings": items,
    }
    disposal = Disposal(
        id=new_id(),
        number=number,
        state=DisposalState.PROPOSED,
        document=document,
        sha256=digest(document),
        rests_on_draft=any(item.draft for item in found),
        proposed_by=by.username,
        proposed_at=at,
    )
    session.add(disposal)
    session.flush()
    session.add_all(_item(disposal, item) for item in found)
    _note(session, Act.DISPOSAL_PROPOSED, disposal, by=by.username, at=at, recordings=[*wanted])
    return disposal


def approve(
    session: Session,
    packs: Packs,
    number: str,
    *,
    by: Actor,
    at: datetime,
    delay: timedelta,
    accept_draft: bool = False,
) -> Disposal:
    """Agree as a second person; deletion begins after `delay`.

    Args:
        session: a writing session of the catalog.
        packs: the packs in force.
        number: the disposal.
        by: who approves; not who proposed.
        at: when, in the agency's own zone.
        delay: how long anyone may still object.
        accept_draft: `by` accepts that it rests on rules no lawyer has verified yet.

    Raises:
        NotFound: no such disposal.
        NotPermitted: the role may not, or the same person proposed it.
        Conflict: not open, resting on a draft nobody accepted, or no longer what was proposed.
    """
    require(by, Right.APPROVE_DISPOSAL)
    disposal = locked_disposal(session, number)
    _require_approvable(session, packs, disposal, by=by, at=at, accept_draft=accept_draft)
    disposal.state = DisposalState.APPROVED
    disposal.approved_by, disposal.approved_at = by.username, at
    disposal.draft_accepted_by = by.username if disposal.rests_on_draft else None
    disposal.execute_after = at + delay
    _note(
        session,
        Act.DISPOSAL_APPROVED,
        disposal,
        by=by.username,
        at=at,
        execute_after=iso(disposal.execute_after),
        draft_accepted=disposal.rests_on_draft,
    )
    job = enqueue(
        session,
        JobKind.DISPOSE,
        subject_id=disposal.id,
        requested_by=by.username,
        at=at,
        key=f"dispose:{disposal.id}",
    )
    job.run_after = disposal.execute_after
    return disposal


def refuse(session: Session, number: str, *, reason: str, by: Actor, at: datetime) -> Disposal:
    """Stop a disposal that has not been executed; either right suffices to keep footage.

    Raises:
        NotFound: no such disposal.
        NotPermitted: the role may not.
        InvalidInput: no reason.
        Conflict: it has ended, or deletion has begun.
    """
    require(by, Right.PROPOSE_DISPOSAL)
    if not reason.strip():
        raise InvalidInput("a refusal needs a reason")
    disposal = locked_disposal(session, number)
    _require_open(disposal, LIVE)
    items = items_of(session, disposal.id)
    if any(item.state is not DisposalItemState.PROPOSED for item in items):
        raise Conflict("deletion has begun", where=number)
    disposal.state = DisposalState.REFUSED
    disposal.ended_at = at
    for item in items:
        item.state, item.why, item.settled_at = DisposalItemState.STOPPED, reason.strip(), at
    _note(session, Act.DISPOSAL_REFUSED, disposal, by=by.username, at=at, reason=reason.strip())
    return disposal


def locked_disposal(session: Session, number: str) -> Disposal:
    """The disposal of this number, held against every other writer. Raises NotFound."""
    row = sa.select(Disposal).where(Disposal.number == number).with_for_update()
    disposal = session.scalars(row).first()
    if disposal is None:
        raise NotFound("there is no such disposal", where=number)
    return disposal


def items_of(session: Session, disposal_id: str) -> list[DisposalItem]:
    """Its recordings, in the order they were proposed."""
    rows = sa.select(DisposalItem).where(DisposalItem.disposal_id == disposal_id)
    return list(session.scalars(rows.order_by(DisposalItem.id)))


def shown(session: Session, number: str) -> JsonObject:
    """The disposal as it was proposed, and how it stands. Raises NotFound."""
    disposal = session.scalars(sa.select(Disposal).where(Disposal.number == number)).first()
    if disposal is None:
        raise NotFound("there is no such disposal", where=number)
    return {
        "number": disposal.number,
        "state": disposal.state.value,
        "sha256": disposal.sha256,
        "rests_on_draft": disposal.rests_on_draft,
        "approved_by": disposal.approved_by,
        "execute_after": iso(disposal.execute_after) if disposal.execute_after else None,
        "ended_at": iso(disposal.ended_at) if disposal.ended_at else None,
        "items": [
            {"recording_id": item.recording_id, "state": item.state.value, "why": item.why}
            for item in items_of(session, disposal.id)
        ],
        "proposal": disposal.document,
    }


def _require_approvable(
    session: Session,
    packs: Packs,
    disposal: Disposal,
    *,
    by: Actor,
    at: datetime,
    accept_draft: bool,
) -> None:
    """A second person, an accepted draft, and nothing changed since it was proposed."""
    _require_open(disposal, (DisposalState.PROPOSED,))
    if by.username == disposal.proposed_by:
        raise NotPermitted(
            "whoever proposes a disposal cannot approve it",
            where=disposal.number,
            advice="Ask a second person.",
        )
    if disposal.rests_on_draft and not accept_draft:
        raise Conflict(
            "it rests on rules that no lawyer has verified",
            where=disposal.number,
            advice="Have them verified, or accept the draft in writing.",
        )
    for item in items_of(session, disposal.id):
        now = _lettable(session, packs, item.recording_id, at=at, but=disposal.id)
        if now.basis != item.basis_sha256:
            raise Conflict(
                "a fact or a rule changed since it was proposed",
                where=item.recording_id,
                advice="Refuse this disposal and propose it anew.",
            )


def _lettable(
    session: Session, packs: Packs, recording_id: str, *, at: datetime, but: str | None = None
) -> Scheduled:
    """The recording's schedule, if it may go and no other open disposal than `but` has it."""
    found = schedule(session, packs, recording_id, at=at)
    if found.standing not in DISPOSABLE:
        raise Conflict(
            f"this recording stays: {'; '.join(found.why)}",
            where=recording_id,
            got=found.standing.value,
        )
    other = sa.select(Disposal).join(DisposalItem, DisposalItem.disposal_id == Disposal.id)
    for row in session.scalars(
        other.where(DisposalItem.recording_id == recording_id, Disposal.state.in_(LIVE))
    ):
        if row.id != but:
            raise Conflict("another disposal has it", where=recording_id, got=row.number)
    return found


def _dry_run(session: Session, item: Scheduled) -> JsonObject:
    """One recording: why it may go, and everything that would die with it."""
    recording = session.get_one(Recording, item.recording_id)
    return {
        **item.summary(),
        "basis_sha256": item.basis,
        "original_name": recording.original_name,
        "size_bytes": recording.size_bytes,
        "dies": [thing.document() for thing in doomed(session, recording)],
        "stays": {"plans": plans_of(session, recording), "metadata": True},
    }


def _item(disposal: Disposal, item: Scheduled) -> DisposalItem:
    return DisposalItem(
        id=new_id(),
        disposal_id=disposal.id,
        recording_id=item.recording_id,
        state=DisposalItemState.PROPOSED,
        basis_sha256=item.basis,
        why="; ".join(item.why),
    )


def _require_open(disposal: Disposal, states: Sequence[DisposalState]) -> None:
    if disposal.state not in states:
        raise Conflict(
            "this disposal is past that", where=disposal.number, got=disposal.state.value
        )


def _next_number(session: Session, at: datetime) -> str:
    """Such as DSP-2026-0001."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(NUMBER_LOCK)))
    prefix = f"DSP-{at.year}-"
    taken = sa.select(Disposal.number).where(Disposal.number.startswith(prefix, autoescape=True))
    last = max((int(n.removeprefix(prefix)) for n in session.scalars(taken)), default=0)
    return f"{prefix}{last + 1:04d}"


def _note(
    session: Session, act: Act, disposal: Disposal, *, by: str, at: datetime, **more: Json
) -> None:
    record(
        session,
        act,
        about=About(Subject.DISPOSAL, disposal.id),
        actor=by,
        at=at,
        detail={"number": disposal.number, "proposal_sha256": disposal.sha256, **more},
    )
