"""What waits for a person, narrowed to what he asks for: once for the queue's page and once for `/v1`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query

from api.desk.pages.releases import APPROVING
from bwc.access.claims import claims, workers
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.views.queue import Step, WorkItem, list_work
from bwc.house import House
from bwc.release.gates import RELEASING, Gate, gates
from bwc.release.rows import release_row

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What this person may do, what is overdue, one step, words, or whose it is; empty: all."""

    mine: bool = False
    late: bool = False
    step: Annotated[Step | Literal[""], Query()] = ""
    words: Annotated[str, Query(max_length=100)] = ""
    whose: Literal["", "mine", "nobody"] = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The work that was asked for, in the order it is due, with who has it and what keeps it in."""

    items: list[WorkItem]
    total: int
    overdue: int
    taken: dict[WorkItem, str | None]
    closed: dict[str, list[Gate]]
    people: list[str]
    at: datetime


def read_queue(house: House, actor: Actor, wanted: Wanted) -> Waiting:
    """What waits; `closed` names by release the gates that no approver opens himself."""
    now = house.clock.now()
    with house.catalog.read() as session:
        work = list_work(session, at=now, releasing=RELEASING)
        taken = claims(session)
        people = workers(session)
        closed = {
            item.release_id: [
                gate
                for gate in gates(session, release_row(session, item.release_id), now)
                if not gate.open and not (item.step is Step.APPROVE and gate.name in APPROVING)
            ]
            for item in work
            if item.release_id and item.step in (Step.WAIT, Step.APPROVE)
        }
    words = wanted.words.strip().casefold()
    shown = [
        item
        for item in work
        if (not wanted.mine or may_do(actor, item))
        and (not wanted.late or _is_late(item, now))
        and (not wanted.step or item.step is wanted.step)
        and (
            not wanted.whose or taken.get(item.piece) == {"mine": actor.username}.get(wanted.whose)
        )
        and words in f"{item.title} {item.why} {item.fact or ''} {item.role or ''}".casefold()
    ]
    return Waiting(
        items=shown,
        total=len(work),
        overdue=sum(_is_late(item, now) for item in work),
        taken={item: taken.get(item.piece) for item in shown},
        closed=closed,
        people=people,
        at=now,
    )


def may_do(actor: Actor, item: WorkItem) -> bool:
    """Whether this person may take the step that an item asks for."""
    return item.step is not Step.WAIT and allowed(actor.role, STEP_RIGHT[item.step])


def _is_late(item: WorkItem, now: datetime) -> bool:
    return item.due_at is not None and item.due_at < now
