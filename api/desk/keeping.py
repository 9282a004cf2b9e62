"""Keeping a change of a plan, for the page and the JSON API alike: rights, grounds, version, tracker."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.desk.key_changes import DropKey, Follow, SetKey
from api.desk.plan_changes import PlanChange, require_right
from bwc.access.roles import Actor
from bwc.catalog.job import Job
from bwc.catalog.rendering import Plan as PlanRow
from bwc.house import House
from bwc.in_force import packs_in_force
from bwc.redaction.carry_order import order_carry
from bwc.redaction.plan import SoundEffect, parse_plan
from bwc.redaction.planning import DEFAULT_EXEMPTION
from bwc.redaction.revise import Revision, revise
from bwc.redaction.sound_edits import propose
from bwc.redaction.transcript import Transcript
from bwc.release.grounds import Grounds, grounds_of


@dataclass(frozen=True, slots=True)
class Kept:
    """The new version, and the job that carries what was drawn, where one is needed."""

    row: PlanRow
    job: Job | None


def keep_change(
    session: Session, house: House, recording_id: str, wanted: PlanChange, *, actor: Actor
) -> Kept:
    """Keep a changed plan as the newest version, and have carried what is to be carried.

    Raises:
        NotPermitted: who is seen or heard is not for this person to say.
        InvalidInput: a ground that the case's rules do not know, or what the change raises.
        NotFound: no such recording, plan or part of it.
        Conflict: somebody changed the plan since, or it is being rendered.
    """
    require_right(actor, wanted)
    code = getattr(wanted, "exemption", None)
    if code is not None:
        known_grounds(session, house, recording_id).require(code)
    now = house.clock.now()
    revision = Revision(recording_id, actor.username, wanted.plan_version)
    row = revise(session, revision, lambda plan: wanted.apply(plan, actor.username), at=now)
    if not isinstance(wanted, Follow | SetKey | DropKey):
        return Kept(row, None)
    track_id = wanted.to_carry(parse_plan(row.document, where=row.id))
    if track_id is None:
        return Kept(row, None)
    return Kept(row, order_carry(session, row, track_id, by=actor.username, at=now))


def keep_proposals(
    session: Session,
    house: House,
    revision: Revision,
    transcript: Transcript,
    *,
    effect: SoundEffect,
    exemption: str,
) -> PlanRow:
    """Put forward what a transcript gives away. Raises as `keep_change` does."""
    known_grounds(session, house, revision.recording_id).require(exemption)
    return revise(
        session,
        revision,
        lambda plan: propose(plan, transcript, effect=effect, exemption=exemption, by=revision.by),
        at=house.clock.now(),
    )


def known_grounds(session: Session, house: House, recording_id: str) -> Grounds:
    """The grounds on which something of this recording may be hidden."""
    packs = packs_in_force(session, house.settings.department)
    return grounds_of(session, recording_id, packs=packs, own=DEFAULT_EXEMPTION)
