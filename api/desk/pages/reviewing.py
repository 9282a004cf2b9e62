"""The review of a redaction: where to look, who is in it, what a person hides or shows by hand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import Response

from api.desk.keeping import keep_change, keep_proposals, known_grounds
from api.desk.notes import Note
from api.desk.plan_changes import PlanChange, read_change
from api.desk.templating import back_to, get_pages
from api.desk.timelines import Asked, read_studio
from api.desk.transcripts import require_upload
from api.desk.visit import HouseDep, may
from bwc.access.presence import Present, note_presence, others_present
from bwc.access.roles import Actor, Right, allowed
from bwc.catalog.views.comments import list_comments
from bwc.catalog.views.jobs import view_job
from bwc.catalog.views.recordings import view_recording
from bwc.house import House
from bwc.redaction.captions import redacted_webvtt
from bwc.redaction.carry_order import carry_again
from bwc.redaction.plan import SoundEffect
from bwc.redaction.revise import Revision, plan_to_read, render_newest, take_back
from bwc.redaction.sound_edits import read_on_own_clock
from bwc.redaction.view_review import view_review

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
        grounds = known_grounds(session, house, recording_id)
        now = house.clock.now()
        carrying = [view_job(session, job_id, at=now) for job_id in found.carrying] if found else []
    studio = None
    if found is not None:
        studio = read_studio(house, recording_id, found.plan, found.version, asked)
    return get_pages(request).render(
        request,
        "review.html",
        recording=view,
        review=found,
        studio=studio,
        others=_met(house, recording_id, actor),
        comments=comments,
        grounds=grounds,
        carrying=carrying,
        effects=list(SoundEffect),
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
    with house.catalog.write() as session:
        kept = keep_change(session, house, recording_id, wanted, actor=actor)
        note = Note.PLAN_CHANGED if kept.job is None else Note.PLAN_CARRIED
        session.commit()
    return back_to(f"/recordings/{recording_id}/review", note)


@router.post("/recordings/{recording_id}/plan/carrying")
def carry(
    recording_id: str,
    house: HouseDep,
    actor: Editor,
    plan_version: Annotated[int, Form()],
    track: Annotated[int, Form()],
) -> Response:
    """Have a drawn track carried from its key boxes."""
    revision = Revision(recording_id, actor.username, plan_version)
    with house.catalog.write() as session:
        carry_again(session, revision, track, at=house.clock.now())
        session.commit()
    return back_to(f"/recordings/{recording_id}/review", Note.PLAN_CARRIED)


@router.post("/recordings/{recording_id}/plan/transcript")
def read_said(
    recording_id: str,
    house: HouseDep,
    actor: Editor,
    plan_version: Annotated[int, Form()],
    exemption: Annotated[str, Form()],
    effect: Annotated[SoundEffect, Form()] = SoundEffect.MUTE,
    transcript: UploadFile | None = None,
) -> Response:
    """Put forward what a transcript gives away."""
    said = require_upload(transcript)
    revision = Revision(recording_id, actor.username, plan_version)
    with house.catalog.write() as session:
        keep_proposals(session, house, revision, said, effect=effect, exemption=exemption)
        session.commit()
    return back_to(f"/recordings/{recording_id}/review", Note.TRANSCRIPT_READ)


@router.post("/recordings/{recording_id}/plan/captions")
def cut_captions(
    recording_id: str, house: HouseDep, _actor: Editor, transcript: UploadFile | None = None
) -> Response:
    """The captions that were sent, without what the newest plan mutes; nothing is kept."""
    said = require_upload(transcript)
    with house.catalog.read() as session:
        plan = plan_to_read(session, recording_id)
    body = redacted_webvtt(read_on_own_clock(plan, said), plan.muted())
    name = {"content-disposition": 'attachment; filename="captions.vtt"'}
    return Response(body, media_type="text/vtt; charset=utf-8", headers=name)


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
