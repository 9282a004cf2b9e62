"""Work that the calendar asks for: once per day of the department or hour, whoever is running."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.job import Job
from bwc.catalog.recording import Recording, RecordingState
from bwc.catalog.store import Catalog
from bwc.clock import as_utc
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.vault.inbox import Inbox

ACTOR = "schedule"
DAILY = (JobKind.PUBLISH_LOG, JobKind.REFRESH_COVERAGE, JobKind.TIDY_SPOOL, JobKind.VERIFY_CUSTODY)
HOURLY = (JobKind.SUM_COVERAGE, JobKind.TIDY_LINKS)
OUTLINE = "outline "
OUTLINES_AN_HOUR = 20  # of recordings from before there were outlines: other work goes on beside


def ask_for_daily_work(catalog: Catalog, *, now: datetime, zone: str) -> None:
    """Ask for each job of this day and hour that nobody has asked for; the key makes it one."""
    day = now.astimezone(ZoneInfo(zone)).date().isoformat()
    keys = {kind: f"{kind.value} {day}" for kind in DAILY}
    keys |= {kind: f"{kind.value} {as_utc(now):%Y-%m-%dT%H}" for kind in HOURLY}
    with catalog.read() as session:
        known = set(session.scalars(sa.select(Job.key).where(Job.key.in_(keys.values()))))
    missing = {kind: key for kind, key in keys.items() if key not in known}
    if not missing:
        return
    with catalog.write() as session:
        for kind, key in missing.items():
            enqueue(session, kind, requested_by=ACTOR, at=now, key=key)
        _ask_for_outlines(session, now=now)
        session.commit()


def ask_to_take_inbox(catalog: Catalog, inbox: Inbox, *, now: datetime) -> None:
    """Ask for the inbox to be opened if a letter waits; one job for each letter that is first."""
    first = next(inbox.waiting(), None)
    if first is None:
        return
    key = f"{JobKind.TAKE_INBOX.value} {first} {as_utc(now):%Y-%m-%dT%H:%M}"
    with catalog.read() as session:
        if session.scalars(sa.select(Job.id).where(Job.key == key)).first() is not None:
            return
    with catalog.write() as session:
        enqueue(session, JobKind.TAKE_INBOX, requested_by=ACTOR, at=now, key=key)
        session.commit()


def _ask_for_outlines(session: Session, *, now: datetime) -> None:
    """Ask for the outlines of some recordings that have a proxy and none, the newest first."""
    query = (
        sa.select(Recording.id)
        .where(
            Recording.state == RecordingState.READY,
            Recording.proxy_sha256.is_not(None),
            Recording.outline_sha256.is_(None),
            ~sa.exists().where(Job.key == sa.literal(OUTLINE) + Recording.id),
        )
        .order_by(Recording.id.desc())
        .limit(OUTLINES_AN_HOUR)
    )
    for recording_id in session.scalars(query).all():
        enqueue(
            session,
            JobKind.DERIVE,
            subject_id=recording_id,
            requested_by=ACTOR,
            at=now,
            key=f"{OUTLINE}{recording_id}",
        )
