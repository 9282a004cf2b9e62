"""How the house is, what retention would destroy, and having the custody chain followed."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import JsonValue

from api.desk.upkeep_reading import read_dry_run, read_health
from api.desk.v1.paging import Cursor, Limit, read_cursor, write_cursor
from api.desk.v1.schemas import JobRead, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.beat import Program
from bwc.catalog.job import Queue
from bwc.catalog.views.custody import list_newest
from bwc.catalog.views.jobs import view_job
from bwc.custody.checked import checked
from bwc.errors import InvalidInput
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.retention.schedule import Standing
from bwc.upkeep.health import Level

router = APIRouter(tags=["upkeep"], responses=problem_responses(401, 403, 422))
Reader = Annotated[Actor, may(Right.SEE_CUSTODY)]


class CheckRead(Read):
    """One thing: how it is, in a sentence, and what to do where it is not good."""

    name: str
    level: Level
    said: str
    advice: str
    at: datetime | None


class QueueRead(Read):
    """One queue: jobs at work, those that could start now, and since when the oldest waits."""

    queue: Queue
    running: int
    waiting: int
    oldest: datetime | None


class ProcessRead(Read):
    """A worker or sweeper, and when it last said that it lives."""

    name: str
    program: Program
    queues: list[Queue]
    started_at: datetime
    beat_at: datetime
    is_alive: bool


class HealthRead(Read):
    """Everything that keeps the house at work, judged."""

    at: datetime
    worst: Level
    checks: list[CheckRead]
    queues: list[QueueRead]
    processes: list[ProcessRead]


class DryLineRead(Read):
    """One recording: whether it would go, and why or why not."""

    recording_id: str
    incident_id: str | None
    name: str
    badge: str | None
    size_bytes: int
    standing: Standing
    goes: bool
    why: list[str]
    floor: JsonValue
    ceiling: JsonValue
    delete_by: JsonValue
    draft: list[JsonValue]


class DryRunRead(Read):
    """A page of recordings, the oldest first; nothing was done."""

    items: list[DryLineRead]
    next: str | None
    total: int
    freed_bytes: int


class EntryRead(Read):
    """One act about one thing, and the hash that ties it to the entry before."""

    position: int
    occurred_at: datetime
    actor: str
    act: str
    subject_kind: str
    subject_id: str
    detail: dict[str, JsonValue]
    hash: str


class EntryPage(Read):
    """Entries, the newest first; `next` is the cursor of the rest."""

    items: list[EntryRead]
    next: str | None


class ChainRead(Read):
    """The chain now, and its newest check."""

    position: int
    hash: str
    checked_at: datetime | None
    checked_until: int | None
    broken_at: int | None
    fault: str | None
    is_being_checked: bool


@router.get("/health")
def get_health(house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_HEALTH)]) -> HealthRead:
    """How the house is: catalog, workers, queues, disk, backup, custody, letters, keys."""
    found = read_health(house)
    return HealthRead(
        at=found.at,
        worst=found.worst,
        checks=[CheckRead.model_validate(one) for one in found.checks],
        queues=[QueueRead.model_validate(one) for one in found.queues],
        processes=[
            ProcessRead(
                name=one.process.name,
                program=one.process.program,
                queues=list(one.process.queues),
                started_at=one.started_at,
                beat_at=one.beat_at,
                is_alive=one.is_alive,
            )
            for one in found.processes
        ],
    )


@router.get("/retention")
def get_retention(
    house: HouseDep,
    _actor: Annotated[Actor, may(Right.SEE_RETENTION)],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DryRunRead:
    """What would be destroyed today and what stays, with the reason of each."""
    run = read_dry_run(house, after=read_cursor(cursor), limit=limit)
    document = dict(run.document())
    document["next"] = None if run.next is None else write_cursor(run.next)
    return DryRunRead.model_validate(document)


@router.get("/custody")
def get_custody(house: HouseDep, _actor: Reader) -> ChainRead:
    """Where the chain ends, when it was last followed, and what was found."""
    with house.catalog.read() as session:
        return ChainRead.model_validate(checked(session))


@router.get("/custody/entries")
def get_entries(
    house: HouseDep, _actor: Reader, limit: Limit = 50, cursor: Cursor = None
) -> EntryPage:
    """The newest acts, whoever and whatever they were about."""
    before = read_cursor(cursor)
    if before is not None and not before.isdecimal():
        raise InvalidInput("not a cursor of the ledger", got=str(cursor)[:80])
    with house.catalog.read() as session:
        found = list_newest(session, limit=limit, before=int(before) if before else None)
    more = write_cursor(str(found[-1].position)) if len(found) == limit else None
    return EntryPage(items=[EntryRead.model_validate(one) for one in found], next=more)


@router.post("/custody/checks", status_code=HTTPStatus.ACCEPTED)
def create_check(response: Response, house: HouseDep, actor: Reader) -> JobRead:
    """Have the chain followed from end to end; the job to follow is in Location."""
    now = house.clock.now()
    with house.catalog.write() as session:
        job = enqueue(session, JobKind.VERIFY_CUSTODY, requested_by=actor.username, at=now)
        read = JobRead.model_validate(view_job(session, job.id, at=now))
        session.commit()
    response.headers["location"] = f"/v1/jobs/{read.id}"
    return read
