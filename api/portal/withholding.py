"""What the public does not see: withheld by rule, late by day, put off and taken back with the reason."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.routing import BaseRoute, Route

from api.portal.answers import answer
from api.portal.daybook import Daybook
from api.portal.documents import LogEntry, UpcomingCase, Withheld
from api.portal.library import Library
from api.portal.mailing import Mailbox
from api.portal.templating import get_pages
from api.problems import problem_responses

MOST_SHOWN = 100  # extensions on the page; the table of the log has them all

router = APIRouter(prefix="/v1", tags=["withheld"])


class LateCase(UpcomingCase):
    """A case whose day is over."""

    days_late: int


class WithheldRead(BaseModel):
    """Everything the public does not see, as numbers.

    Of extensions and withdrawals the newest 1,000 and how many there are; `/log.csv` has them all.
    """

    withheld: Withheld
    late: list[LateCase]
    extended: list[LogEntry]
    extended_total: int
    withdrawn: list[LogEntry]
    withdrawn_total: int


class UpcomingRead(BaseModel):
    """The cases on the clock, the earliest first."""

    cases: list[UpcomingCase]


@router.get("/withheld", response_model=WithheldRead, responses=problem_responses(503))
def get_withheld(request: Request) -> Response:
    """How many cases each rule keeps from the public, which are late, what was taken back."""
    body = _read(request).model_dump_json().encode()
    return answer(request, body, media_type="application/json")


@router.get("/upcoming", response_model=UpcomingRead, responses=problem_responses(503))
def get_upcoming(request: Request) -> Response:
    """The cases on the clock: due day, what the rules say, what they wait for."""
    library: Library = request.app.state.library
    body = UpcomingRead(cases=library.upcoming().cases).model_dump_json().encode()
    return answer(request, body, media_type="application/json")


for path, endpoint in (("/withheld", get_withheld), ("/upcoming", get_upcoming)):
    router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


def withheld_page(request: Request) -> Response:
    """The same as a page."""
    read = _read(request)
    return get_pages(request).render(
        request,
        "withheld.html",
        withheld=read.withheld,
        late=read.late,
        extended=read.extended,
        extended_total=read.extended_total,
        withdrawn=read.withdrawn,
        withdrawn_total=read.withdrawn_total,
        most=MOST_SHOWN,
    )


def withholding_routes() -> list[BaseRoute]:
    """The page."""
    return [Route("/withheld", withheld_page)]


def late_cases(cases: list[UpcomingCase], *, now: datetime) -> list[LateCase]:
    """Those of `cases` whose moment is past, the latest due last."""
    return [
        LateCase(**case.model_dump(), days_late=(now - case.due).days)
        for case in sorted((c for c in cases if c.due), key=lambda c: str(c.due))
        if case.due is not None and case.due < now
    ]


def _read(request: Request) -> WithheldRead:
    library: Library = request.app.state.library
    mailbox: Mailbox = request.app.state.mailbox
    daybook: Daybook = request.app.state.daybook
    log = daybook.read()
    return WithheldRead(
        withheld=library.withheld(),
        late=late_cases(library.upcoming().cases, now=mailbox.clock.now()),
        extended=list(log.extended.entries),
        extended_total=log.extended.total,
        withdrawn=list(log.withdrawn.entries),
        withdrawn_total=log.withdrawn.total,
    )
