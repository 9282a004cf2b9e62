"""The queue: what is due, in order, with the next step."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from api.desk.notes import Note
from api.desk.queue_reading import Wanted, may_do, read_queue
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.claims import Piece, assign, give_back
from bwc.access.roles import Actor, Right
from bwc.catalog.views.queue import Step, WorkItem, pieces_waiting
from bwc.errors import InvalidInput
from bwc.redaction.order import order_redaction
from bwc.release.gates import RELEASING

router = APIRouter()

TARGETS = {
    Step.STATE_FACT: "/incidents/{incident}#facts",
    Step.PROVE: "/incidents/{incident}#obligation-{subject}",
    Step.DESTROY: "/incidents/{incident}#obligation-{subject}",
    Step.TIE_REQUEST: "/requests#request-{subject}",
    Step.MEND: "/jobs#job-{subject}",
    Step.TIE_RECORDING: "/recordings/{subject}#tag",
    Step.PROPOSE: "/recordings/{subject}#release",
    Step.REVIEW: "/recordings/{subject}/review",
}


@router.get("/queue")
def queue(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_QUEUE)],
    wanted: Annotated[Wanted, Depends()],
) -> Response:
    """What is due; narrowed to what this person may do, to what is overdue, to a step, words or a person."""
    found = read_queue(house, actor, wanted)
    return get_pages(request).render(
        request,
        "queue.html",
        items=found.items,
        total=found.total,
        mine=wanted.mine,
        late=wanted.late,
        step=wanted.step,
        words=wanted.words.strip(),
        whose=wanted.whose,
        taken=found.taken,
        people=found.people,
        may_do={item: may_do(actor, item) for item in found.items},
        closed=found.closed,
        target={item: target_of(item) for item in found.items},
        overdue=found.overdue,
        now=found.at,
        Step=Step,
    )


Pieces = Annotated[list[str] | None, Form()]


@router.post("/queue/assign")
def give_work(
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_QUEUE)],
    username: Annotated[str, Form()],
    piece: Pieces = None,
) -> Response:
    """Give the marked pieces of work to somebody, all or none."""
    marked, now = _pieces(piece), house.clock.now()
    with house.catalog.write() as session:
        waiting = pieces_waiting(session, at=now, releasing=RELEASING)
        assign(session, marked, username, waiting=waiting, by=actor.username, at=now)
        session.commit()
    return back_to("/queue", Note.WORK_ASSIGNED)


@router.post("/queue/give-back")
def release_work(
    house: HouseDep, actor: Annotated[Actor, may(Right.SEE_QUEUE)], piece: Pieces = None
) -> Response:
    """Take the marked pieces of work from whoever has them."""
    with house.catalog.write() as session:
        give_back(session, _pieces(piece), by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/queue", Note.WORK_GIVEN_BACK)


@router.post("/queue/redact")
def redact_marked(
    house: HouseDep, actor: Annotated[Actor, may(Right.ORDER_REDACTION)], piece: Pieces = None
) -> Response:
    """Order the redaction of every marked recording that waits for one, all or none."""
    marked = [subject for step, subject in _pieces(piece) if step == Step.REDACT]
    if not marked:
        raise InvalidInput("no recording is marked that waits to be redacted")
    with house.catalog.write() as session:
        for recording_id in marked:
            order_redaction(session, recording_id, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to("/queue", Note.REDACTIONS_ORDERED)


def _pieces(marked: list[str] | None) -> list[Piece]:
    """What the boxes name, as `step:id`. Raises InvalidInput where none is marked."""
    if not marked:
        raise InvalidInput("nothing is marked", advice="Mark some of the work first")
    return [_piece(text) for text in marked]


def _piece(text: str) -> Piece:
    """One piece, as its box names it. Raises InvalidInput where the queue has no such step."""
    step, _, subject = text.partition(":")
    if step not in list(Step):
        raise InvalidInput(
            "is no work of the queue", expected="a step and an id, as `Prove:...`", got=text[:60]
        )
    return Step(step).value, subject


def target_of(item: WorkItem) -> str:
    """The page, and the place on it, where the step is taken."""
    if item.release_id:
        return f"/releases/{item.release_id}"
    return TARGETS.get(item.step, "/recordings/{subject}").format(
        subject=item.subject_id, incident=item.incident_id
    )
