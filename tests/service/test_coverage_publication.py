"""A period's coverage figures are looked at on the desk, and exactly those are published."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.access.roles import Right, allowed
from bwc.access.second_factor import GUARDED
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, CallUnit, CustodyEntry, Officer, Role
from bwc.custody.acts import Act
from bwc.house import House
from tests.desks import SignIn, furnish, make_house, signing_in, with_csrf
from tests.roster import Stay, Town, at

DAYS = {"first": "2026-03-02", "last": "2026-03-08"}
PLACE = "/v1/coverage/publications"


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    """Twelve calls of one kind, half of them filmed."""
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    with sqlite_catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        town.shift("7", 0, 24)
        for hour in range(12):
            town.call(f"26-{hour}", hour, Stay("7", hour + 0.1, hour + 0.9))
        town.film(0, 6, serial="cam-1")
        session.commit()
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield lambda role: with_csrf(sign_in(role))


def published(house: House) -> list[str]:
    return list(house.public.keys("coverage/"))


def acts(house: House) -> list[CustodyEntry]:
    query = sa.select(CustodyEntry).where(CustodyEntry.act == Act.COVERAGE_PUBLISHED.value)
    with house.catalog.read() as session:
        return list(session.scalars(query))


def test_figures_are_looked_at_first_and_then_published_as_they_were(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(Role.SUPERVISOR)
    seen = client.get(f"{PLACE}/preview", params=DAYS).json()
    page = client.get("/coverage/publication", params=DAYS).text
    assert seen["sha256"] in page
    assert "Publish on the portal" in page
    assert "R. Vega" not in page + str(seen)
    assert published(house) == []
    answer = client.post(PLACE, json={**DAYS, "sha256": seen["sha256"]})
    assert answer.status_code == 201, answer.text
    (key,) = published(house)
    assert answer.json() == {"key": key}
    out = json.loads(b"".join(house.public.read(key)))
    assert out["figures"] == seen["document"]["figures"]
    (entry,) = acts(house)
    assert (entry.actor, entry.subject_id) == ("supervisor", key)
    again = client.get("/coverage/publication", params=DAYS).text
    assert "in place of those that are out" in again
    listed = client.get(PLACE).json()["items"]
    assert listed == [{"first": DAYS["first"], "last": DAYS["last"]}]


def test_by_the_form_as_by_json(house: House, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    sha256 = client.get(f"{PLACE}/preview", params=DAYS).json()["sha256"]
    sent = client.post("/coverage/publication", data={**DAYS, "sha256": sha256})
    assert sent.headers["location"] == "/coverage/publication?note=coverage_published"
    assert len(published(house)) == 1


def test_other_figures_than_those_that_were_looked_at_are_not_published(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(Role.SUPERVISOR)
    sha256 = client.get(f"{PLACE}/preview", params=DAYS).json()["sha256"]
    with house.catalog.write() as session:
        officer = session.scalars(sa.select(Officer).where(Officer.badge == "7")).one()
        call = Call(number="late", type="disturbance", priority=2, received_at=at(20), district="1")
        session.add(call)
        session.flush()
        session.add(
            CallUnit(
                call_id=call.id, officer_id=officer.id, dispatched_at=at(20),
                arrived_at=at(20.1), cleared_at=at(20.9),
            )
        )  # fmt: skip
        session.commit()
    answer = client.post(PLACE, json={**DAYS, "sha256": sha256})
    assert (answer.status_code, "not those that you looked at" in answer.text) == (409, True)
    assert (published(house), acts(house)) == ([], [])


def test_days_that_are_not_over_are_not_published(house: House, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    for first, last in (
        ("2026-03-02", "2026-03-12"),  # today
        ("2026-03-02", "2027-01-01"),
        ("2026-03-08", "2026-03-02"),
        ("2026-03-02", "x"),
    ):
        days = {"first": first, "last": last}
        assert client.post(PLACE, json={**days, "sha256": "0" * 64}).status_code == 422, last
        assert client.get(f"{PLACE}/preview", params=days).status_code == 422, last
    page = client.get("/coverage/publication?first=2026-03-02&last=2026-03-12")
    assert (page.status_code, "days that are over" in page.text) == (200, True)
    assert published(house) == []


def test_periods_that_overlap_are_refused(house: House, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)

    def put_out(**days: str) -> int:
        seen = client.get(f"{PLACE}/preview", params=days).json()["sha256"]
        return client.post(PLACE, json={**days, "sha256": seen}).status_code

    assert put_out(**DAYS) == 201
    assert put_out(first="2026-03-02", last="2026-03-07") == 409
    assert put_out(**DAYS) == 201, "the same one is renewed"
    assert len(published(house)) == 1
    assert len(acts(house)) == 2


def test_publishing_asks_for_the_second_factor() -> None:
    """Who may is the table's to say; `test_desk_routes` walks it."""
    assert Right.PUBLISH_COVERAGE in GUARDED
    assert [role for role in Role if allowed(role, Right.PUBLISH_COVERAGE)] == [Role.SUPERVISOR]
