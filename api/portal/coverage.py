"""Our coverage: whether cameras ran when they had to, as the department published it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.routing import BaseRoute, Route

from api.portal.answers import answer
from api.portal.documents import CoveragePeriod
from api.portal.library import Library
from api.portal.machines import table_file
from api.portal.tables import csv_table
from api.portal.templating import get_pages
from api.problems import problem_responses
from bwc.coverage.public_words import MEANINGS

COLUMNS = ("since", "until", "figure", "call_type", "suppressed", "n", "share", "low", "high")

router = APIRouter(prefix="/v1", tags=["coverage"])


class CoverageRead(BaseModel):
    """Every period that was published, the newest first."""

    periods: list[CoveragePeriod]


@router.get("/coverage", response_model=CoverageRead, responses=problem_responses(503))
def get_coverage(request: Request) -> Response:
    """The department's published coverage figures; small numbers are left out."""
    body = CoverageRead(periods=_library(request).coverage()).model_dump_json().encode()
    return answer(request, body, media_type="application/json")


router.add_api_route("/coverage", get_coverage, methods=["HEAD"], include_in_schema=False)


def coverage_page(request: Request) -> Response:
    """The same as a page."""
    periods = _library(request).coverage()
    return get_pages(request).render(request, "coverage.html", periods=periods, meanings=MEANINGS)


def coverage_csv(request: Request) -> Response:
    """The same as a table: a line for each figure and each kind of call."""
    body = csv_table(
        COLUMNS,
        (
            (p.since, p.until, figure, call_type, f.suppressed, f.n, f.share, f.low, f.high)
            for p in _library(request).coverage()
            for figure, call_type, f in (
                *((f.name, None, f) for f in p.figures),
                *(("with_video", f.name, f) for f in p.call_types),
            )
        ),
    )
    return table_file(request, body, name="coverage.csv")


def coverage_routes() -> list[BaseRoute]:
    """Page and table."""
    return [Route("/coverage", coverage_page), Route("/coverage.csv", coverage_csv)]


def _library(request: Request) -> Library:
    library: Library = request.app.state.library
    return library
