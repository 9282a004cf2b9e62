"""Releases: propose, approve by a second person, withdraw; with every gate in between."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from api.desk.approving import approve_or_sign
from api.desk.captions import read_captions, take_captions
from api.desk.v1.case_schemas import (
    Approval,
    CaptionsCreate,
    CaptionsShown,
    GateRead,
    ReleaseCreate,
    ReleaseLineRead,
    ReleaseList,
    ReleaseRead,
    SignatureRead,
    Withdrawal,
)
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.views.cases import list_releases
from bwc.catalog.views.releases import view_release
from bwc.house import House
from bwc.release.gates import gates
from bwc.release.propose import propose
from bwc.release.recipient import recipient_of
from bwc.release.rows import release_row
from bwc.release.sign import take_back
from bwc.release.standing import Seen
from bwc.release.withdraw import withdraw

router = APIRouter(tags=["releases"], responses=problem_responses(422))


@router.get("/releases", responses=problem_responses(401, 403))
def get_releases(house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_CASES)]) -> ReleaseList:
    """Every release, the newest first."""
    with house.catalog.read() as session:
        found = list_releases(session)
    return ReleaseList(items=[ReleaseLineRead.model_validate(line) for line in found])


@router.post(
    "/releases",
    status_code=HTTPStatus.CREATED,
    responses=problem_responses(401, 403, 404, 409, 422),
)
def create_release(
    body: ReleaseCreate,
    response: Response,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PROPOSE_RELEASE)],
) -> ReleaseRead:
    """Put a recording forward for the public; another person must approve it."""
    with house.catalog.write() as session:
        release = propose(
            session,
            recording_id=body.recording_id,
            title=body.title,
            summary=body.summary,
            request_id=body.request_id,
            by=actor.username,
            at=house.clock.now(),
        )
        read = read_release(session, house, release.id, by=actor)
        session.commit()
    response.headers["location"] = f"/v1/releases/{read.id}"
    return read


@router.get("/releases/{release_id}", responses=problem_responses(401, 403, 404))
def get_release(
    release_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.SEE_CASES)]
) -> ReleaseRead:
    """One release with its gates: which are open, which are not, and why."""
    with house.catalog.read() as session:
        return read_release(session, house, release_id, by=actor)


@router.post("/releases/{release_id}/approve", responses=problem_responses(401, 403, 404, 409))
def approve_release(
    release_id: str,
    body: Approval,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.APPROVE_RELEASE)],
) -> ReleaseRead:
    """Approve as a second person, or sign a plan that is not rendered yet, which has it rendered.

    Publication follows when the last gate opens.
    """
    seen = Seen(
        plan_id=body.plan_id,
        plan_sha256=body.plan_sha256,
        decision_id=body.decision_id,
        recipient=body.recipient,
        rendering_id=body.rendering_id,
        captions_sha256=body.captions_sha256,
    )
    with house.catalog.write() as session:
        approve_or_sign(
            house,
            session,
            release_id,
            seen,
            by=actor.username,
            accept_draft=body.accept_draft,
        )
        read = read_release(session, house, release_id, by=actor)
        session.commit()
    return read


@router.post(
    "/releases/{release_id}/signature/revoke", responses=problem_responses(401, 403, 404, 409)
)
def revoke_signature(
    release_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.APPROVE_RELEASE)]
) -> ReleaseRead:
    """Take back a signature that has not taken effect; its rendering goes on and binds nobody."""
    with house.catalog.write() as session:
        take_back(session, release_id, by=actor.username, at=house.clock.now())
        read = read_release(session, house, release_id, by=actor)
        session.commit()
    return read


@router.get("/releases/{release_id}/captions", responses=problem_responses(401, 403, 404))
def get_captions(
    release_id: str, house: HouseDep, _actor: Annotated[Actor, may(Right.WATCH_RENDERINGS)]
) -> CaptionsShown:
    """The captions of a release as they may be shown beside what would leave."""
    with house.catalog.read() as session:
        view = view_release(session, release_id)
    shown = view.plan.id if view.plan else None
    text = read_captions(house, release_id, plan_id=shown)
    return CaptionsShown(sha256=view.captions_sha256, webvtt=text or None)


@router.post(
    "/releases/{release_id}/captions",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problem_responses(401, 403, 404, 409),
)
def create_captions(
    release_id: str,
    body: CaptionsCreate,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PROPOSE_RELEASE)],
) -> Response:
    """Add captions, or exchange those that are there, as long as no approval stands."""
    take_captions(house, release_id, body.captions.encode(), by=actor)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/releases/{release_id}/withdraw", responses=problem_responses(401, 403, 404, 409))
def withdraw_release(
    release_id: str,
    body: Withdrawal,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.WITHDRAW_RELEASE)],
) -> ReleaseRead:
    """Take a release back; a tombstone with the reason takes its place on the portal."""
    with house.catalog.write() as session:
        withdraw(session, release_id, reason=body.reason, by=actor.username, at=house.clock.now())
        read = read_release(session, house, release_id, by=actor)
        session.commit()
    return read


def read_release(session: Session, house: House, release_id: str, *, by: Actor) -> ReleaseRead:
    """One release with its gates, as this session sees it and `by` may."""
    view = view_release(session, release_id)
    row = release_row(session, release_id)
    checks = gates(session, row, house.clock.now())
    may_know = allowed(by.role, Right.SEE_REQUESTERS)
    shown = [GateRead.model_validate(asdict(gate)) for gate in checks]
    looked_at = {
        "plan_id": view.plan.id if view.plan else None,
        "plan_sha256": view.plan.sha256 if view.plan else None,
        "rendering_id": view.verified.id if view.verified else None,
        "decision_id": view.decision.id if view.decision else None,
        "recipient": recipient_of(session, row) if may_know else None,
        "signature": SignatureRead.model_validate(view.signature) if view.signature else None,
        "gates": shown,
    }
    names = [name for name in ReleaseRead.model_fields if name not in looked_at]
    return ReleaseRead(**{name: getattr(view, name) for name in names}, **looked_at)
