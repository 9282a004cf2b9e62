"""Imports of rosters and dispatch records: files are tried, read through, then applied."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.desk.imports import Administrator, Sent, apply_tried, give_up, stage_and_try, try_again
from api.desk.notes import Note
from api.desk.templating import back_to, get_pages
from api.desk.visit import HouseDep
from bwc.coverage.importing import FILES
from bwc.coverage.staged_imports import MAPPING, MOST_ERRORS

router = APIRouter()


@router.get("/imports")
def imports(request: Request, _actor: Administrator) -> Response:
    """The form that takes the files."""
    return get_pages(request).render(request, "imports.html", files=FILES, mapping=MAPPING)


@router.post("/imports")
def send(actor: Administrator, files: Sent, house: HouseDep) -> Response:
    """Keep the files aside and show what they would change; nothing is imported."""
    trial = stage_and_try(house, actor, files)
    return RedirectResponse(f"/imports/{trial.number}", HTTPStatus.SEE_OTHER)


@router.get("/imports/{import_id}")
def trial(request: Request, import_id: str, house: HouseDep, actor: Administrator) -> Response:
    """What an import that waits would change now, and its bad rows by line."""
    return get_pages(request).render(
        request, "import.html", trial=try_again(house, actor, import_id), most=MOST_ERRORS
    )


@router.post("/imports/{import_id}/apply")
def apply(
    import_id: str,
    house: HouseDep,
    actor: Administrator,
    fingerprint: Annotated[str, Form(max_length=64)],
) -> Response:
    """Import what was shown, all of it or nothing."""
    apply_tried(house, actor, import_id, fingerprint=fingerprint)
    return back_to("/imports", Note.IMPORTED)


@router.post("/imports/{import_id}/give-up")
def forget(import_id: str, house: HouseDep, _actor: Administrator) -> Response:
    """Forget the files."""
    give_up(house, import_id)
    return back_to("/imports", Note.IMPORT_GIVEN_UP)
