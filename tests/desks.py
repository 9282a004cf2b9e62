"""A desk to test: a house over a catalog, an account of every role, and one case half-way out."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx

from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    Role,
)
from bwc.clock import FixedClock
from bwc.house import House
from bwc.settings import Department, Desk, Settings
from bwc.vault.local import LocalPublicStore, LocalVault
from tests.desk_case import rows_of
from tests.desk_file import write_ledger
from tests.desk_ids import CASE, NOW, PASSWORD, Case


def make_house(
    catalog: Catalog, folder: Path, *, port: int = 8081, department: Department | None = None
) -> House:
    """A house over `catalog`, its stores in `folder`, its clock at NOW."""
    settings = Settings(
        home=folder, desk=Desk(port=port), department=department or Department(), _env_file=None
    )
    return House(
        settings=settings,
        catalog=catalog,
        vault=LocalVault(folder / "vault"),
        public=LocalPublicStore(folder / "public"),
        clock=FixedClock(NOW),
    )


@contextmanager
def signed_in(desk: str, role: Role) -> Iterator[httpx.Client]:
    """A browser-like client at the address `desk`, signed in by the form; it follows nothing."""
    with httpx.Client(base_url=desk, timeout=30) as client:  # a busy machine answers late
        token = csrf_of(client.get("/sign-in").text)
        form = {"username": role.value, "password": PASSWORD, "csrf": token}
        assert client.post("/sign-in", data=form).status_code == HTTPStatus.SEE_OTHER
        yield client


def csrf_of(page: str) -> str:
    """The token that a page's forms carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def furnish(house: House, *, video: bytes = b"not a video", poster: bytes = b"no picture") -> Case:
    """Write one account per role (user name = role) and one case into an empty catalog."""
    proxy = house.vault.put(io.BytesIO(video)).sha256
    still = house.vault.put(io.BytesIO(poster)).sha256
    with house.catalog.write() as session:
        for row in rows_of(proxy, still):
            session.add(row)
            session.flush()
        write_ledger(session)
        session.commit()
    return CASE
