"""Small bodies and the headers that every answer carries."""

import hashlib
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.ranges import matches

# Scripts are files of ours that improve what works without them; nothing comes from elsewhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
READABLE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "accept-ranges, content-length, content-range, etag",
}
ASKED_BEFOREHAND = READABLE | {
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "if-modified-since, if-none-match, if-range, range",
    "access-control-max-age": "86400",
}
RawHeaders = list[tuple[bytes, bytes]]
READING = ("GET", "HEAD", "OPTIONS")
REVALIDATE = {"cache-control": "no-cache"}
HTML = "text/html; charset=utf-8"


def answer(
    request: Request, body: bytes, *, media_type: str, status: int = HTTPStatus.OK
) -> Response:
    """`body` with its hash as ETag, or 304 where the reader has it already."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": etag, **REVALIDATE}
    if status == HTTPStatus.OK and matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, status_code=status, headers=headers, media_type=media_type)


def origin(request: Request) -> str:
    """The portal's address as the settings give it, else as the reader typed it."""
    configured: str | None = request.app.state.settings.portal.base_url
    return (configured or str(request.base_url)).rstrip("/")


class AnySite:
    """Middleware: pages of any site may read what is here (CORS), and send nothing.

    No cookie and no password exists here, so that `*` gives away nothing; but what somebody writes
    is answered to the portal's own pages alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a browser that asks beforehand is answered at once."""
        if scope["type"] != "http" or scope["method"] not in READING:
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await Response(status_code=HTTPStatus.NO_CONTENT, headers=ASKED_BEFOREHAND)(
                scope, receive, send
            )
            return

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(message["headers"], _READABLE)
            await send(message)

        await self.app(scope, receive, send_readable)


class SecurityHeaders:
    """Middleware: the same protection on every answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(message["headers"], _PROTECTION)
            await send(message)

        await self.app(scope, receive, send_protected if scope["type"] == "http" else send)


def _raw(headers: dict[str, str]) -> RawHeaders:
    """`headers` as they are sent."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _with(headers: RawHeaders, ours: RawHeaders) -> RawHeaders:
    """`headers` with `ours`, which take the place of any of the same name."""
    names = {name for name, _ in ours}
    return [pair for pair in headers if pair[0] not in names] + ours


_READABLE, _PROTECTION = _raw(READABLE), _raw(SECURITY_HEADERS)
