"""The plan of a recording: where to look, each change a version of its own, undo, and rendering."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.desk.keeping import keep_change
from api.desk.plan_changes import PlanChange
from api.desk.v1.schemas import Body, JobRead, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.views.jobs import view_job
from bwc.errors import NotFound
from bwc.redaction.plan import SoundEffect
from bwc.redaction.review_list import Risk
from bwc.redaction.revise import Revision, render_newest, take_back
from bwc.redaction.view_review import view_review

router = APIRouter(tags=["plans"], responses=problem_responses(422))
Editor = Annotated[Actor, may(Right.ORDER_REDACTION)]
Reviewer = Annotated[Actor, may(Right.SEE_PERSONS)]
REFUSALS = problem_responses(401, 403, 404, 409, 422)


class BoxRead(Read):
    """Shares of the picture as it is seen, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


class PlaceRead(Read):
    """One place that a reviewer looks at."""

    risk: Risk
    why: str
    second: float = Field(description="Since the first picture")
    until: float
    box: BoxRead | None
    track: int | None
    before: float = Field(
        description="Seconds by which its track is extended here at its beginning"
    )
    after: float = Field(description="The same at its end")
    proposal: int | None = Field(description="Of a stretch of sound that was put forward")


class TrackRead(Read):
    """One track."""

    id: int
    person: int | None
    words: str
    exemption: str


class KeyBoxRead(Read):
    """A key box as somebody drew it."""

    pts: int = Field(description="Exact time in ticks of the picture stream")
    second: float
    box: BoxRead


class DrawnRead(Read):
    """A track that a person drew."""

    id: int
    exemption: str
    author: str
    first: float
    last: float
    carried_by: str | None = Field(description="The tracker that carried it")
    keys: list[KeyBoxRead]


class SoundRead(Read):
    """A stretch of sound, by its number in this version."""

    number: int
    first: float
    last: float
    effect: SoundEffect
    found: str | None
    exemption: str
    author: str


class EditsRead(Read):
    """What is edited by hand; times are seconds since the first picture."""

    seconds: float = Field(description="How long the recording is")
    drawn: list[DrawnRead]
    sound: list[SoundRead]
    proposed: list[SoundRead] = Field(description="Given away by a transcript, not decided yet")


class EffortRead(Read):
    """What the ledger says reviewing took, at the least."""

    reviewer_minutes: float
    source_minutes: float
    per_source_minute: float


class ReviewRead(Read):
    """The newest plan as its reviewer works on it; the gravest place comes first."""

    version: int
    author: str
    is_rendered: bool
    is_rendering: bool
    places: list[PlaceRead]
    accepted: int = Field(description="Places that somebody looked at and found fine")
    tracks: list[TrackRead]
    edits: EditsRead
    carrying: list[str] = Field(description="Jobs that carry what was drawn")
    effort: EffortRead | None


class VersionRead(Read):
    """A version of a plan that was just kept."""

    id: str
    version: int
    sha256: str
    author: str
    carry_job_id: str | None = Field(None, description="The job that carries what was drawn")


class Seen(Body):
    """The version that the person looked at."""

    plan_version: int


@router.get("/recordings/{recording_id}/plan", responses=problem_responses(401, 403, 404))
def get_review(recording_id: str, house: HouseDep, _actor: Reviewer) -> ReviewRead:
    """Where to look first, what is hidden, and what reviewing took."""
    with house.catalog.read() as session:
        found = view_review(session, recording_id)
    if found is None:
        raise NotFound("there is no plan of this recording yet", where=recording_id)
    return ReviewRead.model_validate(found)


@router.post(
    "/recordings/{recording_id}/plan/changes",
    status_code=HTTPStatus.CREATED,
    responses=REFUSALS,
)
def change_plan(recording_id: str, body: PlanChange, house: HouseDep, actor: Editor) -> VersionRead:
    """Keep a changed plan as the newest version; nothing is rendered before that is asked for."""
    with house.catalog.write() as session:
        kept = keep_change(session, house, recording_id, body, actor=actor)
        read = VersionRead.model_validate(kept.row)
        read.carry_job_id = kept.job.id if kept.job else None
        session.commit()
    return read


@router.post(
    "/recordings/{recording_id}/plan/undo", status_code=HTTPStatus.CREATED, responses=REFUSALS
)
def undo_change(recording_id: str, body: Seen, house: HouseDep, actor: Editor) -> VersionRead:
    """Take the newest change back, as a version of its own."""
    revision = Revision(recording_id, actor.username, body.plan_version)
    with house.catalog.write() as session:
        read = VersionRead.model_validate(take_back(session, revision, at=house.clock.now()))
        session.commit()
    return read


@router.post(
    "/recordings/{recording_id}/plan/rendering",
    status_code=HTTPStatus.ACCEPTED,
    responses=REFUSALS,
)
def render_plan(
    recording_id: str, body: Seen, response: Response, house: HouseDep, actor: Editor
) -> JobRead:
    """Render and verify the newest version; the answer names the job to follow."""
    now = house.clock.now()
    with house.catalog.write() as session:
        job = render_newest(
            session, Revision(recording_id, actor.username, body.plan_version), at=now
        )
        read = JobRead.model_validate(view_job(session, job.id, at=now))
        session.commit()
    response.headers["location"] = f"/v1/jobs/{read.id}"
    return read
