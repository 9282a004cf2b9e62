"""Unreleased footage, streamed from the vault by byte range; each look is written down first."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.desk.ranges import stream
from api.desk.visit import HouseDep, may
from bwc.access.roles import Actor, Right, require_for
from bwc.access.viewing import Shown, Viewing, note_viewing
from bwc.catalog.views.recordings import find_media, find_rendering
from bwc.errors import NotFound
from bwc.house import House
from bwc.ids import Sha256

router = APIRouter()
VIDEO = "video/mp4"
PICTURE = "image/jpeg"
Watcher = Annotated[Actor, may(Right.WATCH_FOOTAGE)]
Reviewer = Annotated[Actor, may(Right.WATCH_RENDERINGS)]


@router.get("/recordings/{recording_id}/proxy")
def proxy(request: Request, recording_id: str, house: HouseDep, actor: Watcher) -> Response:
    """The browser-playable copy of an original."""
    with house.catalog.read() as session:
        media = find_media(session, recording_id)
    require_for(actor, Right.WATCH_FOOTAGE, media.officer_id)
    looked = _look(house, actor, recording_id, media.proxy_sha256, shown=Shown.PROXY)
    return stream(request, house.vault, looked, media_type=VIDEO)


@router.get("/recordings/{recording_id}/poster")
def poster(request: Request, recording_id: str, house: HouseDep, actor: Watcher) -> Response:
    """A still of an original."""
    with house.catalog.read() as session:
        media = find_media(session, recording_id)
    require_for(actor, Right.WATCH_FOOTAGE, media.officer_id)
    looked = _look(house, actor, recording_id, media.poster_sha256, shown=Shown.POSTER)
    return stream(request, house.vault, looked, media_type=PICTURE)


@router.get("/renderings/{rendering_id}/video")
def rendering(request: Request, rendering_id: str, house: HouseDep, actor: Reviewer) -> Response:
    """A redacted file as it would be released."""
    with house.catalog.read() as session:
        line = find_rendering(session, rendering_id)
    looked = _look(house, actor, line.recording_id, line.sha256, shown=Shown.RENDERING)
    return stream(request, house.vault, looked, media_type=VIDEO)


@router.get("/renderings/{rendering_id}/poster")
def rendering_poster(
    request: Request, rendering_id: str, house: HouseDep, actor: Reviewer
) -> Response:
    """A still of a redacted file."""
    with house.catalog.read() as session:
        line = find_rendering(session, rendering_id)
    looked = _look(house, actor, line.recording_id, line.poster_sha256, shown=Shown.POSTER)
    return stream(request, house.vault, looked, media_type=PICTURE)


def _look(
    house: House, actor: Actor, recording_id: str, sha256: str | None, *, shown: Shown
) -> Sha256:
    """Write down that this person looks at these bytes."""
    if sha256 is None:
        raise NotFound(f"there is no {shown.value} of this recording yet", where=recording_id)
    viewing = Viewing(recording_id, sha256, shown)
    note_viewing(house.catalog, viewing, actor=actor, at=house.clock.now())
    return Sha256(sha256)
