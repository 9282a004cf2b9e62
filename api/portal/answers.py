"""Small bodies and the headers that every answer carries."""

import hashlib
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.ranges import matches

# No script runs here and nothing comes from elsewhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; "
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
REVALIDATE = {"cache-control": "no-cache"}


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


class SecurityHeaders:
    """Middleware: the same protection on every answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_protected if scope["type"] == "http" else send)
