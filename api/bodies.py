"""How much anyone may send in one request, footage aside: both applications refuse more."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Middleware: whoever reads a body that is too large is stopped with 413, however it is sent."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest_bytes: int,
        advice: str,
        but: Mapping[str, int | None] | None = None,
    ) -> None:
        """Wrap `app`; `but` gives beginnings of paths another limit, in bytes, or none at all."""
        self.app = app
        self._largest_bytes = largest_bytes
        self._advice = advice
        self._but = but or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        largest = self._limit_of(scope.get("path", ""))
        if scope["type"] != "http" or largest is None:
            await self.app(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._advice)
            return message

        await self.app(scope, counted, send)

    def _limit_of(self, path: str) -> int | None:
        """How many bytes may be sent to `path`; None for any number."""
        for beginning, limit in self._but.items():
            if path.startswith(beginning):
                return limit
        return self._largest_bytes
