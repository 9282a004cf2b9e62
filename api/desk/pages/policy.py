"""The rules in force and their changes: proposed by one person, activated by another."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk.notes import Note
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.catalog.views.policy_changes import list_policy_changes
from bwc.errors import BwcError
from bwc.house import House
from bwc.in_force import folder_of, heads, packs_in_force
from bwc.policy.packs import load_packs
from bwc.policy.rules import Packs
from bwc.release.pack_change import (
    MOST_AT_THE_DESK,
    activate_packs,
    propose_packs,
    refuse_packs,
)

router = APIRouter()
MOST = 50


@router.get("/policy")
def policy(
    request: Request, house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_POLICY)]
) -> Response:
    """What is in force, what lies ready in the folder of packs, and every change so far."""
    with house.catalog.read() as session:
        packs = packs_in_force(session, house.settings.department)
        changes = list_policy_changes(session, limit=MOST)
    waiting, fault = in_folder(house, packs)
    return get_pages(request).render(
        request,
        "policy.html",
        packs=packs.packs,
        waiting=waiting,
        fault=fault,
        named=", ".join(house.settings.department.packs),
        changes=changes,
    )


@router.post("/policy/changes")
def propose(
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PROPOSE_POLICY)],
    packs: Annotated[str, Form()],
) -> Response:
    """Propose what lies in the folder of packs."""
    ids = [name.strip() for name in packs.split(",") if name.strip()]
    at = house.clock.now().astimezone(ZoneInfo(house.settings.department.timezone))
    department = house.settings.department
    with house.catalog.write() as session:
        in_force = packs_in_force(session, department)
        propose_packs(
            session,
            in_force,
            ids,
            folder_of(department),
            by=actor,
            at=at,
            most_cases=MOST_AT_THE_DESK,
        )
        session.commit()
    return back_to("/policy", Note.POLICY_PROPOSED)


@router.post("/policy/changes/{number}/activate")
def activate(
    number: str, house: HouseDep, actor: Annotated[Actor, may(Right.ACTIVATE_POLICY)]
) -> Response:
    """Put proposed packs into force as a second person."""
    with house.catalog.write() as session:
        in_force = packs_in_force(session, house.settings.department)
        activate_packs(session, in_force, number, by=actor, at=house.clock.now())
        session.commit()
    return back_to("/policy", Note.POLICY_ACTIVATED)


@router.post("/policy/changes/{number}/refuse")
def refuse(
    number: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.ACTIVATE_POLICY)],
    reason: Annotated[str, Form()],
) -> Response:
    """End a proposal; the packs in force stay."""
    with house.catalog.write() as session:
        refuse_packs(session, number, reason=reason, by=actor, at=house.clock.now())
        session.commit()
    return back_to("/policy", Note.POLICY_REFUSED)


def in_folder(house: House, packs: Packs) -> tuple[list[str], str]:
    """The packs in the folder that are not those in force, or what is wrong with them."""
    try:
        department = house.settings.department
        found = load_packs(department.packs, folder_of(department))
    except BwcError as error:
        return [], str(error)
    if heads(found) == heads(packs):
        return [], ""
    return [f"{pack.id} {pack.version} ({pack.sha256[:12]})" for pack in found.packs], ""
