"""The queue: what waits for a person, in the order it is due, and who has taken it."""

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from api.desk.queue_reading import Wanted, read_queue
from api.desk.v1.case_schemas import GateRead
from api.desk.v1.schemas import Body, JobList, JobRead, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.claims import assign, give_back
from bwc.access.roles import Actor, Right
from bwc.catalog.views.jobs import view_job
from bwc.catalog.views.queue import Step, pieces_waiting
from bwc.redaction.order import order_redaction
from bwc.release.gates import RELEASING

router = APIRouter(tags=["queue"], responses=problem_responses(401, 403, 422))
Worker = Annotated[Actor, may(Right.SEE_QUEUE)]


class MoreTimeRead(Read):
    """An extension that may still be taken."""

    amount: str
    granted_by: str = Field(description="The office that may take it")
    ground: str
    standard: str | None
    until: str | None = Field(description="Where it would lead")


class DueClockRead(Read):
    """The clock that a due time comes from; `net_days` leaves standstills out."""

    text: str
    citation: str
    start: str
    end: str
    net_days: int
    gross_days: int
    tolled: list[str]
    extended: int = Field(description="How often it was extended")
    extensions: list[MoreTimeRead]


class WorkRead(Read):
    """One piece of work: the step, what it is done to, why and by when, and who has taken it."""

    step: Step
    subject_id: str
    title: str
    why: str
    due_at: datetime | None
    incident_id: str | None
    release_id: str | None
    role: str | None
    fact: str | None = Field(description="The name of the one that the rules ask for")
    taken_by: str | None = None
    clock: DueClockRead | None = Field(description="Where the due time is the decision's own")
    closed: list[GateRead] = Field(
        default_factory=list, description="What keeps its release in, but for approving itself"
    )


class WorkList(Read):
    """What is due first comes first; `total` and `overdue` count all, narrowed or not."""

    items: list[WorkRead]
    total: int
    overdue: int


class PieceName(Body):
    """One piece of work, by its step and what that is done to."""

    step: Step
    subject_id: str = Field(max_length=36)


class AssignmentCreate(Body):
    """Pieces of work and who shall have them; null gives them back."""

    pieces: list[PieceName] = Field(min_length=1, max_length=500)
    username: str | None


class RedactionsCreate(Body):
    """Recordings that are to be redacted as the department does by default."""

    recording_ids: list[str] = Field(min_length=1, max_length=500)


@router.get("/queue")
def get_queue(house: HouseDep, actor: Worker, wanted: Annotated[Wanted, Depends()]) -> WorkList:
    """What waits for a person, narrowed as the page of the same name narrows it."""
    found = read_queue(house, actor, wanted)
    items = []
    for item in found.items:
        gates = [asdict(gate) for gate in found.closed.get(item.release_id or "", ())]
        more = {
            "taken_by": found.taken[item],
            "closed": [GateRead.model_validate(gate) for gate in gates],
        }
        items.append(WorkRead.model_validate(item).model_copy(update=more))
    return WorkList(items=items, total=found.total, overdue=found.overdue)


@router.post(
    "/queue/assignments", status_code=HTTPStatus.NO_CONTENT, responses=problem_responses(404)
)
def create_assignment(body: AssignmentCreate, house: HouseDep, actor: Worker) -> Response:
    """Give work to somebody, or back to nobody; all or none."""
    pieces = [(piece.step.value, piece.subject_id) for piece in body.pieces]
    now = house.clock.now()
    with house.catalog.write() as session:
        if body.username is None:
            give_back(session, pieces, by=actor.username, at=now)
        else:
            waiting = pieces_waiting(session, at=now, releasing=RELEASING)
            assign(session, pieces, body.username, waiting=waiting, by=actor.username, at=now)
        session.commit()
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post(
    "/queue/redactions", status_code=HTTPStatus.ACCEPTED, responses=problem_responses(404, 409)
)
def create_redactions(
    body: RedactionsCreate, house: HouseDep, actor: Annotated[Actor, may(Right.ORDER_REDACTION)]
) -> JobList:
    """Order the redaction of many recordings, all or none; the jobs that will render them."""
    now = house.clock.now()
    with house.catalog.write() as session:
        ordered = [
            order_redaction(session, recording_id, by=actor.username, at=now)
            for recording_id in dict.fromkeys(body.recording_ids)
        ]
        jobs = [JobRead.model_validate(view_job(session, job.id, at=now)) for job in ordered]
        session.commit()
    return JobList(items=jobs)
