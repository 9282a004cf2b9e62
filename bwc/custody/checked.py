"""When the chain was last followed from end to end, and what was found: read from finished jobs."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.custody import CustodyEntry
from bwc.catalog.job import Job, JobState
from bwc.custody.record import head
from bwc.custody.verify import Verdict

VERIFY = "verify_custody"  # the kind of the job


@dataclass(frozen=True, slots=True)
class Checked:
    """The chain now, and its newest check.

    `position` is the newest entry, `checked_until` the newest that the check found sound. `broken_at`
    is where it breaks; None where the check found no break, or there was none yet.
    """

    position: int
    hash: str
    checked_at: datetime | None
    checked_until: int | None
    broken_at: int | None
    fault: str | None
    is_being_checked: bool

    @property
    def is_sound(self) -> bool:
        """Whether it was checked and no break was found."""
        return self.checked_at is not None and self.broken_at is None


def result_of(verdict: Verdict) -> JsonObject:
    """What a check found, as the job keeps it."""
    broken = verdict.broken
    return {
        "sound_until": verdict.sound_until.position,
        "head": verdict.sound_until.hash,
        "broken_at": None if broken is None else broken.position,
        "fault": None if broken is None else broken.fault.value,
    }


def checked(session: Session) -> Checked:
    """The chain now, and when it was last followed."""
    now = head(session)
    of_kind = sa.select(Job).where(Job.kind == VERIFY)
    done = of_kind.where(Job.state == JobState.DONE).order_by(Job.finished_at.desc(), Job.id.desc())
    newest = session.scalars(done.limit(1)).first()
    live = of_kind.where(Job.state.in_((JobState.WAITING, JobState.RUNNING))).limit(1)
    found = (newest.result if newest is not None else None) or {}
    return Checked(
        position=now.position,
        hash=now.hash,
        checked_at=None if newest is None else newest.finished_at,
        checked_until=_number(found, "sound_until"),
        broken_at=_number(found, "broken_at"),
        fault=None if found.get("fault") is None else str(found["fault"]),
        is_being_checked=session.scalars(live).first() is not None,
    )


def newest_act(session: Session, act: str) -> CustodyEntry | None:
    """The newest entry of one act."""
    query = sa.select(CustodyEntry).where(CustodyEntry.act == act)
    return session.scalars(query.order_by(CustodyEntry.position.desc()).limit(1)).first()


def _number(found: JsonObject, name: str) -> int | None:
    value = found.get(name)
    return value if isinstance(value, int) else None
