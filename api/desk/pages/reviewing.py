"""The review of a redaction: where to look, who is in it, what a person hides or shows by hand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.desk.notes import Note
from api.desk.plan_changes import PlanChange, read_change, require_right
from api.desk.templating import back_to, get_pages
from api.desk.timelines import Asked, read_studio
from api.desk.visit import HouseDep, may
from bwc.access.presence import Present, note_presence, others_present
from bwc.access.roles import Actor, Right, allowed
from bwc.canonical import Json
from bwc.catalog.views.comments import list_comments
from bwc.catalog.views.recordings import view_recording
from bwc.house import House
from bwc.redaction.planning import DEFAULT_EXEMPTION
from bwc.redaction.revise import Revision, render_newest, revise, take_back
from bwc.redaction.view_review import view_review
from bwc.release.rows import PUBLIC, standing_decision

router = APIRouter()
Editor = Annotated[Actor, may(Right.ORDER_REDACTION)]


@router.get("/recordings/{recording_id}/review")
def review(
    request: Request,
    recording_id: str,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_PERSONS)],
    asked: Annotated[Asked, Depends()],
) -> Response:
    """The newest plan over time, with the forms that change it."""
    with house.catalog.read() as session:
        view = view_recording(session, recording_id)
        found = view_review(session, recording_id)
        comments = list_comments(session, recording_id)
        grounds = _grounds(session, view.line.incident_id)
    studio = None
    if found is not None:
        studio = read_studio(house, recording_id, found.plan, found.version, asked)
    used = {track.exemption for track in found.tracks} if found else set()
    return get_pages(request).render(
        request,
        "review.html",
        recording=view,
        review=found,
        studio=studio,
        others=_met(house, recording_id, actor),
        comments=comments,
        grounds=grounds | {code: code for code in sorted(used) if code not in grounds},
        may_watch=allowed(actor.role, Right.WATCH_FOOTAGE),
    )


def _met(house: House, recording_id: str, actor: Actor) -> list[Present]:
    """Say that a person has this review open; who else has."""
    now = house.clock.now()
    with house.catalog.write() as session:
        note_presence(session, recording_id, actor.username, at=now)
        others = others_present(session, recording_id, actor.username, at=now)
        session.commit()
    return others


async def posted_change(request: Request) -> PlanChange:
    """The change in the form that was sent. Raises InvalidInput."""
    return read_change(await request.form())


@router.post("/recordings/{recording_id}/plan")
def change(
    recording_id: str,
    house: HouseDep,
    actor: Editor,
    wanted: Annotated[PlanChange, Depends(posted_change)],
) -> Response:
    """Keep a changed plan."""
    require_right(actor, wanted)
    revision = Revision(recording_id, actor.username, wanted.plan_version)
    with house.catalog.write() as session:
        revise(
            session,
            revision,
            lambda plan: wanted.apply(plan, actor.username),
            at=house.clock.now(),
        )
        session.commit()
    return back_to(f"/recordings/{recording_id}/review", Note.PLAN_CHANGED)


@router.post("/recordings/{recording_id}/plan/undo")
def undo(
    recording_id: str, house: HouseDep, actor: Editor, plan_version: Annotated[int, Form()]
) -> Response:
    """Take the newest change back."""
    revision = Revision(recording_id, actor.username, plan_version)
    with house.catalog.write() as session:
        take_back(session, revision, at=house.clock.now())
        session.commit()
    return back_to(f"/recordings/{recording_id}/review", Note.PLAN_TAKEN_BACK)


@router.post("/recordings/{recording_id}/plan/rendering")
def render(
    recording_id: str, house: HouseDep, actor: Editor, plan_version: Annotated[int, Form()]
) -> Response:
    """Have the newest version rendered and verified."""
    revision = Revision(recording_id, actor.username, plan_version)
    with house.catalog.write() as session:
        render_newest(session, revision, at=house.clock.now())
        session.commit()
    return back_to(f"/recordings/{recording_id}", Note.REDACTION_ORDERED)


def _grounds(session: Session, incident_id: str | None) -> dict[str, str]:
    """The exemption codes to choose from: the rules that ask to hide something here, and privacy."""
    found = {DEFAULT_EXEMPTION: "personal privacy"}
    decision = standing_decision(session, incident_id, audience=PUBLIC) if incident_id else None
    if decision is None:
        return found
    demanded = _objects(decision.document.get("obligations"))
    hiding = {str(one.get("rule")) for one in demanded if one.get("kind") == "REDACT"}
    for rule in _objects(decision.document.get("fired")):
        code = str(rule.get("rule"))
        if code in hiding:
            found[code] = f"{rule.get('title') or code} ({rule.get('citation') or 'no citation'})"
    return found


def _objects(value: Json | None) -> list[dict[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
