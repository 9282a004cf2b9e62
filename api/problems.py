"""Errors as RFC 9457 problems: the one table from our error classes to HTTP statuses.

Both applications install this. A problem carries our `code` in `type`, the sentence a person can
act on in `detail`, and the request id in `instance`. Where a browser asked for a page, the
application may render the same problem as one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bwc.canonical import JsonObject
from bwc.errors import (
    BwcError,
    Cancelled,
    Conflict,
    IntegrityError,
    InvalidInput,
    NotFound,
    NotPermitted,
    TransientError,
)
from bwc.ids import new_id

MEDIA_TYPE = "application/problem+json"
REQUEST_ID_HEADER = "x-request-id"

STATUS: dict[type[BwcError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    NotPermitted: HTTPStatus.FORBIDDEN,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    IntegrityError: HTTPStatus.INTERNAL_SERVER_ERROR,
    TransientError: HTTPStatus.SERVICE_UNAVAILABLE,
    Cancelled: HTTPStatus.CONFLICT,
    BwcError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, ready to be sent as JSON or shown as a page."""

    status: HTTPStatus
    code: str
    detail: str
    request_id: str
    errors: list[JsonObject] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The status in words."""
        return self.status.phrase

    def document(self) -> JsonObject:
        """The members of RFC 9457, and `errors` where fields are at fault."""
        document: JsonObject = {
            "type": f"urn:bwc:problem:{self.code}",
            "title": self.title,
            "status": int(self.status),
            "detail": self.detail,
            "instance": f"urn:uuid:{self.request_id}",
        }
        if self.errors:
            document["errors"] = list(self.errors)
        return document


class ProblemDocument(BaseModel):
    """The shape of every error (RFC 9457), for the OpenAPI document."""

    type: str = Field(examples=["urn:bwc:problem:not-found"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request id, to be quoted when asking for help")
    errors: list[dict[str, Any]] | None = Field(None, description="One entry per field at fault")


class EdgeProblem(Exception):
    """A refusal that only the web knows: not signed in, too many requests, a forged form."""

    def __init__(
        self, status: HTTPStatus, *, code: str, detail: str, headers: dict[str, str] | None = None
    ) -> None:
        """Keep the parts; `detail` says what to do next."""
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}


Page = Callable[[Request, Problem], Response]


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route declares in `responses=` for the problems it may send."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": ProblemDocument.model_json_schema()}},
        }
        for status in statuses
    }


def install_problems(
    app: FastAPI, *, page: Page | None = None, always: Mapping[str, str] | None = None
) -> None:
    """Send every error of `app` as a problem.

    Args:
        app: the application.
        page: renders a problem for a browser; JSON goes to all others and to everything in `/v1`.
        always: headers of every problem; the answer to a crash is made outside all middleware.
    """

    def answer(request: Request, problem: Problem, headers: dict[str, str]) -> Response:
        if page is not None and _wants_page(request):
            response = page(request, problem)
        else:
            response = JSONResponse(problem.document(), int(problem.status), media_type=MEDIA_TYPE)
        response.headers.update({**(always or {}), **headers})
        return response

    def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, BwcError)  # noqa: S101  registered for this class alone
        problem = problem_of(error, request_id=request_id(request))
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("request_failed", code=error.code, request_id=problem.request_id)
        retry = {"retry-after": "5"} if isinstance(error, TransientError) else {}
        return answer(request, problem, retry)

    def edge(request: Request, error: Exception) -> Response:
        assert isinstance(error, EdgeProblem)  # noqa: S101  registered for this class alone
        problem = Problem(error.status, error.code, error.detail, request_id(request))
        return answer(request, problem, error.headers)

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return answer(request, _validation_problem(error, request_id(request)), {})

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        status = HTTPStatus(error.status_code)
        code = status.phrase.lower().replace(" ", "-")
        detail = error.detail if error.detail != status.phrase else status.description
        problem = Problem(status, code, detail or status.phrase, request_id(request))
        return answer(request, problem, dict(error.headers or {}))

    def unexpected(request: Request, error: Exception) -> Response:
        log.error("request_crashed", request_id=request_id(request), exc_info=error)
        detail = "Something failed that we did not foresee. Nothing was changed"
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return answer(request, Problem(status, "error", detail, request_id(request)), {})

    app.add_exception_handler(BwcError, ours)
    app.add_exception_handler(EdgeProblem, edge)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)


def problem_of(error: BwcError, *, request_id: str) -> Problem:
    """`error` as a problem; its status comes from the nearest class in `STATUS`."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return Problem(status, error.code, error.message(), request_id)


def request_id(request: Request) -> str:
    """The id that `RequestIds` gave this request."""
    known: str = request.scope.get("state", {}).get("request_id", "")
    return known or new_id()


class RequestIds:
    """Middleware: gives each request an id, binds it to the log and sends it back."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = new_id()
        scope.setdefault("state", {})["request_id"] = name

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = name
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=name):
            await self.app(scope, receive, send_with_id)


def _wants_page(request: Request) -> bool:
    if request.url.path.startswith("/v1"):
        return False
    return "text/html" in request.headers.get("accept", "")


def _validation_problem(error: RequestValidationError, name: str) -> Problem:
    """Which fields are wrong and why; what was typed is not sent back, it may be a secret."""
    errors: list[JsonObject] = [
        {"field": ".".join(str(part) for part in item["loc"]), "message": str(item["msg"])}
        for item in error.errors()
    ]
    first = f"{errors[0]['field']}: {errors[0]['message']}" if errors else "the request is invalid"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-input", first, name, errors)
