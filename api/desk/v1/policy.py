"""The rules in force over JSON, and their changes by two people."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import Field, JsonValue

from api.desk.pages.policy import in_folder
from api.desk.v1.schemas import Body, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.policy_change import PolicyChangeState
from bwc.catalog.views.policy_changes import list_policy_changes
from bwc.in_force import folder_of, heads, packs_in_force
from bwc.release.pack_change import (
    MOST_AT_THE_DESK,
    activate_packs,
    propose_packs,
    refuse_packs,
)

router = APIRouter(tags=["policy"], responses=problem_responses(422))
WRITES = problem_responses(401, 403, 404, 409, 422)
MOST = 200


class ChangeCreate(Body):
    """Packs by id, as they lie in the desk's folder of packs; bases come with them."""

    packs: list[str] = Field(min_length=1)


class ChangeRefuse(Body):
    """Why the rules stay as they are."""

    reason: str = Field(min_length=1)


class ChangeRead(Read):
    """One change of the packs; `document` is what it changes, exactly as it was proposed."""

    number: str
    state: PolicyChangeState
    document: JsonValue
    sha256: str
    proposed_by: str
    proposed_at: datetime
    activated_by: str | None
    activated_at: datetime | None
    refused_by: str | None
    refused_at: datetime | None
    refused_because: str | None


class PolicyRead(Read):
    """The packs in force, what lies ready in the folder of packs, every change, the newest first."""

    packs: JsonValue
    ready: list[str] = Field(
        description="Packs in the folder where they differ from those in force"
    )
    fault: str = Field(description="What is wrong with the folder; empty where nothing is")
    changes: list[ChangeRead]


@router.get("/policy", responses=problem_responses(401, 403))
def get_policy(house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_POLICY)]) -> PolicyRead:
    """What is in force, by whom, and what lies ready to be proposed."""
    with house.catalog.read() as session:
        packs = packs_in_force(session, house.settings.department)
        changes = list_policy_changes(session, limit=MOST)
    ready, fault = in_folder(house, packs)
    return PolicyRead(
        packs=heads(packs),
        ready=ready,
        fault=fault,
        changes=[ChangeRead.model_validate(one) for one in changes],
    )


@router.post("/policy/changes", status_code=HTTPStatus.CREATED, responses=WRITES)
def create_change(
    body: ChangeCreate, house: HouseDep, actor: Annotated[Actor, may(Right.PROPOSE_POLICY)]
) -> ChangeRead:
    """Propose packs; nothing is in force yet."""
    at = house.clock.now().astimezone(ZoneInfo(house.settings.department.timezone))
    department = house.settings.department
    with house.catalog.write() as session:
        in_force = packs_in_force(session, department)
        change = propose_packs(
            session,
            in_force,
            body.packs,
            folder_of(department),
            by=actor,
            at=at,
            most_cases=MOST_AT_THE_DESK,
        )
        session.flush()
        read = ChangeRead.model_validate(change)
        session.commit()
    return read


@router.post("/policy/changes/{number}/activate", responses=WRITES)
def activate_change(
    number: str, house: HouseDep, actor: Annotated[Actor, may(Right.ACTIVATE_POLICY)]
) -> ChangeRead:
    """Put proposed packs into force as a second person; every open case is decided again."""
    with house.catalog.write() as session:
        in_force = packs_in_force(session, house.settings.department)
        change = activate_packs(session, in_force, number, by=actor, at=house.clock.now())
        session.flush()
        read = ChangeRead.model_validate(change)
        session.commit()
    return read


@router.post("/policy/changes/{number}/refuse", responses=WRITES)
def refuse_change(
    number: str,
    body: ChangeRefuse,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.ACTIVATE_POLICY)],
) -> ChangeRead:
    """End a proposal; the packs in force stay."""
    with house.catalog.write() as session:
        change = refuse_packs(session, number, reason=body.reason, by=actor, at=house.clock.now())
        session.flush()
        read = ChangeRead.model_validate(change)
        session.commit()
    return read
