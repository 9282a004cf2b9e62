"""How the system is: each thing that keeps a house at work, judged, with what to do about it.

Nothing here is kept: it is what catalog, disk and stores say now. What does not answer is bad, and
never left out.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.sealed_secrets import house_key, open_secret
from bwc.catalog import schema
from bwc.catalog.beat import Program
from bwc.catalog.job import Job, JobState, Queue
from bwc.catalog.store import Catalog
from bwc.catalog.user import User
from bwc.catalog.views.jobs import list_unmended
from bwc.custody.acts import Act
from bwc.custody.checked import checked, newest_act
from bwc.errors import BwcError, IntegrityError, InvalidInput
from bwc.jobs.beats import Beat, list_beats
from bwc.settings import Settings
from bwc.vault.open import open_inbox

WAITS_LONG = timedelta(minutes=15)  # a job that may start; a free worker takes it within seconds
OLD_CHECK = timedelta(days=2)  # the chain is followed every day
OLD_BACKUP, NO_BACKUP = timedelta(days=2), timedelta(days=7)
SCARCE = 0.1  # of a disk


class Level(StrEnum):
    """How a thing is."""

    GOOD = "good"
    WATCH = "look at it"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing: how it is, in a sentence, and what to do where it is not good."""

    name: str
    level: Level
    said: str
    advice: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QueueLength:
    """One queue: jobs at work, those that could start now, and since when the oldest waits."""

    queue: Queue
    running: int
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """Everything, judged."""

    at: datetime
    checks: tuple[Check, ...]
    processes: tuple[Beat, ...]
    queues: tuple[QueueLength, ...]

    @property
    def worst(self) -> Level:
        """The worst of all."""
        order = list(Level)
        return max((check.level for check in self.checks), key=order.index)


def health(catalog: Catalog, settings: Settings, *, at: datetime) -> Health:
    """How the house is at `at`."""
    revision = _revision(catalog)
    with catalog.read() as session:
        beats, queues = tuple(list_beats(session, at=at)), tuple(_queues(session, at))
        checks = (
            revision,
            _sweeper(beats),
            _workers(beats),
            _waiting(queues, at),
            _dead(session, at),
            _disk(settings),
            _backup(session, at),
            _custody(session, at),
            _letters(settings),
            _key(session, settings),
        )
    return Health(at, checks, beats, queues)


def _revision(catalog: Catalog) -> Check:
    current, head = schema.current_revision(catalog), schema.head_revision()
    if current == head:
        return Check("Catalog", Level.GOOD, f"answers, at revision {head}")
    said = f"stands at {current or 'nothing'}, this version works with {head}"
    return Check("Catalog", Level.BAD, said, "Run bwc db upgrade")


def _sweeper(beats: tuple[Beat, ...]) -> Check:
    mine = [one for one in beats if one.process.program is Program.SWEEPER]
    alive = [one for one in mine if one.is_alive]
    newest = max((one.beat_at for one in mine), default=None)
    if alive:
        return Check("Sweeper", Level.GOOD, f"{len(alive)} at work", at=newest)
    return Check("Sweeper", Level.BAD, "none lives: no job starts", "Start bwc up", at=newest)


def _workers(beats: tuple[Beat, ...]) -> Check:
    mine = [one for one in beats if one.process.program is Program.WORKER]
    alive = [one for one in mine if one.is_alive]
    newest = max((one.beat_at for one in mine), default=None)
    taken = {queue for one in alive for queue in one.process.queues}
    if lost := [queue.value for queue in Queue if queue not in taken]:
        said = f"{len(alive)} live, none takes {', '.join(lost)}"
        return Check("Workers", Level.BAD, said, "Start a worker for these queues", at=newest)
    silent = len(mine) - len(alive)
    said = f"{len(alive)} live" + (f", {silent} fell silent since yesterday" if silent else "")
    return Check("Workers", Level.GOOD, said, at=newest)


def _queues(session: Session, at: datetime) -> Iterator[QueueLength]:
    startable = sa.and_(Job.state == JobState.WAITING, Job.run_after <= at)
    query = sa.select(
        Job.queue,
        sa.func.sum(sa.case((Job.state == JobState.RUNNING, 1), else_=0)),
        sa.func.sum(sa.case((startable, 1), else_=0)),
        sa.func.min(sa.case((startable, Job.run_after))),
    ).where(Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    found = {row[0]: row for row in session.execute(query.group_by(Job.queue))}
    for queue in Queue:
        _, running, waiting, oldest = found.get(queue, (queue, 0, 0, None))
        yield QueueLength(queue, int(running or 0), int(waiting or 0), oldest)


def _waiting(queues: tuple[QueueLength, ...], at: datetime) -> Check:
    total = sum(one.waiting for one in queues)
    oldest = min((one.oldest for one in queues if one.oldest), default=None)
    if oldest is None or at - oldest < WAITS_LONG:
        return Check("Queue", Level.GOOD, f"{total} waiting", at=oldest)
    said = f"{total} waiting, the oldest for {_length(at - oldest)}"
    return Check("Queue", Level.WATCH, said, "See Jobs for what it waits for", at=oldest)


def _dead(session: Session, at: datetime) -> Check:
    dead = len(list_unmended(session, at=at))
    if not dead:
        return Check("Failed jobs", Level.GOOD, "none that nobody mended")
    return Check("Failed jobs", Level.WATCH, f"{dead} failed for good", "See Jobs for the reasons")


def _disk(settings: Settings) -> Check:
    settings.home.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(settings.home)
    free, share = usage.free, usage.free / usage.total
    said = f"{free / 2**30:.1f} GiB free, {share:.0%} of the disk of the home folder"
    advice = "Make room: at the limit footage is refused, and nothing is lost"
    if free < settings.intake.reserve_bytes:
        return Check("Disk", Level.BAD, said, advice)
    return Check("Disk", Level.WATCH if share < SCARCE else Level.GOOD, said, advice)


def _backup(session: Session, at: datetime) -> Check:
    made = newest_act(session, Act.BACKUP_MADE.value)
    advice = "Run bwc backup, every day and onto another disk"
    if made is None:
        return Check("Backup", Level.BAD, "none was ever made", advice)
    age = at - made.occurred_at
    lost = sum(_count(made.detail.get(name)) for name in ("damaged", "missing"))
    if lost:
        said = f"{lost} objects of the vault were damaged or missing"
        return Check("Backup", Level.BAD, said, "See what bwc backup said", at=made.occurred_at)
    level = Level.BAD if age > NO_BACKUP else Level.WATCH if age > OLD_BACKUP else Level.GOOD
    return Check("Backup", level, f"made {_length(age)} ago", advice, at=made.occurred_at)


def _custody(session: Session, at: datetime) -> Check:
    state = checked(session)
    if state.broken_at is not None:
        said = f"broken at entry {state.broken_at}: {state.fault}"
        advice = "Call the auditor; compare with what was published (bwc custody verify --against)"
        return Check("Custody chain", Level.BAD, said, advice, at=state.checked_at)
    if state.checked_at is None:
        return Check("Custody chain", Level.WATCH, "not followed yet", "It is every day by itself")
    said = f"sound up to entry {state.checked_until} of {state.position}"
    level = Level.WATCH if at - state.checked_at > OLD_CHECK else Level.GOOD
    return Check("Custody chain", level, said, "It is every day by itself", at=state.checked_at)


def _letters(settings: Settings) -> Check:
    try:
        unread = open_inbox(settings).unread()
    except BwcError as error:
        return Check("Letters", Level.BAD, f"the inbox does not answer: {error}")
    if not unread:
        return Check("Letters", Level.GOOD, "every letter of the public was opened")
    said = f"{unread} could not be opened"
    advice = "They lie under unread/ in the inbox; was the key of the inbox changed?"
    return Check("Letters", Level.BAD, said, advice)


def _key(session: Session, settings: Settings) -> Check:
    """Whether the key of the house opens what is sealed with it."""
    query = sa.select(User.id, User.second_factor).where(User.second_factor.is_not(None))
    sealed = session.execute(query).all()
    if not sealed:
        return Check("Key of the house", Level.GOOD, "no second factor is sealed with it yet")
    try:
        key = house_key(settings)
        unread = sum(not _opens(key, str(secret), owner) for owner, secret in sealed)
    except InvalidInput as error:
        return Check("Key of the house", Level.BAD, str(error))
    if unread:
        said = f"{unread} of {len(sealed)} second factors cannot be read with it"
        advice = "Bring the key back, or take these factors away"
        return Check("Key of the house", Level.BAD, said, advice)
    return Check("Key of the house", Level.GOOD, f"opens all {len(sealed)} second factors")


def _opens(key: str, sealed: str, owner: str) -> bool:
    try:
        open_secret(key, sealed, owner=owner)
    except IntegrityError:
        return False
    return True


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _length(span: timedelta) -> str:
    """A span in one unit, as people say it."""
    for unit, seconds in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if span.total_seconds() >= 2 * seconds:
            return f"{int(span.total_seconds() // seconds)} {unit}"
    return f"{int(max(span.total_seconds(), 0))} seconds"
