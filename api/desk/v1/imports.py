"""Imports of rosters and dispatch records: files are tried first, then applied by what was tried."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from pydantic import Field, JsonValue

from api.desk import imports
from api.desk.imports import Administrator
from api.desk.v1.schemas import Body, Read
from api.desk.visit import HouseDep
from api.problems import problem_responses
from bwc.coverage.staged_imports import Trial

router = APIRouter(tags=["imports"], responses=problem_responses(401, 403, 404, 422))


class MergedRead(Read):
    """What an import does to one table."""

    added: int
    changed: int
    unchanged: int


class BadRow(Read):
    """One cell that cannot be used. `line` counts from 1, the heading is line 1; 0 is the file."""

    file: str
    line: int
    column: str
    expected: str
    got: str
    advice: str


class ImportRead(Read):
    """What an import would do, or did."""

    id: str
    applied: bool
    files: dict[str, str] = Field(description="The sha256 of each file")
    fingerprint: str = Field(description="Names exactly these files; applying asks for it")
    tables: dict[str, MergedRead]
    bad_rows: int = Field(description="While there is one, nothing is imported")
    errors: list[BadRow] = Field(description="The first 500 of them")


class ImportApply(Body):
    """The files that were tried, by their fingerprint."""

    fingerprint: str


FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [imports.FIELD],
                    "properties": {
                        imports.FIELD: {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            }
        },
    }
}


@router.post("/imports", status_code=HTTPStatus.CREATED, openapi_extra=FORM)
def create_import(
    actor: Administrator, files: imports.Sent, response: Response, house: HouseDep
) -> ImportRead:
    """Send the CSV files of docs/coverage.md, and a `mapping.toml` for a city's own export.

    Nothing is imported: the answer says what would be.
    """
    trial = imports.stage_and_try(house, actor, files)
    response.headers["location"] = f"/v1/imports/{trial.number}"
    return _read(trial)


@router.get("/imports/{import_id}")
def get_import(import_id: str, house: HouseDep, actor: Administrator) -> ImportRead:
    """What an import that waits would change now."""
    return _read(imports.try_again(house, actor, import_id))


@router.post("/imports/{import_id}/apply", responses=problem_responses(409))
def apply_import(
    import_id: str, body: ImportApply, house: HouseDep, actor: Administrator
) -> ImportRead:
    """Import what was tried, all of it or nothing."""
    return _read(imports.apply_tried(house, actor, import_id, fingerprint=body.fingerprint))


@router.delete("/imports/{import_id}", status_code=HTTPStatus.NO_CONTENT)
def remove_import(import_id: str, house: HouseDep, _actor: Administrator) -> Response:
    """Give an import up."""
    imports.give_up(house, import_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _read(trial: Trial) -> ImportRead:
    document: dict[str, JsonValue] = dict(trial.document())
    return ImportRead.model_validate(document)
