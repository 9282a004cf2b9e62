"""Releases to one person: proposing one for who asked, issuing its link, taking a link back."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.desk.notes import Note
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right
from bwc.house import House
from bwc.in_force import packs_in_force
from bwc.release.links import CODE_DIGITS, USUAL_DAYS, Issued, issue_link, revoke_link
from bwc.release.propose import propose_to_requester

router = APIRouter()
HALF = CODE_DIGITS // 2


@router.post("/requests/{request_id}/releases")
def propose_for(
    request_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PROPOSE_RELEASE)],
    recording_id: Annotated[str, Form()],
    title: Annotated[str, Form()],
    summary: Annotated[str, Form()],
) -> Response:
    """Put a recording forward for the person who asked for it."""
    with house.catalog.write() as session:
        release_id = propose_to_requester(
            session,
            request_id,
            recording_id=recording_id,
            title=title,
            summary=summary,
            by=actor.username,
            at=house.clock.now(),
        ).id
        session.commit()
    return back_to(f"/releases/{release_id}", Note.RECIPIENT_PROPOSED)


@router.post("/releases/{release_id}/links")
def issue(
    request: Request,
    release_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.ISSUE_LINK)],
    days: Annotated[int, Form()] = USUAL_DAYS,
) -> Response:
    """A link and its code, shown this once."""
    issued = issue_for(house, release_id, days=days, actor=actor)
    return get_pages(request).render(
        request,
        "link_issued.html",
        release_id=release_id,
        issued=issued,
        address=address_of(request, house, issued.token),
        spoken=f"{issued.code[:HALF]} {issued.code[HALF:]}",
    )


@router.post("/links/{link_id}/revoke")
def revoke(
    link_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.REVOKE_LINK)],
    reason: Annotated[str, Form()],
) -> Response:
    """Take a link back."""
    with house.catalog.write() as session:
        link = revoke_link(session, link_id, reason=reason, by=actor, at=house.clock.now())
        release_id = link.release_id
        session.commit()
    return back_to(f"/releases/{release_id}", Note.LINK_REVOKED)


def issue_for(house: House, release_id: str, *, days: int, actor: Actor) -> Issued:
    """A link in one transaction, the rules asked in the agency's own zone."""
    now = house.clock.now().astimezone(ZoneInfo(house.settings.department.timezone))
    with house.catalog.write() as session:
        packs = packs_in_force(session, house.settings.department)
        issued = issue_link(session, release_id, days=days, by=actor, packs=packs, at=now)
        session.commit()
    return issued


def address_of(request: Request, house: House, token: str) -> str:
    """The address of a link, as its recipient reaches the desk."""
    base = house.settings.desk.base_url or str(request.base_url)
    return f"{base.rstrip('/')}/shared/{token}"
