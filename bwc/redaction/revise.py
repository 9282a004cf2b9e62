"""Working on a plan at the desk: each change is a version of its own, kept at once.

So nothing is lost when a window closes, and every change can be taken back. Nothing is rendered
until somebody asks for it, and while a newer version waits the release gate stays closed
(`bwc.release.gates`). Two people who work on one plan are told of each other: a change names the
version it was made on, and is refused where another one stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.job import Job
from bwc.catalog.recording import Recording
from bwc.catalog.rendering import Plan as PlanRow
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotFound
from bwc.jobs.endings import cancel
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.redaction.by_hand import AUTHOR, changed, without_reason
from bwc.redaction.keep import keep_plan
from bwc.redaction.keep_persons import carry_persons
from bwc.redaction.key_boxes import are_alike
from bwc.redaction.order import (
    EXACT,
    carrying,
    last_manner,
    rendering_under_way,
    require_redactable,
    require_settled,
)
from bwc.redaction.plan import Plan, parse_plan

UNDONE = "taken back: "  # how the history marks a change that was undone


@dataclass(frozen=True, slots=True)
class Revision:
    """Of which recording, by whose word, and on which version; None for whichever stands."""

    recording_id: str
    by: str
    seen_version: int | None = None


def revise(
    session: Session, revision: Revision, change: Callable[[Plan], Plan], *, at: datetime
) -> PlanRow:
    """Keep a changed plan as the newest version; nothing is rendered yet.

    Raises:
        NotFound: no such recording or plan, or what `change` raises.
        Conflict: the recording cannot be redacted, its rendering is under way, or somebody changed
            the plan since `seen_version`.
        InvalidInput: what `change` raises.
    """
    row, plan = newest_plan(session, revision)
    new = change(plan)
    numbers = {track.id for track in new.tracks}
    _stop_carrying(session, revision, lambda track: track not in numbers, at=at)
    kept = keep_plan(
        session,
        new,
        recording_id=revision.recording_id,
        author=revision.by,
        job_id=None,
        at=at,
    )
    carry_persons(session, row, kept, at=at)
    return kept


def take_back(session: Session, revision: Revision, *, at: datetime) -> PlanRow:
    """Undo the newest change: what stood before it is the newest version. Raises as `revise` does.

    Raises:
        Conflict: also where no person changed the plan since it was made.
    """
    row, plan = newest_plan(session, revision)
    earlier = _before(session, row, plan)
    what = UNDONE + plan.history[len(earlier.history)].what
    were = {track.id: track for track in plan.tracks}
    are = {track.id: track for track in earlier.tracks}
    _stop_carrying(
        session, revision, lambda track: not are_alike(were.get(track), are.get(track)), at=at
    )
    return revise(
        session,
        revision,
        lambda now: changed(
            earlier.model_copy(update={"history": now.history}),
            lambda track: track,
            what=what,
            by=revision.by,
        ),
        at=at,
    )


def render_newest(session: Session, revision: Revision, *, at: datetime) -> Job:
    """Ask for the newest version to be rendered and verified. Raises as `revise` does.

    Raises:
        Conflict: also while the tracker carries something, or a stretch of sound is undecided.
    """
    return _order(session, revision, {}, at=at)


def render_exactly(session: Session, plan_id: str, *, by: str, at: datetime) -> Job:
    """Ask for that very plan to be rendered and verified as it is; while it is, return that job.

    What verification finds is not hidden on the way: it fails, and what it found is listed.

    Raises:
        NotFound: no such plan.
        Conflict: as `render_newest` does, and where it is not the newest version.
    """
    signed = session.get(PlanRow, plan_id)
    if signed is None:
        raise NotFound("there is no such plan", where=plan_id)
    _hold(session, signed.recording_id)
    under_way = rendering_under_way(session, signed.recording_id)
    if under_way is not None and under_way.arguments.get("plan_id") == plan_id:
        return under_way
    revision = Revision(signed.recording_id, by, signed.version)
    return _order(session, revision, {EXACT: True}, at=at)


def _order(session: Session, revision: Revision, how: JsonObject, *, at: datetime) -> Job:
    """The job that renders and verifies the newest version, with its custody entry."""
    row, plan = newest_plan(session, revision)
    require_settled(session, revision.recording_id, plan)
    job = enqueue(
        session,
        JobKind.RENDER,
        subject_id=revision.recording_id,
        arguments={"plan_id": row.id, **how, **last_manner(session, revision.recording_id)},
        requested_by=revision.by,
        at=at,
    )
    record(
        session,
        Act.REDACTION_REQUESTED,
        about=About(Subject.RECORDING, revision.recording_id),
        actor=revision.by,
        at=at,
        detail={
            "plan_id": row.id,
            "render_job_id": job.id,
            "change": without_reason(plan.history[-1].what),
        },
    )
    return job


def newest_plan(session: Session, revision: Revision) -> tuple[PlanRow, Plan]:
    """The plan to change, once the recording may be redacted and nothing renders it now.

    The recording's row is held until the transaction ends, so that of two people who change one
    version at the same instant the second is told.
    """
    _hold(session, revision.recording_id)
    require_redactable(session, revision.recording_id)
    if rendering_under_way(session, revision.recording_id) is not None:
        raise Conflict(
            "a rendering of this recording is under way",
            where=revision.recording_id,
            advice="Wait for it, or cancel it",
        )
    row = session.scalars(_versions(revision.recording_id).limit(1)).first()
    if row is None:
        raise NotFound("there is no plan of this recording yet", where=revision.recording_id)
    if revision.seen_version is not None and revision.seen_version != row.version:
        raise Conflict(
            f"{row.author} changed this plan since you looked at it",
            where=f"version {row.version}",
            got=f"a change of version {revision.seen_version}",
            advice="Load the page again: it shows what the other person did",
        )
    return row, parse_plan(row.document, where=row.id)


def plan_to_read(session: Session, recording_id: str) -> Plan:
    """The newest plan, to be read and not changed. Raises NotFound."""
    row = session.scalars(_versions(recording_id).limit(1)).first()
    if row is None:
        raise NotFound("there is no plan of this recording yet", where=recording_id)
    return parse_plan(row.document, where=row.id)


def _hold(session: Session, recording_id: str) -> None:
    """Hold a recording's row; rows that merely name it are added meanwhile, so that none waits in a ring."""
    held = sa.select(Recording.id).where(Recording.id == recording_id)
    session.execute(held.with_for_update(key_share=True))


def _stop_carrying(
    session: Session, revision: Revision, is_over: Callable[[int], bool], *, at: datetime
) -> None:
    """Cancel the jobs that carry a track which is no more, or is drawn otherwise."""
    for job in carrying(session, revision.recording_id):
        if job.cancel_requested_by is None and is_over(int(str(job.arguments.get("track")))):
            cancel(session, job.id, by=revision.by, now=at)


def _before(session: Session, row: PlanRow, plan: Plan) -> Plan:
    """The version that the newest change was made on: one line of history less.

    A change that was taken back is passed over, so that undoing twice undoes two changes.
    """
    undone = 0
    history = list(plan.history)
    while history and (undone or history[-1].what.startswith(UNDONE)):
        undone += 1 if history.pop().what.startswith(UNDONE) else -1
    length = len(history) - 1
    if length < 1 or not history[-1].by.startswith(AUTHOR):
        raise _nothing_to_undo(row)
    for older in session.scalars(_versions(row.recording_id).where(PlanRow.version < row.version)):
        found = parse_plan(older.document, where=older.id)
        if list(found.history) == history[:length]:
            return found
    raise _nothing_to_undo(row)


def _nothing_to_undo(row: PlanRow) -> Conflict:
    return Conflict("there is no change of a person to take back", where=f"version {row.version}")


def _versions(recording_id: str) -> sa.Select[PlanRow]:
    """The versions of a recording's plan, the newest first."""
    query = sa.select(PlanRow).where(PlanRow.recording_id == recording_id)
    return query.order_by(PlanRow.version.desc())
