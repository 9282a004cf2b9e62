"""The persons of a recording through the desk's JSON API."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry, Job, Plan, Role
from bwc.custody.acts import Act
from bwc.house import House
from bwc.redaction.by_hand import unhide
from bwc.redaction.keep import keep_plan
from bwc.redaction.keep_persons import StoredCrop, keep_persons
from bwc.redaction.keys import Region
from bwc.redaction.people import group
from bwc.redaction.plan import Kind
from tests.desk_ids import CASE
from tests.desks import SignIn, csrf_of, furnish, make_house, signing_in
from tests.plans import make_plan, still

CROP = b"a picture of somebody"
PERSONS = f"/v1/recordings/{CASE.own_recording}/persons"
CHANGES = f"/v1/recordings/{CASE.own_recording}/plan/changes"


@pytest.fixture
def house(catalog: Catalog, tmp_path: Path) -> House:
    """A house with a recording of two persons, one of them left visible and pictured."""
    house = make_house(catalog, tmp_path / "house")
    furnish(house)
    two = make_plan(
        still(1, Kind.FACE, Region(10, 10, 90, 90)), still(2, Kind.FACE, Region(300, 10, 380, 90))
    )
    plan = unhide(group(two), 2, reason="The officer himself", by="records")
    stored = house.vault.put(io.BytesIO(CROP))
    now = house.clock.now()
    with house.catalog.write() as session:
        row = keep_plan(
            session, plan, recording_id=CASE.own_recording, author="bwc", job_id=None, at=now
        )
        keep_persons(session, row, [StoredCrop(2, stored.sha256, stored.size_bytes)], at=now)
        session.commit()
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield sign_in


def test_who_is_in_a_recording_and_who_stays_visible_is_listed(sign_in: SignIn) -> None:
    answer = sign_in(Role.RECORDS).get(PERSONS).json()
    assert answer["plan_version"] == 2
    assert [(line["person"], line["standing"], line["crop"]) for line in answer["items"]] == [
        (1, "hidden", None),
        (2, "left visible", f"{PERSONS}/2/crop"),
    ]
    assert answer["items"][1]["reasons"] == ["The officer himself"]
    assert answer["items"][1]["authors"] == ["person:records"]


def test_a_look_at_a_person_is_written_down_before_it_is_given(
    house: House, sign_in: SignIn
) -> None:
    answer = sign_in(Role.SUPERVISOR).get(f"{PERSONS}/2/crop")
    assert (answer.content, answer.headers["content-type"]) == (CROP, "image/jpeg")
    assert answer.headers["cache-control"] == "no-store"
    with house.catalog.read() as session:
        looks = sa.select(CustodyEntry).where(CustodyEntry.act == Act.VIEWING.value)
        look = session.scalars(looks).one()
    assert (look.actor, look.detail["shown"]) == ("supervisor", "picture of a person")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.OVERSIGHT, Role.ADMIN])
def test_nobody_else_sees_who_is_in_a_recording_not_even_its_officer(
    sign_in: SignIn, role: Role
) -> None:
    client = sign_in(role)
    assert client.get(PERSONS).status_code == 403
    assert client.get(f"{PERSONS}/2/crop").status_code == 403


@pytest.mark.parametrize("place", [f"{PERSONS}/1/crop", "/v1/recordings/nothing/persons"])
def test_what_is_not_there_is_not_found(sign_in: SignIn, place: str) -> None:
    assert sign_in(Role.RECORDS).get(place).status_code == 404


def test_a_recording_without_a_plan_has_no_persons(sign_in: SignIn) -> None:
    answer = sign_in(Role.RECORDS).get(f"/v1/recordings/{CASE.other_recording}/persons")
    assert answer.json() == {"plan_version": None, "items": []}


def test_leaving_a_person_visible_is_a_version_of_the_plan_that_keeps_the_pictures(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(Role.RECORDS)
    csrf = {"x-csrf-token": csrf_of(client.get("/account").text)}
    shown = {"change": "show", "plan_version": 2, "person": 1, "reason": "He asked for it"}
    assert client.post(CHANGES, json=shown, headers=csrf).status_code == 201
    after = client.get(PERSONS).json()
    assert [line["standing"] for line in after["items"]] == ["left visible", "left visible"]
    assert after["items"][1]["crop"] == f"{PERSONS}/2/crop"
    hidden = {"change": "hide", "plan_version": 3, "person": 2}
    assert client.post(CHANGES, json=hidden, headers=csrf).status_code == 201
    assert client.get(PERSONS).json()["items"][1]["standing"] == "hidden"
    with house.catalog.read() as session:
        newest = session.scalars(sa.select(Plan).order_by(Plan.version.desc())).first()
        asked = sa.select(Job).where(Job.subject_id == CASE.own_recording)
        assert session.scalars(asked).all() == [], "nothing is rendered before it is asked for"
    assert newest is not None
    assert (newest.version, newest.author) == (4, "records")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.OVERSIGHT, Role.ADMIN])
def test_nobody_else_decides_who_stays_visible(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    csrf = {"x-csrf-token": csrf_of(client.get("/account").text)}
    shown = {"change": "show", "plan_version": 2, "person": 1, "reason": "please"}
    assert client.post(CHANGES, json=shown, headers=csrf).status_code == 403


@pytest.mark.parametrize("way", ["hide", "unhide"])
def test_there_is_no_second_way_that_renders_at_once(sign_in: SignIn, way: str) -> None:
    assert sign_in(Role.RECORDS).post(f"{PERSONS}/1/{way}", json={}).status_code == 404


def test_the_form_that_orders_a_redaction_asks_how_it_is_rendered(
    house: House, sign_in: SignIn
) -> None:
    client, place = sign_in(Role.RECORDS), f"/recordings/{CASE.own_recording}"
    page = client.get(place).text
    assert '<select name="render"><option value="smart">' in page
    form = {"csrf": csrf_of(page), "hide": ["face", "head"], "render": "full"}
    assert client.post(f"{place}/redactions", data=form).status_code == 303
    with house.catalog.read() as session:
        jobs = session.scalars(sa.select(Job).where(Job.kind.in_(["analyse", "render"])))
        asked = [job.arguments.get("render") for job in jobs if job.subject_id in place]
    assert asked == ["full", "full"]
