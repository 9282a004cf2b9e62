"""What every answer of the desk carries, how large a request may be, and how fast one may guess."""

import threading
from collections import OrderedDict
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.desk.proofs import LARGEST_SENT, PROOF_FOLDERS
from api.problems import EdgeProblem

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
LARGEST_BODY = 1 << 20  # bytes of a form or a JSON document; footage comes through uploads
IMPORT_BODY = 256 << 20  # bytes of the files of one import: a year of calls of a large city
OTHER_BODIES = {
    "/v1/uploads/": None,
    "/v1/imports": IMPORT_BODY,
    "/imports": IMPORT_BODY,
    **dict.fromkeys(PROOF_FOLDERS, LARGEST_SENT),
}

SIGN_INS_PER_MINUTE = 20  # by one address, right or wrong
ADDRESSES_KEPT = 4096


class SecurityHeaders:
    """Middleware: the same headers on every answer; nothing but static files may be cached."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        """Wrap `app`; over `https` browsers are told to stay there."""
        self.app = app
        self.headers = dict(HEADERS)
        if https:
            self.headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_static = scope["path"].startswith("/static/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                headers["cache-control"] = "public, max-age=300" if is_static else "no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Throttle:
    """How many sign-ins, or refused links, one address may try per minute, in this process."""

    def __init__(self, per_minute: int = SIGN_INS_PER_MINUTE) -> None:
        """Start with nobody counted."""
        self.per_minute = per_minute
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[str, int], int] = OrderedDict()

    def count(self, address: str, *, minute: int) -> None:
        """Count one try.

        Raises:
            EdgeProblem: too many in this minute.
        """
        with self._lock:
            key = (address, minute)
            self._counts[key] = self._counts.get(key, 0) + 1
            while len(self._counts) > ADDRESSES_KEPT:
                self._counts.popitem(last=False)
            tries = self._counts[key]
        if tries > self.per_minute:
            raise EdgeProblem(
                HTTPStatus.TOO_MANY_REQUESTS,
                code="too-many-requests",
                detail="Too many tries from this address. Wait a minute and try again",
                headers={"retry-after": "60"},
            )
