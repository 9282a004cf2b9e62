"""Editing a plan by hand: carry what was drawn, read a transcript, cut captions, name a ground."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.desk.keeping import keep_proposals, known_grounds
from api.desk.v1.plans import VersionRead
from api.desk.v1.schemas import Body, JobRead, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.views.jobs import view_job
from bwc.redaction.captions import redacted_json, redacted_webvtt
from bwc.redaction.carry_order import carry_again
from bwc.redaction.plan import SoundEffect
from bwc.redaction.revise import Revision, plan_to_read
from bwc.redaction.sound_edits import read_on_own_clock
from bwc.redaction.transcript_files import parse_transcript
from bwc.release.rows import recording_row

router = APIRouter(tags=["plans"], responses=problem_responses(422))
Editor = Annotated[Actor, may(Right.ORDER_REDACTION)]
REFUSALS = problem_responses(401, 403, 404, 409, 422)


class GroundRead(Read):
    """A code on which something may be hidden."""

    code: str
    words: str
    is_asked_for: bool = Field(description="Whether a rule of this case's decision asks for it")


class GroundList(Read):
    """Every code that a change of this recording's plan may name."""

    items: list[GroundRead]


class Carrying(Body):
    """A track that a person drew, in the version looked at."""

    plan_version: int
    track: int


class Said(Body):
    """A transcript to find in what identifies a person."""

    plan_version: int
    transcript: str = Field(description="WebVTT, SRT, or words as JSON, as text")
    effect: SoundEffect = SoundEffect.MUTE
    exemption: str = Field(min_length=1)


class CaptionsCut(Body):
    """Captions or a transcript of the recording, from its first moment on."""

    transcript: str = Field(description="WebVTT, SRT, or words as JSON, as text")


class CaptionsRead(Read):
    """The same without what the newest plan mutes."""

    webvtt: str
    words: str = Field(description="The words as JSON text, with a mark for what is cut")


@router.get("/recordings/{recording_id}/grounds", responses=problem_responses(401, 403, 404))
def get_grounds(recording_id: str, house: HouseDep, _actor: Editor) -> GroundList:
    """The codes that the rules of the recording's case know, and the house's own."""
    with house.catalog.read() as session:
        recording_row(session, recording_id)
        grounds = known_grounds(session, house, recording_id)
    here = [GroundRead(code=c, words=w, is_asked_for=True) for c, w in grounds.here.items()]
    others = [GroundRead(code=c, words=w, is_asked_for=False) for c, w in grounds.others.items()]
    return GroundList(items=here + others)


@router.post(
    "/recordings/{recording_id}/plan/carrying",
    status_code=HTTPStatus.ACCEPTED,
    responses=REFUSALS,
)
def carry_track(
    recording_id: str, body: Carrying, response: Response, house: HouseDep, actor: Editor
) -> JobRead:
    """Have a drawn track carried both ways from its key boxes; the answer names the job."""
    now = house.clock.now()
    revision = Revision(recording_id, actor.username, body.plan_version)
    with house.catalog.write() as session:
        job = carry_again(session, revision, body.track, at=now)
        read = JobRead.model_validate(view_job(session, job.id, at=now))
        session.commit()
    response.headers["location"] = f"/v1/jobs/{read.id}"
    return read


@router.post(
    "/recordings/{recording_id}/plan/transcript",
    status_code=HTTPStatus.CREATED,
    responses=REFUSALS,
)
def read_transcript(recording_id: str, body: Said, house: HouseDep, actor: Editor) -> VersionRead:
    """Put forward what a transcript gives away; no word of it is kept."""
    said = parse_transcript(body.transcript, where="transcript")
    revision = Revision(recording_id, actor.username, body.plan_version)
    with house.catalog.write() as session:
        row = keep_proposals(
            session, house, revision, said, effect=body.effect, exemption=body.exemption
        )
        read = VersionRead.model_validate(row)
        session.commit()
    return read


@router.post(
    "/recordings/{recording_id}/plan/captions", responses=problem_responses(401, 403, 404, 422)
)
def cut_captions(
    recording_id: str, body: CaptionsCut, house: HouseDep, _actor: Editor
) -> CaptionsRead:
    """Captions without what the newest plan mutes; nothing is kept."""
    said = parse_transcript(body.transcript, where="transcript")
    with house.catalog.read() as session:
        plan = plan_to_read(session, recording_id)
    told = read_on_own_clock(plan, said)
    return CaptionsRead(
        webvtt=redacted_webvtt(told, plan.muted()), words=redacted_json(told, plan.muted())
    )
