"""Publishing a period's coverage figures: look at them, then publish exactly those."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, JsonValue

from api.desk.periods import read_period
from api.desk.publication import preview, publish
from api.desk.templating import PagesDep
from api.desk.v1.schemas import Body, Read
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.coverage.public_figures import published_periods

router = APIRouter(
    prefix="/coverage", tags=["coverage"], responses=problem_responses(401, 403, 409, 422)
)
Publisher = Annotated[Actor, may(Right.PUBLISH_COVERAGE)]


class PublishedPeriod(Read):
    """A period whose figures are out."""

    first: str
    last: str


class PublishedList(Read):
    """What is out, the newest first."""

    items: list[PublishedPeriod]


class PreviewRead(Read):
    """The figures as they would be published; `sha256` names them, whenever that is."""

    document: dict[str, JsonValue]
    sha256: str


class PublicationCreate(Body):
    """The period, and the figures that were looked at, by their `sha256`."""

    first: str = Field(max_length=10)
    last: str = Field(max_length=10)
    sha256: str = Field(min_length=64, max_length=64)


class PublicationRead(Read):
    """What was published, by its key in the public store."""

    key: str


@router.get("/publications")
def get_publications(house: HouseDep, _actor: Publisher) -> PublishedList:
    """The periods that are out."""
    found = published_periods(house.public)
    return PublishedList(items=[PublishedPeriod(first=one, last=other) for one, other in found])


@router.get("/publications/preview")
def get_preview(
    house: HouseDep,
    pages: PagesDep,
    _actor: Publisher,
    first: Annotated[str, Query(max_length=10)],
    last: Annotated[str, Query(max_length=10)],
) -> PreviewRead:
    """What would be published of a period that is over; nothing is."""
    period = read_period(first, last, now=house.clock.now(), zone=pages.zone)
    found = preview(house, period)
    return PreviewRead(document=found.document, sha256=found.sha256)


@router.post("/publications", status_code=HTTPStatus.CREATED)
def create_publication(
    body: PublicationCreate, house: HouseDep, pages: PagesDep, actor: Publisher
) -> PublicationRead:
    """Publish them; refused where they are others by now, or days of the period are out."""
    period = read_period(body.first, body.last, now=house.clock.now(), zone=pages.zone)
    return PublicationRead(key=publish(house, period, seen=body.sha256, by=actor.username))
