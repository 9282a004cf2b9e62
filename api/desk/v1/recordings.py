"""Recordings: read them, tie them anew, have them redacted."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from api.desk.v1.case_schemas import ReleaseLineRead
from api.desk.v1.paging import Cursor, Limit, next_cursor, read_cursor
from api.desk.v1.schemas import (
    JobRead,
    PlanRead,
    Read,
    RecordingPage,
    RecordingRead,
    RedactionCreate,
    RenderingRead,
    TagCreate,
    TagRead,
)
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right, narrowed_to, require_for
from bwc.catalog.views.camera_clock import readings_for
from bwc.catalog.views.cases import list_releases
from bwc.catalog.views.jobs import list_jobs_about, view_job
from bwc.catalog.views.recordings import RecordingView, list_recordings, view_recording
from bwc.intake.tagging import correct_tag
from bwc.redaction.asked import ask
from bwc.redaction.order import order_redaction
from bwc.redaction.transcript_files import parse_transcript

router = APIRouter(tags=["recordings"], responses=problem_responses(422))


class ClockRead(Read):
    """A measurement of the camera's clock: how far it was ahead of the true time `at`."""

    at: datetime
    offset_seconds: float


class RecordingDetail(RecordingRead):
    """One recording with everything that was made of it and is at work on it.

    `clocks` are the measurements that its times rest on: none, the nearest one, or two.
    """

    container: str | None
    video_codec: str | None
    width: int | None
    height: int | None
    has_audio: bool | None
    timezone: str | None
    fixity_checked_at: datetime | None
    device_started_at: datetime | None
    clock_offset_seconds: float
    clocks: list[ClockRead]
    tags: list[TagRead]
    plans: list[PlanRead]
    renderings: list[RenderingRead]
    releases: list[ReleaseLineRead]
    jobs: list[JobRead]


@router.get("/recordings", responses=problem_responses(401, 403, 422))
def get_recordings(
    house: HouseDep,
    actor: Annotated[Actor, may(Right.SEE_RECORDINGS)],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> RecordingPage:
    """Recordings, the newest received first; an officer gets his own."""
    with house.catalog.read() as session:
        found = list_recordings(
            session,
            limit=limit,
            before=read_cursor(cursor),
            officer_id=narrowed_to(actor, Right.SEE_RECORDINGS),
        )
    items = [RecordingRead.model_validate(line) for line in found]
    return RecordingPage(items=items, next=next_cursor(found, limit))


@router.get("/recordings/{recording_id}", responses=problem_responses(401, 403, 404))
def get_recording(
    recording_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.SEE_RECORDINGS)]
) -> RecordingDetail:
    """One recording with its tags, plans, renderings, releases and jobs."""
    with house.catalog.read() as session:
        view = view_recording(session, recording_id)
        require_for(actor, Right.SEE_RECORDINGS, view.line.officer_id)
        return _detail(session, view, at=house.clock.now())


@router.post(
    "/recordings/{recording_id}/tag",
    status_code=HTTPStatus.CREATED,
    responses=problem_responses(401, 403, 404, 422),
)
def create_tag(
    recording_id: str,
    body: TagCreate,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.CORRECT_TAG)],
) -> RecordingDetail:
    """Tie a recording to another call or incident; the old tag stays in its history."""
    with house.catalog.write() as session:
        correct_tag(
            session,
            recording_id,
            call_id=body.call_id,
            incident_id=body.incident_id,
            reason=body.reason,
            author=actor.username,
            at=house.clock.now(),
        )
        read = _detail(session, view_recording(session, recording_id), at=house.clock.now())
        session.commit()
    return read


@router.post(
    "/recordings/{recording_id}/redactions",
    status_code=HTTPStatus.ACCEPTED,
    responses=problem_responses(401, 403, 404, 409, 422),
)
def create_redaction(
    recording_id: str,
    response: Response,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.ORDER_REDACTION)],
    body: RedactionCreate | None = None,
) -> JobRead:
    """Have a recording analysed, redacted and verified; the job to follow is in Location."""
    now = house.clock.now()
    wanted = body or RedactionCreate()
    said = wanted.transcript
    asked = ask(
        hide=wanted.hide,
        effect=wanted.effect,
        shape=wanted.shape,
        mute=wanted.mute,
        transcript=parse_transcript(said, where="transcript") if said is not None else None,
        sound=wanted.sound,
        by=actor.username,
    ).model_copy(update={"render": wanted.render})
    with house.catalog.write() as session:
        job = order_redaction(session, recording_id, asked=asked, by=actor.username, at=now)
        read = JobRead.model_validate(view_job(session, job.id, at=now))
        session.commit()
    response.headers["location"] = f"/v1/jobs/{read.id}"
    return read


def _detail(session: Session, view: RecordingView, *, at: datetime) -> RecordingDetail:
    found = view.line.id
    return RecordingDetail(
        **RecordingRead.model_validate(view.line).model_dump(),
        container=view.container,
        video_codec=view.video_codec,
        width=view.width,
        height=view.height,
        has_audio=view.has_audio,
        timezone=view.timezone,
        fixity_checked_at=view.fixity_checked_at,
        device_started_at=view.device_started_at,
        clock_offset_seconds=view.clock_offset_seconds,
        clocks=[
            ClockRead(at=one.at, offset_seconds=one.offset.total_seconds())
            for one in readings_for(session, found)
        ],
        tags=[TagRead.model_validate(one) for one in view.tags],
        plans=[PlanRead.model_validate(one) for one in view.plans],
        renderings=[RenderingRead.model_validate(one) for one in view.renderings],
        releases=[
            ReleaseLineRead.model_validate(one)
            for one in list_releases(session, recording_id=found)
        ],
        jobs=[JobRead.model_validate(one) for one in list_jobs_about(session, found, at=at)],
    )
