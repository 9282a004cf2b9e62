"""The rules in force and the log of releases over JSON: what `/policy` and `/log` show."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.portal.answers import answer
from api.portal.documents import LogDay, PolicyPack
from api.portal.library import Library
from api.problems import problem_responses

MOST_DAYS = 200
USUAL_DAYS = 50

router = APIRouter(prefix="/v1")


class PolicyRead(BaseModel):
    """The packs in force, base first, each with its rules in plain words."""

    packs: list[PolicyPack]


class LogRead(BaseModel):
    """Days on which something was published, withdrawn or put off, the newest first."""

    days: list[LogDay]
    next: date | None = Field(description="Goes on, as `before`; null at the end")


@router.get(
    "/policy", tags=["policy"], response_model=PolicyRead, responses=problem_responses(404, 503)
)
def get_policy(request: Request) -> Response:
    """The rules in force with their sources; the same rules, as data, decide on every recording."""
    return _json(request, PolicyRead(packs=_library(request).packs()))


@router.get(
    "/log", tags=["log"], response_model=LogRead, responses=problem_responses(404, 422, 503)
)
def get_log(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MOST_DAYS, description="Days at most")] = USUAL_DAYS,
    before: Annotated[date | None, Query(description="`next` of the page before")] = None,
) -> Response:
    """What was published, withdrawn and put off, each day sealed by the custody chain's end.

    `/log.csv` is all of it as a table.
    """
    days = _library(request).log(days=limit + 1, before=before)
    shown = days[:limit]
    more = shown[-1].date if len(days) > limit else None
    return _json(request, LogRead(days=shown, next=more))


for path, endpoint in (("/policy", get_policy), ("/log", get_log)):
    router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


def _library(request: Request) -> Library:
    library: Library = request.app.state.library
    return library


def _json(request: Request, body: BaseModel) -> Response:
    return answer(request, body.model_dump_json().encode(), media_type="application/json")
