"""A calendar address of one's own: no session, one person's rights, revocable, without a trace of itself."""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from api.desk.access_log import WithoutSecrets
from api.desk.app import create_app
from bwc.access.users import change_password, change_role, deactivate, get_user
from bwc.canonical import canonical_bytes
from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry, Role
from bwc.house import House
from tests.desks import SignIn, bearing_tokens, furnish, make_house
from tests.web import serving


@pytest.fixture
def house(catalog: Catalog, tmp_path: Path) -> House:
    """A furnished house."""
    house = make_house(catalog, tmp_path / "house")
    furnish(house)
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    """Clients with a bearer token."""
    with serving(create_app(house=house)) as desk, bearing_tokens(desk) as sign_in:
        yield sign_in


def address(client: httpx.Client) -> str:
    page = client.post("/account/calendar")
    found = re.search(r"https?://\S+/calendar/[\w-]+\.ics", page.text)
    assert found, page.text
    return found[0]


def test_a_calendar_is_fetched_without_a_session_and_names_nobody(
    sign_in: SignIn, house: House
) -> None:
    mine = address(sign_in(Role.RECORDS))
    fetched = httpx.get(mine)
    assert fetched.status_code == 200
    assert fetched.headers["cache-control"] == "no-store"
    assert "BEGIN:VEVENT" in fetched.text
    assert "BEGIN:VEVENT" not in httpx.get(mine, params={"role": "prosecutor"}).text
    with house.catalog.read() as session:
        person = get_user(session, Role.RECORDS.value)
        assert person.calendar_sha256 == hashlib.sha256(secret(mine).encode()).hexdigest()
        assert person.name not in fetched.text


def test_the_secret_is_shown_once_and_written_nowhere(sign_in: SignIn, house: House) -> None:
    records = sign_in(Role.RECORDS)
    mine = address(records)
    assert secret(mine) not in records.get("/account").text
    with house.catalog.read() as session:
        entries = session.scalars(sa.select(CustodyEntry.detail))
        written = b"".join(canonical_bytes(detail) for detail in entries)
    assert b'"calendar":"opened"' in written
    assert secret(mine).encode() not in written
    line = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s "%s %s HTTP/%s" %d',
        ("127.0.0.1:1", "GET", f"/calendar/{secret(mine)}.ics?role=records", "1.1", 200), None,
    )  # fmt: skip
    assert WithoutSecrets().filter(line)
    assert line.getMessage() == '127.0.0.1:1 "GET /calendar/...?role=records HTTP/1.1" 200'
    line.args = ("127.0.0.1:1", "GET", "/shared/a-secret_of-a-link/video", "1.1", 206)
    assert WithoutSecrets().filter(line)
    assert line.getMessage() == '127.0.0.1:1 "GET /shared/.../video HTTP/1.1" 206'


def test_a_newer_address_and_the_button_end_it(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    first = address(records)
    second = address(records)
    assert [httpx.get(url).status_code for url in (first, second)] == [404, 200]
    assert records.post("/account/calendar/end").status_code == 303
    assert httpx.get(second).status_code == 404


ENDS: dict[str, Callable[..., object]] = {
    "a new password": lambda session, **by: change_password(
        session, "records", password="another long password 7", **by
    ),
    "another role": lambda session, **by: change_role(session, "records", role=Role.AUDITOR, **by),
    "a closed account": lambda session, **by: deactivate(session, "records", **by),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_what_ends_sessions_ends_the_address(
    sign_in: SignIn, house: House, end: Callable[..., object]
) -> None:
    mine = address(sign_in(Role.RECORDS))
    with house.catalog.write() as session:
        end(session, by="admin", at=house.clock.now() + timedelta(seconds=1))
        session.commit()
    assert httpx.get(mine).status_code == 404


def test_it_opens_nothing_else_and_only_to_those_who_see_the_queue(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    mine = address(records)
    token = {"authorization": f"Bearer {secret(mine)}"}
    assert httpx.get(records.base_url.join("/v1/due.ics"), headers=token).status_code == 401
    assert httpx.get(records.base_url.join("/calendar/unknown.ics")).status_code == 404
    assert sign_in(Role.OVERSIGHT).post("/account/calendar").status_code == 403


def secret(url: str) -> str:
    return url.rsplit("/", maxsplit=1)[1].removesuffix(".ics")
