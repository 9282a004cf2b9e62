"""Comments on a recording's redaction: to say something, to send it back, to settle it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.desk.v1.schemas import Body, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.catalog.views.comments import list_comments
from bwc.release.comments import LONGEST, Said, comment, settle

router = APIRouter(tags=["comments"], responses=problem_responses(401, 403, 404, 422))
Reviewer = Annotated[Actor, may(Right.WATCH_RENDERINGS)]


class CommentCreate(Body):
    """What is said; one that `sends_back` keeps the recording in until it is settled."""

    text: str = Field(min_length=1, max_length=LONGEST)
    second: float | None = Field(None, ge=0, description="Since the first picture")
    sends_back: bool = False
    is_settled: bool = Field(
        default=False, description="As of a place that was looked at and is fine"
    )


class CommentRead(Read):
    """One comment."""

    id: str
    second: float | None
    text: str
    sends_back: bool
    author: str
    created_at: datetime
    settled_by: str | None
    settled_at: datetime | None


class CommentList(Read):
    """Open ones first."""

    items: list[CommentRead]


@router.get("/recordings/{recording_id}/comments")
def get_comments(recording_id: str, house: HouseDep, _actor: Reviewer) -> CommentList:
    """What was said of a recording's redaction."""
    with house.catalog.read() as session:
        found = list_comments(session, recording_id)
    return CommentList(items=[CommentRead.model_validate(one) for one in found])


@router.post("/recordings/{recording_id}/comments", status_code=HTTPStatus.CREATED)
def create_comment(
    recording_id: str, body: CommentCreate, house: HouseDep, actor: Reviewer
) -> CommentRead:
    """Say something of a moment, or send the redaction back."""
    said = Said(body.text, body.second, body.sends_back, body.is_settled)
    with house.catalog.write() as session:
        row = comment(session, recording_id, said, by=actor.username, at=house.clock.now())
        read = CommentRead.model_validate(row)
        session.commit()
    return read


@router.post("/comments/{comment_id}/settle", responses=problem_responses(409))
def settle_comment(comment_id: str, house: HouseDep, actor: Reviewer) -> CommentRead:
    """Say that it is settled; what waited for it alone goes on."""
    with house.catalog.write() as session:
        row = settle(session, comment_id, by=actor.username, at=house.clock.now())
        read = CommentRead.model_validate(row)
        session.commit()
    return read
