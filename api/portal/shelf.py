"""The list as it was last made: asked again before anything can have changed, it is sent again."""

from collections import OrderedDict
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.portal.answers import HTML, answer
from api.portal.index import ReleaseIndex

MOST_KEPT = 256  # pages of some 20 kB


class _Kept(NamedTuple):
    """A page and the state of the index that it was made from."""

    version: int
    page: Response


class Shelf:
    """Pages of the list by their address.

    One is sent as long as the index would not look at the store again before it answered, and knows
    of nothing else than when the page was made: nobody sees an older list than without the shelf.
    """

    def __init__(self, index: ReleaseIndex) -> None:
        """Start empty."""
        self._index = index
        self._kept: OrderedDict[tuple[str | None, bytes], _Kept] = OrderedDict()

    def keep(self, request: Request, page: Response, *, version: int) -> None:
        """Keep what was made from the index's state `version`; a 304 has nothing to keep."""
        if page.body:
            self._kept[_key(request)] = _Kept(version, page)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def find(self, request: Request) -> Response | None:
        """The page that is asked for, if it still holds."""
        kept = self._kept.get(_key(request))
        if kept is None or not self._index.is_fresh or kept.version != self._index.version:
            return None
        if "if-none-match" not in request.headers:
            return kept.page
        return answer(request, bytes(kept.page.body), media_type=HTML)


class FromShelf:
    """Middleware: answers for the list out of the shelf, before anything else is asked."""

    def __init__(self, app: ASGIApp, *, shelf: Shelf) -> None:
        """Wrap `app`."""
        self.app = app
        self._shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_list = scope["type"] == "http" and scope["path"] == "/"
        if is_list and scope["method"] in {"GET", "HEAD"}:
            page = self._shelf.find(Request(scope))
            if page is not None:
                await page(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _key(request: Request) -> tuple[str | None, bytes]:
    """Host and query: the page holds addresses as the reader typed them."""
    return request.headers.get("host"), request.scope["query_string"]
