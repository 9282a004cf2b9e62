"""A portal that really listens, in a thread of the test's process."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from api.portal.app import create_app
from api.portal.settings import PortalSettings
from bwc.settings import Store

PATIENCE_SECONDS = 20


def portal_of(folder: Path, *, inbox: Path | None = None) -> FastAPI:
    """The portal over a folder of public files; its inbox is beside it where none is named."""
    letters = Store(folder=inbox or folder.parent / "inbox")
    return create_app(PortalSettings(public=Store(folder=folder), inbox=letters))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve `app` on a free loopback port; its address."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def refreshed(client: httpx.Client, path: str, until: str) -> str:
    """The page when the portal has noticed a change; it looks once a second."""
    end = time.monotonic() + 10
    while (page := client.get(path).text) and until not in page:
        assert time.monotonic() < end, f"{until!r} did not appear"
        time.sleep(0.05)
    return page
