"""The portal's JSON API: what is on the public record, for machines."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from api.portal.answers import answer, origin
from api.portal.bundles import BUNDLE, can_be_bundled
from api.portal.cursor import Cursor, read_cursor
from api.portal.documents import HidingRule, Manifest, Rule, Tombstone
from api.portal.facets import Query as Looking
from api.portal.hidden import HiddenByCode, PublicPlan, by_code
from api.portal.index import ReleaseIndex
from api.portal.laws import laws_of
from api.portal.library import Library
from api.problems import problem_responses

MOST = 200
USUAL = 50

router = APIRouter(prefix="/v1", tags=["releases"])


class VideoRead(BaseModel):
    """Where the video lies and what its bytes hash to."""

    url: str
    sha256: str


class FileRead(BaseModel):
    """One file of the bundle."""

    name: str
    url: str
    sha256: str
    size: int
    type: str


class ReleaseRead(BaseModel):
    """A release in the list."""

    id: str
    title: str
    published_at: datetime
    video: VideoRead
    certificate_url: str


class LawRead(BaseModel):
    """The rules that order what is hidden under one code as one kind; none: the department's own."""

    code: str
    kind: str
    rules: list[HidingRule]


class ReleaseDetail(ReleaseRead):
    """A release in full; the decision's tree, certificate, plan and captions are files of it."""

    summary: str
    incident_date: date
    district: str
    kind: str
    outcome: str
    sentence: str
    rules: list[Rule]
    files: list[FileRead]
    bundle_url: str | None = Field(description="All files as one ZIP; null for older releases")
    hidden: list[HiddenByCode]
    laws: list[LawRead]
    manifest_url: str
    custody_position: int
    custody_hash: str


class ReleaseList(BaseModel):
    """A page of releases, newest first; `next` goes on, and is null at the end."""

    items: list[ReleaseRead]
    next: str | None


class ChoiceRead(BaseModel):
    """A value that the list can be narrowed to, and how many releases it would leave."""

    value: str
    releases: int


class FacetsRead(BaseModel):
    """How many releases match, and how many each further choice would leave."""

    releases: int
    kinds: list[ChoiceRead]
    districts: list[ChoiceRead]
    years: list[ChoiceRead]
    months: list[ChoiceRead]


class Withdrawn(BaseModel):
    """What is left of a release that was withdrawn."""

    id: str
    title: str
    published_at: datetime
    withdrawn_at: datetime
    reason: str


Words = Annotated[str, Query(max_length=200, description="Words to look for")]
Choice = Annotated[str, Query(max_length=200)]
Month = Annotated[
    str, Query(pattern=r"^(\d{4}(-\d{2})?)?$", description="Year or month of the incident")
]


@router.get("/releases", response_model=ReleaseList, responses=problem_responses(422, 503))
def list_releases(
    request: Request,
    q: Words = "",
    kind: Choice = "",
    district: Choice = "",
    date: Month = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before")
    ] = None,
) -> Response:
    """Releases on the public record, newest first."""
    index: ReleaseIndex = request.app.state.index
    after = read_cursor(cursor) if cursor else None
    found = index.after(Looking(q, kind, district, date), after, limit=limit + 1)
    shown = found[:limit]
    more = len(found) > limit
    body = ReleaseList(
        items=[_item(request, release) for release in shown],
        next=str(Cursor(shown[-1].published_at, shown[-1].id)) if more else None,
    )
    return _json(request, body)


@router.get("/facets", response_model=FacetsRead, responses=problem_responses(422, 503))
def get_facets(
    request: Request, q: Words = "", kind: Choice = "", district: Choice = "", date: Month = ""
) -> Response:
    """How many releases match, and what the list could be narrowed by from here."""
    index: ReleaseIndex = request.app.state.index
    found = index.find(Looking(q, kind, district, date))
    choices = {
        name: [ChoiceRead(**choice._asdict()) for choice in values]
        for name, values in found.facets._asdict().items()
    }
    return _json(request, FacetsRead(releases=len(found.rows), **choices))


@router.get(
    "/releases/{release_id}",
    response_model=ReleaseDetail,
    responses={
        410: {"model": Withdrawn, "description": "It was withdrawn; this is why"},
        **problem_responses(404, 503),
    },
)
def get_release(request: Request, release_id: str) -> Response:
    """One release with every file and hash."""
    library: Library = request.app.state.library
    found = library.release(release_id)
    if isinstance(found, Tombstone):
        gone = Withdrawn(**found.model_dump(exclude={"format"}))
        return JSONResponse(gone.model_dump(mode="json"), 410)
    plan = library.plan(found)
    hiding = library.decision(found).hiding if plan else []
    return _json(request, _detail(request, found, plan, hiding))


for path, endpoint in (
    ("/releases", list_releases),
    ("/releases/{release_id}", get_release),
    ("/facets", get_facets),
):
    router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


def _item(request: Request, release: Manifest) -> ReleaseRead:
    """A release as the list shows it."""
    place = f"{origin(request)}/releases/{release.id}"
    return ReleaseRead(
        id=release.id,
        title=release.title,
        published_at=release.published_at,
        video=VideoRead(url=f"{place}/video.mp4", sha256=release.film.sha256),
        certificate_url=f"{place}/certificate.json",
    )


def _detail(
    request: Request, release: Manifest, plan: PublicPlan | None, hiding: list[HidingRule]
) -> ReleaseDetail:
    """A release with everything that can be checked."""
    laws = laws_of(plan, hiding) if plan else {}
    item = _item(request, release)
    place = f"{origin(request)}/releases/{release.id}"
    return ReleaseDetail(
        id=item.id,
        title=item.title,
        published_at=item.published_at,
        video=item.video,
        certificate_url=item.certificate_url,
        summary=release.summary,
        incident_date=release.incident.date,
        district=release.incident.district,
        kind=release.incident.kind,
        outcome=release.decision.outcome,
        sentence=release.decision.sentence,
        rules=release.decision.rules,
        files=[FileRead(url=f"{place}/{file.name}", **file.model_dump()) for file in release.files],
        bundle_url=f"{place}/{BUNDLE}" if can_be_bundled(release) else None,
        hidden=by_code(plan, release.video.duration_us) if plan else [],
        laws=[
            LawRead(code=code, kind=kind, rules=rules)
            for code, by_kind in laws.items()
            for kind, rules in by_kind.items()
        ],
        manifest_url=f"{place}/manifest.json",
        custody_position=release.custody.position,
        custody_hash=release.custody.hash,
    )


def _json(request: Request, body: BaseModel) -> Response:
    """`body` with an ETag."""
    return answer(request, body.model_dump_json().encode(), media_type="application/json")
