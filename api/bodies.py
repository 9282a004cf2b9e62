"""How much anyone may send in one request, footage aside: both applications refuse more."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Middleware: whoever reads a body that is too large is stopped with 413, however it is sent."""

    def __init__(
        self, app: ASGIApp, *, largest_bytes: int, advice: str, but: str | None = None
    ) -> None:
        """Wrap `app`; what is sent to paths that begin with `but` is not limited here."""
        self.app = app
        self._largest_bytes = largest_bytes
        self._advice = advice
        self._but = but

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_free = self._but is not None and scope.get("path", "").startswith(self._but)
        if scope["type"] != "http" or is_free:
            await self.app(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._largest_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._advice)
            return message

        await self.app(scope, counted, send)
