"""Releases: the list, one with its gates as a checklist, approve and withdraw."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response

from api.desk.approving import approve_or_sign
from api.desk.captions import read_captions, take_captions
from api.desk.certificates import summarise
from api.desk.decisions import explain
from api.desk.notes import Note
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep, may
from api.transcript import transcript
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.release import ReleaseState
from bwc.catalog.views.cases import list_releases
from bwc.catalog.views.comments import list_comments
from bwc.catalog.views.custody import list_entries
from bwc.catalog.views.links import link_ids, list_links
from bwc.catalog.views.releases import asked_in, view_release
from bwc.errors import NotFound
from bwc.release.captions import may_be_captioned
from bwc.release.gates import GateName, gates
from bwc.release.links import LONGEST_DAYS, USUAL_DAYS
from bwc.release.rows import PUBLIC, authors_of, captioned_by, newest_plan, release_row
from bwc.release.sign import take_back
from bwc.release.standing import Seen
from bwc.release.withdraw import withdraw

router = APIRouter()
MOST_ENTRIES = 200
APPROVING = (GateName.APPROVAL, GateName.DRAFT)  # what the approver himself opens


@router.get("/releases")
def releases(
    request: Request, house: HouseDep, _actor: Annotated[Actor, may(Right.SEE_CASES)]
) -> Response:
    """Every release, the newest first."""
    with house.catalog.read() as session:
        found = list_releases(session)
    return get_pages(request).render(request, "releases.html", releases=found)


@router.get("/releases/{release_id}")
def release(
    request: Request,
    release_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_CASES)],
) -> Response:
    """One release: what it is, why it may go out, what still keeps it in."""
    with house.catalog.read() as session:
        view = view_release(session, release_id)
        checks = gates(session, release_row(session, release_id), house.clock.now())
        things = [release_id, *link_ids(session, release_id)]
        entries = list_entries(session, things, limit=MOST_ENTRIES)
        links = list_links(session, release_id, at=house.clock.now())
        asked = asked_in(session, release_id)
        comments = list_comments(session, view.recording_id)
        plan = newest_plan(session, view.recording_id)
        authors = authors_of(plan) if plan else set()
        takes_captions = may_be_captioned(session, release_row(session, release_id))
        captioned = captioned_by(session, release_row(session, release_id))
    may_watch = allowed(actor.role, Right.WATCH_RENDERINGS)
    shown = view.plan.id if view.plan and may_watch else None
    closed = [gate for gate in checks if not gate.open]
    on_its_way = view.state in (ReleaseState.PROPOSED, ReleaseState.APPROVED)
    return get_pages(request).render(
        request,
        "release.html",
        release=view,
        gates=checks,
        closed=len(closed),
        decision=explain(view.decision.document) if view.decision else None,
        certificate=summarise(view.rendering.certificate) if view.rendering else None,
        entries=entries if allowed(actor.role, Right.SEE_CUSTODY) else [],
        may_watch=may_watch,
        lines=transcript(read_captions(house, release_id, plan_id=shown)),
        takes_captions=takes_captions,
        is_proposer=actor.username == view.proposed_by,
        is_author=actor.username in authors,
        is_captioner=actor.username in captioned,
        is_signed=on_its_way and view.is_signed,
        awaits_approval=on_its_way
        and (any(g.name in APPROVING for g in closed) or not view.verified),
        comments=comments,
        is_withdrawn=view.state is ReleaseState.WITHDRAWN,
        is_public=view.audience == PUBLIC,
        asked=asked,
        links=links,
        now=house.clock.now(),
        usual_days=USUAL_DAYS,
        longest_days=LONGEST_DAYS,
        sees_requesters=allowed(actor.role, Right.SEE_REQUESTERS),
    )


@router.post("/releases/{release_id}/approve")
def approve_release(
    release_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.APPROVE_RELEASE)],
    plan_id: Annotated[str, Form()],
    plan_sha256: Annotated[str, Form()],
    decision_id: Annotated[str, Form()],
    recipient: Annotated[str, Form()] = "",
    rendering_id: Annotated[str, Form()] = "",
    accept_draft: Annotated[bool, Form()] = False,
    captions_sha256: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Approve, as a second person, exactly what the page showed; what is not rendered is signed."""
    seen = Seen(
        plan_id=plan_id,
        plan_sha256=plan_sha256,
        decision_id=decision_id,
        recipient=recipient or None,
        rendering_id=rendering_id or None,
        captions_sha256=captions_sha256 or None,
    )
    with house.catalog.write() as session:
        approve_or_sign(
            house,
            session,
            release_id,
            seen,
            by=actor.username,
            accept_draft=accept_draft,
        )
        is_public = release_row(session, release_id).audience == PUBLIC
        session.commit()
    note = Note.RELEASE_APPROVED if is_public else Note.RECIPIENT_APPROVED
    return back_to(f"/releases/{release_id}", note if rendering_id else Note.PLAN_SIGNED)


@router.post("/releases/{release_id}/signature/revoke")
def revoke_signature(
    release_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.APPROVE_RELEASE)]
) -> Response:
    """Take back a signature that has not taken effect."""
    with house.catalog.write() as session:
        take_back(session, release_id, by=actor.username, at=house.clock.now())
        session.commit()
    return back_to(f"/releases/{release_id}", Note.SIGNATURE_TAKEN_BACK)


@router.post("/releases/{release_id}/captions")
def add_captions(
    release_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.PROPOSE_RELEASE)],
    captions: UploadFile,
) -> Response:
    """Add captions, or exchange those that are there."""
    take_captions(house, release_id, captions.file.read(), by=actor)
    return back_to(f"/releases/{release_id}", Note.CAPTIONS_TAKEN)


@router.get("/releases/{release_id}/captions.vtt")
def captions(
    release_id: str, house: HouseDep, _actor: Annotated[Actor, may(Right.WATCH_RENDERINGS)]
) -> Response:
    """The captions for the player of the page."""
    with house.catalog.read() as session:
        view = view_release(session, release_id)
    shown = view.plan.id if view.plan else None
    text = read_captions(house, release_id, plan_id=shown)
    if not text:
        raise NotFound("there are no captions to show", where=release_id)
    return Response(text, media_type="text/vtt")


@router.post("/releases/{release_id}/withdraw")
def withdraw_release(
    release_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.WITHDRAW_RELEASE)],
    reason: Annotated[str, Form()],
) -> Response:
    """Take a release back."""
    with house.catalog.write() as session:
        row = withdraw(session, release_id, reason=reason, by=actor.username, at=house.clock.now())
        is_public = row.audience == PUBLIC
        session.commit()
    note = Note.RELEASE_WITHDRAWN if is_public else Note.RECIPIENT_WITHDRAWN
    return back_to(f"/releases/{release_id}", note)
