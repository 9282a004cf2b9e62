"""Releases to one person and their links; corrections of requests."""

from dataclasses import fields
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response

from api.desk.pages.links import address_of, issue_for
from api.desk.v1.case_schemas import ReleaseRead
from api.desk.v1.link_schemas import (
    CorrectionCreate,
    CorrectionList,
    CorrectionRead,
    LinkCreate,
    LinkIssued,
    LinkList,
    LinkRead,
    RecipientRelease,
    Revocation,
)
from api.desk.v1.releases import read_release
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.views.links import list_corrections, list_links
from bwc.release.links import revoke_link
from bwc.release.propose import propose_to_requester
from bwc.release.rows import release_row
from bwc.requests.correct import Standing, correct_request

router = APIRouter(tags=["links"], responses=problem_responses(422))
WRITES = problem_responses(401, 403, 404, 409, 422)


@router.post("/requests/{request_id}/releases", status_code=HTTPStatus.CREATED, responses=WRITES)
def create_recipient_release(
    request_id: str,
    body: RecipientRelease,
    response: Response,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PROPOSE_RELEASE)],
) -> ReleaseRead:
    """Put a recording forward for who asked for it; another person must approve it."""
    with house.catalog.write() as session:
        release = propose_to_requester(
            session,
            request_id,
            recording_id=body.recording_id,
            title=body.title,
            summary=body.summary,
            by=actor.username,
            at=house.clock.now(),
        )
        read = read_release(session, house, release.id, by=actor)
        session.commit()
    response.headers["location"] = f"/v1/releases/{read.id}"
    return read


@router.get("/releases/{release_id}/links", responses=problem_responses(401, 403, 404))
def get_links(
    release_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.SEE_CASES)]
) -> LinkList:
    """The links of a release, with how often each was opened."""
    with house.catalog.read() as session:
        release_row(session, release_id)
        found = list_links(session, release_id, at=house.clock.now())
    items = [LinkRead.model_validate(line) for line in found]
    if not allowed(actor.role, Right.SEE_REQUESTERS):
        for item in items:
            item.recipient = item.revoked_reason = None  # people write names into it
    return LinkList(items=items)


@router.post("/releases/{release_id}/links", status_code=HTTPStatus.CREATED, responses=WRITES)
def create_link(
    request: Request,
    release_id: str,
    body: LinkCreate,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.ISSUE_LINK)],
) -> LinkIssued:
    """Issue the link of an approved release to one person; an older one of it ends."""
    issued = issue_for(house, release_id, days=body.days, actor=actor)
    return LinkIssued(
        id=issued.link_id,
        address=address_of(request, house, issued.token),
        code=issued.code,
        expires_at=issued.expires_at,
        view_only=issued.view_only,
    )


@router.post("/links/{link_id}/revoke", status_code=HTTPStatus.NO_CONTENT, responses=WRITES)
def revoke(
    link_id: str,
    body: Revocation,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.REVOKE_LINK)],
) -> None:
    """Take a link back; from this moment it opens nothing."""
    with house.catalog.write() as session:
        revoke_link(session, link_id, reason=body.reason, by=actor, at=house.clock.now())
        session.commit()


@router.get("/requests/{request_id}/corrections", responses=problem_responses(401, 403))
def get_corrections(
    request_id: str, house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_REQUESTERS)]
) -> CorrectionList:
    """What was written down of a request and corrected since."""
    with house.catalog.read() as session:
        found = list_corrections(session, request_id)
    return CorrectionList(items=[CorrectionRead.model_validate(line) for line in found])


@router.post("/requests/{request_id}/corrections", status_code=HTTPStatus.CREATED, responses=WRITES)
def create_correction(
    request_id: str,
    body: CorrectionCreate,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.TAKE_REQUEST)],
) -> CorrectionRead:
    """Say who really asks, by what right and for what; the rules are asked again."""
    stands = Standing(**{field.name: getattr(body, field.name) for field in fields(Standing)})
    with house.catalog.write() as session:
        row = correct_request(
            session, request_id, stands, reason=body.reason, by=actor, at=house.clock.now()
        )
        read = CorrectionRead.model_validate(row)
        session.commit()
    return read
