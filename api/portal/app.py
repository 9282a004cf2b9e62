"""The portal: an application that can be started with nothing but a folder of public files."""

from http import HTTPStatus
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from api.bodies import BodyLimit
from api.portal import v1, v1_letters, v1_record
from api.portal.answers import SECURITY_HEADERS, AnySite, SecurityHeaders
from api.portal.coverage import coverage_routes
from api.portal.coverage import router as coverage_router
from api.portal.daybook import Daybook
from api.portal.facets import Query
from api.portal.forms import form_routes
from api.portal.index import ReleaseIndex
from api.portal.library import Library
from api.portal.limits import LARGEST_BODY, TOO_LARGE, HourlyLimit
from api.portal.machines import machine_routes
from api.portal.mailing import Mailbox
from api.portal.pages import page_routes
from api.portal.settings import PortalSettings
from api.portal.shelf import FromShelf, Shelf
from api.portal.templating import FOLDER, Pages, get_pages
from api.portal.withholding import router as withheld_router
from api.portal.withholding import withholding_routes
from api.problems import Problem, RequestIds, install_problems
from bwc.clock import SystemClock
from bwc.settings import read_settings
from bwc.vault.protocol import PublicStore

ROUTERS = (v1.router, v1_record.router, withheld_router, coverage_router, v1_letters.router)


def create_app(
    settings: PortalSettings | None = None, *, store: PublicStore | None = None
) -> FastAPI:
    """The application; without arguments it reads its own part of the environment."""
    told = settings or read_settings(PortalSettings)
    public = store or told.open_store()
    library = Library(public)
    app = FastAPI(
        title=f"{told.department.name}: released body-camera footage",
        version=version("bwc"),
        description="The public record of released body-camera footage. Reading needs no account.",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = told
    app.state.library = library
    app.state.index = ReleaseIndex(library)
    app.state.shelf = Shelf(app.state.index)
    app.state.daybook = Daybook(library)
    app.state.pages = Pages(told)
    app.state.mailbox = Mailbox(
        public, told.open_inbox(), HourlyLimit(told.portal.letters_per_hour), SystemClock()
    )
    for router in ROUTERS:
        app.include_router(router)
    _add_health(app)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    app.router.routes.extend(
        [
            *page_routes(),
            *withholding_routes(),
            *coverage_routes(),
            *form_routes(),
            *machine_routes(),
        ]
    )
    install_problems(app, page=_problem_page, always=SECURITY_HEADERS)
    app.add_middleware(FromShelf, shelf=app.state.shelf)
    app.add_middleware(BodyLimit, largest_bytes=LARGEST_BODY, advice=TOO_LARGE)
    app.add_middleware(AnySite)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestIds)
    return app


def _problem_page(request: Request, problem: Problem) -> Response:
    return get_pages(request).problem(request, problem)


def _add_health(app: FastAPI) -> None:
    """Whether the process lives, and whether it can read the public record."""

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", include_in_schema=False)
    def readyz(request: Request) -> JSONResponse:
        index: ReleaseIndex = request.app.state.index
        return JSONResponse(
            {"status": "ready", "releases": len(index.find(Query()).rows)}, HTTPStatus.OK
        )
