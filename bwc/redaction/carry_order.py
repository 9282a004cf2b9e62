"""Asking for a drawn track to be carried, and keeping what came of it as a version of the plan.

The track was kept where it was drawn before anything is asked for, so that nothing depends on the job.
What other people change meanwhile stays: only the boxes of this track are exchanged, and not even they
where somebody changed them since.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bwc.catalog.job import Job
from bwc.catalog.rendering import Plan as PlanRow
from bwc.errors import Conflict, InvalidInput
from bwc.jobs.endings import cancel
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.redaction.by_hand import changed
from bwc.redaction.drawn import track_of
from bwc.redaction.keep import keep_plan
from bwc.redaction.keep_persons import carry_persons
from bwc.redaction.key_boxes import are_alike, hand_keys
from bwc.redaction.order import carrying
from bwc.redaction.plan import Plan, PlannedTrack, parse_plan
from bwc.redaction.plan_words import second_of, when
from bwc.redaction.revise import Revision, newest_plan


@dataclass(frozen=True, slots=True)
class Carried:
    """A track as it was asked for, what became of it, and the job that did it."""

    before: PlannedTrack
    after: PlannedTrack
    job_id: str


def carry_again(session: Session, revision: Revision, track_id: int, *, at: datetime) -> Job:
    """Have a drawn track carried from its key boxes, as the newest version has them.

    Raises:
        NotFound: no such recording, plan or track.
        Conflict: somebody changed the plan, or it is being rendered.
        InvalidInput: no person drew the track.
    """
    row, _ = newest_plan(session, revision)
    return order_carry(session, row, track_id, by=revision.by, at=at)


def order_carry(session: Session, row: PlanRow, track_id: int, *, by: str, at: datetime) -> Job:
    """Ask for a track of the plan `row` to be carried; an older order for it is cancelled.

    Raises:
        NotFound: no such track.
        InvalidInput: no person drew it.
    """
    track = track_of(parse_plan(row.document, where=row.id), track_id)
    if not hand_keys(track):
        raise InvalidInput("only what a person drew is carried", where=f"track {track_id}")
    for older in carrying(session, row.recording_id):
        if older.arguments.get("track") == track_id:
            cancel(session, older.id, by=by, now=at)
    return enqueue(
        session,
        JobKind.CARRY,
        subject_id=row.recording_id,
        arguments={"plan_id": row.id, "track": track_id},
        requested_by=by,
        at=at,
    )


def keep_carried(
    session: Session, revision: Revision, carried: Carried, *, at: datetime
) -> PlanRow:
    """Keep the newest plan with the carried boxes in it; whatever else changed since stays.

    Raises:
        NotFound: no such recording or plan.
        Conflict: it is being rendered, or somebody changed this track meanwhile.
    """
    row, plan = newest_plan(session, revision)
    kept = keep_plan(
        session,
        _exchanged(plan, carried, row, by=revision.by),
        recording_id=revision.recording_id,
        author=revision.by,
        job_id=carried.job_id,
        at=at,
    )
    carry_persons(session, row, kept, at=at)
    return kept


def _exchanged(plan: Plan, carried: Carried, row: PlanRow, *, by: str) -> Plan:
    """`plan` with the carried boxes. Raises Conflict."""
    before, after = carried.before, carried.after
    now = next((track for track in plan.tracks if track.id == before.id), None)
    if not are_alike(before, now):
        raise Conflict(
            f"{row.author} changed this track while it was being carried",
            where=f"track {before.id}, version {row.version}",
            advice="Have it carried again",
        )
    new = {
        "keys": after.keys,
        "drawn": after.drawn,
        "carried_by": after.carried_by,
        "sightings": after.sightings,
        "stops": after.stops,
        "gaps": after.gaps,
    }
    ends = "".join(
        f"; {stop.why.value} at {second_of(plan, stop.pts):.2f} s" for stop in after.stops
    )
    what = f"track {after.id} carried by the tracker {after.carried_by}, {when(after, plan)}{ends}"
    return changed(
        plan,
        lambda each: each.model_copy(update=new) if each.id == before.id else each,
        what=what,
        by=by,
    )
