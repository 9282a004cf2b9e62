"""Carrying out an approved disposal: one recording at a time, asked again, never without a trace.

For each recording there are two transactions with the vault between them: `begin` asks the rules
once more and writes what is about to be destroyed; `bury` writes the tombstone. A kill between
them leaves the recording DISPOSING, with its custody entry; the next run asks again and goes on,
or, where the original is gone already, only buries.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.disposal import (
    Disposal,
    DisposalItem,
    DisposalItemState,
    DisposalState,
    Tombstone,
)
from bwc.catalog.job import Job
from bwc.catalog.link import RecipientLink
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.rendering import PersonCrop
from bwc.clock import as_utc, iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.ids import Sha256, new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.policy.rules import Packs
from bwc.release.rows import incident_of
from bwc.retention.blast import Doomed, doomed
from bwc.retention.schedule import DISPOSABLE, schedule

ACTOR = "retention"
ENDS = frozenset({DisposalItemState.STOPPED, DisposalItemState.DISPOSED})


def open_items(session: Session, disposal_id: str, *, at: datetime) -> list[str]:
    """The items still to be settled.

    Raises:
        NotFound: no such disposal.
        Conflict: its delay has not run out.
    """
    disposal = session.get(Disposal, disposal_id)
    if disposal is None:
        raise NotFound("there is no such disposal", where=disposal_id)
    if disposal.state is not DisposalState.APPROVED:
        return []
    if disposal.execute_after is None or as_utc(at) < disposal.execute_after:
        raise Conflict("its delay has not run out", where=disposal.number)
    rows = sa.select(DisposalItem).where(DisposalItem.disposal_id == disposal_id)
    items = session.scalars(rows.order_by(DisposalItem.id))
    return [item.id for item in items if item.state not in ENDS]


def begin(
    session: Session, packs: Packs, item_id: str, *, at: datetime, original_is_there: bool
) -> list[Doomed]:
    """Ask the rules a last time; what to destroy, or nothing where the recording stays.

    Args:
        session: a writing session of the catalog.
        packs: the packs in force.
        item_id: one recording of an approved disposal.
        at: when, in the agency's own zone.
        original_is_there: whether the vault still has the original; where an earlier run
            destroyed it, there is nothing left to keep.
    """
    item, disposal, recording = _rows(session, item_id)
    if item.state in ENDS or disposal.state is not DisposalState.APPROVED:
        return []
    was_begun = item.state is DisposalItemState.DISPOSING
    if not (was_begun and not original_is_there):
        why = _stop_reason(session, packs, item, at=at)
        if why is not None:
            stop(session, item_id, why=why, at=at)
            return []
    dies = doomed(session, recording)
    if not was_begun:
        item.state = DisposalItemState.DISPOSING
        _note(session, Act.DISPOSAL_BEGUN, item, disposal, at=at, dies=_listed(dies))
    return dies


def bury(session: Session, item_id: str, dies: list[Doomed], *, at: datetime) -> None:
    """Write the tombstone of a recording whose bytes are gone; its row keeps all its metadata."""
    item, disposal, recording = _rows(session, item_id)
    if item.state is not DisposalItemState.DISPOSING:
        return
    document = _epitaph(recording, disposal, item, dies)
    before: JsonObject = {
        "state": recording.state.value,
        "poster_sha256": recording.poster_sha256,
        "proxy_sha256": recording.proxy_sha256,
        "outline_sha256": recording.outline_sha256,
    }
    session.add(
        Tombstone(
            id=new_id(),
            recording_id=recording.id,
            disposal_id=disposal.id,
            sha256=recording.sha256,
            document=document,
            disposed_at=at,
        )
    )
    recording.state = RecordingState.DISPOSED
    recording.poster_sha256 = recording.proxy_sha256 = recording.outline_sha256 = None
    session.execute(sa.delete(PersonCrop).where(PersonCrop.recording_id == recording.id))
    copies = sa.update(RecipientLink).where(
        RecipientLink.recording_id == recording.id, RecipientLink.copy_sha256.is_not(None)
    )
    session.execute(copies.values(copy_sha256=None, copy_destroyed_at=at))
    item.state, item.settled_at = DisposalItemState.DISPOSED, at
    _note(session, Act.DELETION, item, disposal, at=at, before=before, died=_listed(dies))


def stop(session: Session, item_id: str, *, why: str, at: datetime) -> None:
    """Keep a recording after all, and say why."""
    item, disposal, _ = _rows(session, item_id)
    if item.state in ENDS:
        return
    item.state, item.why, item.settled_at = DisposalItemState.STOPPED, why, at
    _note(session, Act.DISPOSAL_STOPPED, item, disposal, at=at, why=why)


def close(session: Session, disposal_id: str, *, at: datetime) -> JsonObject:
    """End a disposal whose every recording is settled; how many went and how many stayed.

    The rules look at its incidents again: what was destroyed is no longer due.
    """
    disposal = session.get_one(Disposal, disposal_id)
    rows = sa.select(DisposalItem).where(DisposalItem.disposal_id == disposal_id)
    states = [item.state for item in session.scalars(rows)]
    if disposal.state is DisposalState.APPROVED and ENDS.issuperset(states):
        disposal.state, disposal.ended_at = DisposalState.EXECUTED, at
        for incident_id in _incidents(session, disposal_id):
            enqueue(session, JobKind.DECIDE, subject_id=incident_id, requested_by=ACTOR, at=at)
    return {
        "number": disposal.number,
        "disposed": states.count(DisposalItemState.DISPOSED),
        "stopped": states.count(DisposalItemState.STOPPED),
    }


def _incidents(session: Session, disposal_id: str) -> list[str]:
    """The incidents of a disposal's recordings."""
    rows = sa.select(DisposalItem.recording_id).where(DisposalItem.disposal_id == disposal_id)
    found = {incident_of(session, recording_id) for recording_id in session.scalars(rows).all()}
    return sorted(incident_id for incident_id in found if incident_id is not None)


def original_of(session: Session, item_id: str) -> Sha256:
    """The hash of the original that an item is about."""
    return Sha256(_rows(session, item_id)[2].sha256)


def jobs_on(session: Session, item_id: str) -> list[str]:
    """Every job that ever worked on the recording of an item: one that ended badly left pictures."""
    recording = _rows(session, item_id)[2]
    return list(session.scalars(sa.select(Job.id).where(Job.subject_id == recording.id)))


def _stop_reason(session: Session, packs: Packs, item: DisposalItem, *, at: datetime) -> str | None:
    """Why this recording stays after all; None where nothing changed."""
    now = schedule(session, packs, item.recording_id, at=at)
    if now.standing not in DISPOSABLE:
        return f"{now.standing.value}: {'; '.join(now.why)}"
    if now.basis != item.basis_sha256:
        return "a fact or a rule changed since it was proposed"
    return None


def _rows(session: Session, item_id: str) -> tuple[DisposalItem, Disposal, Recording]:
    item = session.get(DisposalItem, item_id)
    if item is None:
        raise NotFound("there is no such item of a disposal", where=item_id)
    disposal = session.get_one(Disposal, item.disposal_id)
    return item, disposal, session.get_one(Recording, item.recording_id)


def _epitaph(
    recording: Recording, disposal: Disposal, item: DisposalItem, dies: list[Doomed]
) -> JsonObject:
    """What is kept of it for good."""
    started = recording.started_at
    return {
        "format": "bwc.tombstone/1",
        "recording_id": recording.id,
        "sha256": recording.sha256,
        "size_bytes": recording.size_bytes,
        "original_name": recording.original_name,
        "duration_us": recording.duration_us,
        "started_at": iso(started) if started else None,
        "received_at": iso(recording.received_at),
        "officer_id": recording.officer_id,
        "camera_id": recording.camera_id,
        "disposal": disposal.number,
        "proposal_sha256": disposal.sha256,
        "proposed_by": disposal.proposed_by,
        "approved_by": disposal.approved_by,
        "draft_accepted_by": disposal.draft_accepted_by,
        "why": item.why,
        "died": _listed(dies),
    }


def _listed(dies: list[Doomed]) -> list[Json]:
    return [thing.document() for thing in dies]


def _note(
    session: Session,
    act: Act,
    item: DisposalItem,
    disposal: Disposal,
    *,
    at: datetime,
    before: JsonObject | None = None,
    **more: Json,
) -> None:
    record(
        session,
        act,
        about=About(Subject.RECORDING, item.recording_id),
        actor=ACTOR,
        at=at,
        detail={"disposal": disposal.number, "proposal_sha256": disposal.sha256, **more},
        before=before,
    )
