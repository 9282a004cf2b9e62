"""The desk, put together: `uvicorn --factory api.desk.app:create_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api.bodies import BodyLimit
from api.desk import v1
from api.desk.access_log import mask_access_log
from api.desk.pages import (
    account,
    administration,
    audit_footage,
    audits,
    calendar,
    calls,
    cameras,
    comments,
    comparisons,
    coverage,
    findings,
    footage,
    health,
    imports,
    incidents,
    jobs,
    ledger,
    letters,
    links,
    media,
    officers,
    own_pages,
    people,
    policy,
    proofs,
    publication,
    queue,
    recordings,
    redactions,
    releases,
    requests,
    reviewing,
    search,
    second_factor,
    shared,
    sign_in,
    statutory,
    trends,
    units,
    users,
)
from api.desk.security import HEADERS, LARGEST_BODY, OTHER_BODIES, SecurityHeaders, Throttle
from api.desk.templating import FOLDER, Pages
from api.problems import RequestIds, install_problems
from bwc.house import House, open_house
from bwc.settings import Settings, load_settings

OPENAPI = "/v1/openapi.json"
PAGES = (
    health,
    sign_in,
    account,
    second_factor,
    calendar,
    own_pages,
    queue,
    search,
    incidents,
    people,
    proofs,
    requests,
    letters,
    recordings,
    redactions,
    reviewing,
    comments,
    media,
    releases,
    links,
    shared,
    jobs,
    coverage,
    publication,
    officers,
    calls,
    cameras,
    units,
    trends,
    comparisons,
    statutory,
    findings,
    footage,
    audits,
    audit_footage,
    ledger,
    policy,
    users,
    administration,
    imports,
)


def create_app(settings: Settings | None = None, *, house: House | None = None) -> FastAPI:
    """The desk over one house, opened here once.

    Args:
        settings: default: those of this process's environment.
        house: a house that is open already; it then stays open when the application ends.
    """
    opened = house or open_house(settings or load_settings())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if house is None:
            opened.catalog.close()

    app = FastAPI(
        title="bwc desk",
        version="1",
        description="Redact, review, release and audit. Errors are problem+json (RFC 9457).",
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    mask_access_log()
    app.state.house = opened
    app.state.pages = Pages(opened)
    app.state.throttle = Throttle()
    install_problems(app, page=app.state.pages.problem, always=HEADERS)
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    for router in v1.ROUTERS:
        app.include_router(router, prefix="/v1")
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    app.add_middleware(
        BodyLimit,
        largest_bytes=LARGEST_BODY,
        advice="Send footage through uploads.",
        but=OTHER_BODIES,
    )
    app.add_middleware(SecurityHeaders, https=opened.settings.desk.secure_cookies)
    app.add_middleware(RequestIds)
    return app
