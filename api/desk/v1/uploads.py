"""Resumable uploads: announce, send pieces from an offset, ask where to go on, finish.

After an interruption `HEAD` says in `Upload-Offset` how many bytes are safe; send on from there.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated

import anyio
from fastapi import APIRouter, Header, Request, Response
from starlette.concurrency import run_in_threadpool

from api.desk.v1.schemas import ReceivedRead, UploadCreate, UploadRead
from api.desk.visit import HouseDep, may
from api.problems import problem_responses
from bwc.access.roles import Actor, Right
from bwc.house import House
from bwc.intake.dock import make_dock
from bwc.intake.upload import Announcement, Uploads, append, find_upload, finish, open_upload

router = APIRouter(tags=["uploads"], responses=problem_responses(422))
OFFSET = "upload-offset"
LENGTH = "upload-length"


@router.post(
    "/uploads", status_code=HTTPStatus.CREATED, responses=problem_responses(401, 403, 422, 503)
)
def create_upload(
    body: UploadCreate,
    response: Response,
    house: HouseDep,
    actor: Annotated[Actor, may(Right.UPLOAD)],
) -> UploadRead:
    """Announce a file; there is room for it now, or it does not begin."""
    announced = Announcement(
        file_name=body.file_name,
        size_bytes=body.size_bytes,
        sidecar=dict(body.sidecar),
        sha256=body.sha256,
    )
    progress = open_upload(_uploads(house), announced, actor=actor.username)
    response.headers["location"] = f"/v1/uploads/{progress.id}"
    response.headers[OFFSET] = "0"
    return UploadRead.model_validate(progress)


@router.head("/uploads/{upload_id}", responses=problem_responses(401, 403, 404))
def head_upload(
    upload_id: str, house: HouseDep, _actor: Annotated[Actor, may(Right.UPLOAD)]
) -> Response:
    """Where to go on."""
    progress = find_upload(_uploads(house), upload_id)
    sizes = {OFFSET: str(progress.received_bytes), LENGTH: str(progress.size_bytes)}
    return Response(headers=sizes)


@router.get("/uploads/{upload_id}", responses=problem_responses(401, 403, 404))
def get_upload(
    upload_id: str, house: HouseDep, _actor: Annotated[Actor, may(Right.UPLOAD)]
) -> UploadRead:
    """Where an upload stands."""
    return UploadRead.model_validate(find_upload(_uploads(house), upload_id))


@router.patch("/uploads/{upload_id}", responses=problem_responses(401, 403, 404, 409, 422, 503))
async def append_to_upload(
    upload_id: str,
    request: Request,
    response: Response,
    house: HouseDep,
    offset: Annotated[int, Header(alias=OFFSET, ge=0)],
    _actor: Annotated[Actor, may(Right.UPLOAD)],
) -> UploadRead:
    """Send the bytes from `Upload-Offset` on; what arrived before a break counts."""
    chunks = _body_of(request)
    progress = await run_in_threadpool(
        append, _uploads(house), upload_id, offset=offset, chunks=chunks
    )
    response.headers[OFFSET] = str(progress.received_bytes)
    return UploadRead.model_validate(progress)


@router.post("/uploads/{upload_id}/finish", responses=problem_responses(401, 403, 404, 409, 503))
def finish_upload(
    upload_id: str, house: HouseDep, actor: Annotated[Actor, may(Right.UPLOAD)]
) -> ReceivedRead:
    """Store the file; the answer comes when the stored hash matches. It may be asked again."""
    return ReceivedRead.model_validate(
        finish(_uploads(house), upload_id, actor=actor.username), from_attributes=True
    )


def _uploads(house: House) -> Uploads:
    dock = make_dock(house.catalog, house.vault, house.clock, house.settings.intake)
    return Uploads(dock, house.settings.spool_folder)


def _body_of(request: Request) -> Iterator[bytes]:
    """The request's body as it arrives, for code that runs in a thread of its own."""
    stream = request.stream()

    async def following() -> bytes | None:
        return await anext(stream, None)

    while (chunk := anyio.from_thread.run(following)) is not None:
        if chunk:
            yield chunk
