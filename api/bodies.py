"""How much anyone may send in one request, footage aside: both applications refuse more."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_OTHERS: Final[Mapping[str, int | None]] = MappingProxyType({})


class BodyLimit:
    """Middleware: whoever reads a body that is too large is stopped with 413, however it is sent."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest_bytes: int,
        advice: str,
        but: Mapping[str, int | None] = NO_OTHERS,
    ) -> None:
        """Wrap `app`; paths that begin with a name of `but` have its limit, or with None none here."""
        self.app = app
        self._largest_bytes = largest_bytes
        self._advice = advice
        self._but = but or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope.get("path", "")
        limits = (limit for prefix, limit in self._but.items() if path.startswith(prefix))
        most = next(limits, self._largest_bytes)
        if scope["type"] != "http" or most is None:
            await self.app(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._advice)
            return message

        await self.app(scope, counted, send)
