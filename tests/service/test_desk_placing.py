"""Tying what came in without an incident, over JSON; and who may know who complained."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Hold, Role
from tests.desk_ids import CASE, PASSWORD
from tests.desks import furnish, make_house
from tests.web import serving

pytestmark = pytest.mark.service

SAID = {
    "filed_by": "civilian",
    "about_misconduct": True,
    "description": "Rude.\n\nName: Pat Secret\n\nHow to reach the writer: pat@b.example",
}


@pytest.fixture
def desk(sqlite_catalog: Catalog, tmp_path: Path) -> Iterator[str]:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house, video=b"v" * 100)
    with serving(create_app(house=house)) as address:
        yield address


def as_role(desk: str, role: Role) -> httpx.Client:
    body = {"username": role.value, "password": PASSWORD}
    token = httpx.post(f"{desk}/v1/sessions", json=body).json()["token"]
    return httpx.Client(base_url=desk, headers={"authorization": f"Bearer {token}"})


def test_a_complaint_and_a_request_are_tied_once_and_the_recordings_are_held(
    desk: str, sqlite_catalog: Catalog
) -> None:
    incident = {"incident_id": CASE.second_incident}
    asked = {"requester_role": "press", "channel": "mail", "description": "All"}
    with as_role(desk, Role.RECORDS) as records:
        complaint = records.post("/v1/complaints", json=SAID).json()["id"]
        request = records.post("/v1/requests", json=asked).json()["id"]
        waiting = records.get("/v1/unplaced").json()
        assert complaint in [one["id"] for one in waiting["complaints"]]
        assert request in [one["id"] for one in waiting["requests"]]
        tie = f"/v1/complaints/{complaint}/incident"
        assert records.post(tie, json={"incident_id": "none"}).status_code == 404
        assert records.post(tie, json=incident).status_code == 200
        assert records.post(tie, json=incident).status_code == 409
        tied = records.post(f"/v1/requests/{request}/incident", json=incident)
        assert tied.json()["incident_id"] == CASE.second_incident
        left = records.get("/v1/unplaced").json()
        assert complaint not in [one["id"] for one in left["complaints"]]
    with sqlite_catalog.read() as session:
        held = sa.select(Hold.reason).where(Hold.incident_id == CASE.second_incident)
        assert any(reason.startswith("Complaint ") for reason in session.scalars(held))


def test_letters_that_could_not_be_opened_are_told_of(desk: str, tmp_path: Path) -> None:
    page = {"accept": "text/html"}
    with as_role(desk, Role.RECORDS) as records:
        assert "could not be opened" not in records.get("/requests", headers=page).text
        folder = tmp_path / "house" / "inbox" / "unread"
        folder.mkdir(parents=True)
        (folder / "junk").write_bytes(b"junk")
        said = "1 letter of the public could not be opened."
        assert said in records.get("/requests", headers=page).text


def test_who_may_not_see_who_complained_reads_the_complaint_alone(desk: str) -> None:
    path = f"/v1/incidents/{CASE.second_incident}"
    with as_role(desk, Role.RECORDS) as records:
        records.post("/v1/complaints", json=SAID | {"incident_id": CASE.second_incident})
        assert "Pat Secret" in records.get(path).text
    for role in (Role.OVERSIGHT, Role.AUDITOR):
        with as_role(desk, role) as other:
            told = other.get(path).json()["complaints"]
            assert [one["description"] for one in told] == ["Rude."]
            page = other.get(
                f"/incidents/{CASE.second_incident}", headers={"accept": "text/html"}
            ).text
            assert "Pat Secret" not in page
            assert "pat@b.example" not in page
            assert other.get("/v1/unplaced").status_code == 403
