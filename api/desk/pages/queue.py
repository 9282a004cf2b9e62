"""The start page of each role, and the queue: what is due, in order, with the next step."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.pages.releases import APPROVING
from api.desk.templating import get_pages
from api.desk.visit import HouseDep, anyone_signed_in, may
from bwc.access.roles import Actor, Right, allowed, allowed_in_part
from bwc.catalog.views.queue import Step, WorkItem, list_work
from bwc.errors import NotPermitted
from bwc.release.gates import RELEASING, gates
from bwc.release.rows import release_row

router = APIRouter()

HOMES = (
    (Right.SEE_QUEUE, "/queue"),
    (Right.MANAGE_USERS, "/users"),
    (Right.SEE_RECORDINGS_OWN, "/recordings"),
    (Right.SEE_COVERAGE, "/coverage"),
)
STEP_RIGHT = {
    Step.STATE_FACT: Right.ASSERT_FACT,
    Step.PROVE: Right.PROVE_OBLIGATION,
    Step.DESTROY: Right.PROPOSE_DISPOSAL,
    Step.REDACT: Right.ORDER_REDACTION,
    Step.REVIEW: Right.ORDER_REDACTION,
    Step.PROPOSE: Right.PROPOSE_RELEASE,
    Step.APPROVE: Right.APPROVE_RELEASE,
    Step.WAIT: Right.SEE_CASES,
    Step.TIE_RECORDING: Right.CORRECT_TAG,
    Step.TIE_REQUEST: Right.TAKE_REQUEST,
    Step.INSPECT: Right.SEE_RECORDINGS,
    Step.MEND: Right.SEE_JOBS,
}
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


@router.get("/")
def home(actor: Annotated[Actor, anyone_signed_in()]) -> Response:
    """Where each role begins its day."""
    for right, path in HOMES:
        if allowed_in_part(actor.role, right):
            return RedirectResponse(path, HTTPStatus.SEE_OTHER)
    raise NotPermitted(f"the role {actor.role.value} has no start page")


@router.get("/queue")
def queue(
    request: Request,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_QUEUE)],
    mine: bool = False,
    late: bool = False,
    step: Annotated[Step | Literal[""], Query()] = "",
    words: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """What is due; narrowed to what this person may do, to what is overdue, to a step, to words."""
    now = house.clock.now()
    with house.catalog.read() as session:
        work = list_work(session, at=now, releasing=RELEASING)
        closed = {
            item.release_id: [
                gate
                for gate in gates(session, release_row(session, item.release_id), now)
                if not gate.open and not (item.step is Step.APPROVE and gate.name in APPROVING)
            ]
            for item in work
            if item.release_id and item.step in (Step.WAIT, Step.APPROVE)
        }
    wanted = words.strip().casefold()
    shown = [
        item
        for item in work
        if (not mine or may_do(actor, item))
        and (not late or (item.due_at and item.due_at < now))
        and (not step or item.step is step)
        and wanted in f"{item.title} {item.why} {item.role or ''}".casefold()
    ]
    return get_pages(request).render(
        request,
        "queue.html",
        items=shown,
        total=len(work),
        mine=mine,
        late=late,
        step=step,
        words=words.strip(),
        may_do={item: may_do(actor, item) for item in shown},
        closed=closed,
        target={item: target_of(item) for item in shown},
        overdue=sum(1 for item in work if item.due_at and item.due_at < now),
        now=now,
        Step=Step,
    )


def may_do(actor: Actor, item: WorkItem) -> bool:
    """Whether this person may take the step that an item asks for."""
    return item.step is not Step.WAIT and allowed(actor.role, STEP_RIGHT[item.step])


def target_of(item: WorkItem) -> str:
    """The page, and the place on it, where the step is taken."""
    if item.release_id:
        return f"/releases/{item.release_id}"
    return TARGETS.get(item.step, "/recordings/{subject}").format(
        subject=item.subject_id, incident=item.incident_id
    )
