"""A desk to test: a house over a catalog, an account of every role, and one case half-way out."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx

from api.desk.app import create_app
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
from tests.web import serving

SignIn = Callable[[Role], httpx.Client]
SEEN = (
    "plan_id",
    "plan_sha256",
    "rendering_id",
    "decision_id",
    "recipient",
    "captions_sha256",
)


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


@contextmanager
def signing_in(house: House) -> Iterator[SignIn]:
    """A desk over `house`, and clients of it that are signed in by the form."""
    with ExitStack() as stack:
        desk = stack.enter_context(serving(create_app(house=house)))
        yield lambda role: stack.enter_context(signed_in(desk, role))


@contextmanager
def bearing_tokens(desk: str) -> Iterator[SignIn]:
    """Clients of the desk at this address that send a bearer token, as programs do."""
    with ExitStack() as stack:

        def client(role: Role) -> httpx.Client:
            body = {"username": role.value, "password": PASSWORD}
            answer = httpx.post(f"{desk}/v1/sessions", json=body)
            assert answer.status_code == HTTPStatus.CREATED, answer.text
            bearer = {"authorization": f"Bearer {answer.json()['token']}"}
            return stack.enter_context(httpx.Client(base_url=desk, headers=bearer))

        yield client


def with_csrf(client: httpx.Client) -> httpx.Client:
    """The same client, which sends the token of its forms with all it does from now on."""
    client.headers["x-csrf-token"] = csrf_of(client.get("/account").text)
    return client


def seen_on(page: str) -> dict[str, str]:
    """What the page of a release shows, as its form to approve names it."""
    return dict(re.findall(rf'name="({"|".join(SEEN)})" value="([^"]+)"', page))


def looked_at(client: httpx.Client, release: str) -> dict[str, str | None]:
    """What `/v1` shows of a release at this path, as an approval names it."""
    shown = client.get(release).json()
    return {name: shown[name] for name in SEEN}


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
