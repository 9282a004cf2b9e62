"""Staff propose for one person, approve, issue and take back by forms and by the JSON API."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from tests.desk_ids import PASSWORD
from tests.desks import csrf_of, looked_at, seen_on, signed_in
from tests.link_room import RECIPIENT, LinkRoom, words_of
from tests.web import serving

pytestmark = [pytest.mark.service, pytest.mark.media]

STAFF = (Role.RECORDS, Role.SUPERVISOR, Role.AUDITOR, Role.OVERSIGHT)


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkRoom:
    monkeypatch.chdir(tmp_path)
    room = LinkRoom(tmp_path, sqlite_catalog)
    room.write_pack(outcome="VIEW_ONLY")
    room.open_case()
    room.ask()
    room.render()
    room.run()
    room.open_accounts(*STAFF)
    return room


@pytest.fixture
def desk(room: LinkRoom) -> Iterator[str]:
    with serving(create_app(house=room.house)) as address:
        yield address


def send(client: httpx.Client, path: str, **form: str) -> httpx.Response:
    """A form of the desk with its token; a refusal fails the test."""
    token = csrf_of(client.get("/account").text)
    answer = client.post(path, data=form | {"csrf": token})
    assert answer.status_code < 400, words_of(answer.text)[:400]
    return answer


@contextmanager
def bearer(desk: str, role: Role) -> Iterator[httpx.Client]:
    body = {"username": role.value, "password": PASSWORD}
    token = httpx.post(f"{desk}/v1/sessions", json=body, timeout=60).json()["token"]
    with httpx.Client(
        base_url=desk, headers={"authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        yield client


def test_from_a_request_to_a_look_and_the_end_by_forms(room: LinkRoom, desk: str) -> None:
    with signed_in(desk, Role.RECORDS) as records, signed_in(desk, Role.SUPERVISOR) as second:
        case = records.get(f"/incidents/{room.incident_id}").text
        assert f'action="/requests/{room.request_id}/releases"' in case
        words = {"title": "The stop", "summary": "A driver is stopped."}
        place = (
            send(
                records,
                f"/requests/{room.request_id}/releases",
                recording_id=room.recording_id,
                **words,
            )
            .headers["location"]
            .partition("?")[0]
        )
        page = second.get(place).text
        assert RECIPIENT in page
        assert "never published" in page
        seen = seen_on(page)
        send(second, f"{place}/approve", **seen)
        room.run()
        issued = send(records, f"{place}/links", days="3")
        address = re.search(rf"{desk}/shared/[\w-]+", issued.text)
        code = re.search(r"\b(\d{4} \d{4})\b", issued.text)
        assert address is not None
        assert code is not None
        assert address[0] not in records.get(place).text, "shown once"
        room.run()
        with httpx.Client(follow_redirects=True, timeout=60) as him:
            shown = him.post(address[0], data={"code": code[1]})
            assert RECIPIENT in shown.text
            page = records.get(place).text
            assert "Opened 1 time" in words_of(page)
            link = re.search(r'action="(/links/[^"]+/revoke)"', page)
            assert link is not None
            send(records, link[1], reason="Sent to the wrong address")
            assert him.get(address[0]).status_code == 410
        assert "link viewed" in records.get(place).text, "custody stands on the release's page"


def test_who_watches_over_the_department_sees_links_without_who_they_are_for(
    room: LinkRoom, desk: str
) -> None:
    release_id = room.propose_to_him()
    room.approve(release_id)
    link_id = room.issue(release_id).link_id
    for role in (Role.AUDITOR, Role.OVERSIGHT):
        with bearer(desk, role) as client:
            listed = client.get(f"/v1/releases/{release_id}/links").json()["items"]
            assert [(one["id"], one["recipient"]) for one in listed] == [(link_id, None)]
            assert client.post(f"/v1/releases/{release_id}/links", json={}).status_code == 403
            revoked = client.post(f"/v1/links/{link_id}/revoke", json={"reason": "x"})
            assert revoked.status_code == 403
            assert client.get(f"/v1/requests/{room.request_id}/corrections").status_code == 403
        with signed_in(desk, role) as client:
            page = client.get(f"/releases/{release_id}").text
            assert RECIPIENT not in page
            assert "Link for the recipient" in page
            assert "Issue" not in page.partition("Link for the recipient")[2].partition("</section>")[0].replace("Issued", "")  # fmt: skip
            assert RECIPIENT not in client.get(f"/incidents/{room.incident_id}").text
    room.revoke(link_id)
    with bearer(desk, Role.OVERSIGHT) as client:
        (told,) = client.get(f"/v1/releases/{release_id}/links").json()["items"]
        assert (told["state"], told["revoked_reason"]) == ("taken back", None), "it may name people"
    with signed_in(desk, Role.OVERSIGHT) as client:
        assert "Sent wrongly" not in client.get(f"/releases/{release_id}").text
    with bearer(desk, Role.RECORDS) as client:
        (told,) = client.get(f"/v1/releases/{release_id}/links").json()["items"]
        assert told["revoked_reason"] == "Sent wrongly"


def test_lists_tell_it_from_the_publics_which_can_be_proposed_beside_it(
    room: LinkRoom, desk: str
) -> None:
    room.propose_to_him()
    with signed_in(desk, Role.RECORDS) as records:
        recording = records.get(f"/recordings/{room.recording_id}").text
        assert f'action="/recordings/{room.recording_id}/releases"' in recording
        for page in (recording, records.get("/releases").text):
            assert "for subject" in words_of(page)


def test_the_same_by_the_api(room: LinkRoom, desk: str) -> None:
    with bearer(desk, Role.RECORDS) as records, bearer(desk, Role.SUPERVISOR) as second:
        body = {"recording_id": room.recording_id, "title": "The stop", "summary": "A stop."}
        made = records.post(f"/v1/requests/{room.request_id}/releases", json=body)
        assert (made.status_code, made.json()["audience"]) == (201, "subject")
        place = made.headers["location"]
        early = records.post(f"{place}/links", json={})
        assert (early.status_code, early.json()["type"]) == (409, "urn:bwc:problem:conflict")
        seen = looked_at(second, place)
        assert second.post(f"{place}/approve", json=seen).status_code == 200
        room.run()
        for days in (0, 31):
            assert records.post(f"{place}/links", json={"days": days}).status_code == 422
        issued = records.post(f"{place}/links", json={"days": 1}).json()
        assert re.fullmatch(r"\d{8}", issued["code"])
        listed = records.get(f"{place}/links").json()["items"]
        assert (listed[0]["state"], listed[0]["recipient"]) == ("copy being made", RECIPIENT)
        assert "token" not in str(listed)
        ended = records.post(f"/v1/links/{issued['id']}/revoke", json={"reason": "wrong person"})
        assert ended.status_code == 204
        assert records.get(f"{place}/links").json()["items"][0]["state"] == "taken back"


def test_a_request_is_corrected_by_form_and_by_the_api(room: LinkRoom, desk: str) -> None:
    path = f"/incidents/{room.incident_id}"
    with signed_in(desk, Role.RECORDS) as records:
        both = {"all_recordings": "true", "recordings": room.recording_id, "reason": "letter"}
        token = {"csrf": csrf_of(records.get("/account").text), "requester_role": "subject"}
        refused = records.post(f"/requests/{room.request_id}/correct", data=both | token)
        assert refused.status_code == 422, "all, and some of them too"
        send(
            records,
            f"/requests/{room.request_id}/correct",
            requester_role="subject_attorney",
            requester_name="Ann Counsel",
            identity_shown="counsels_letter",
            authorisation_doc="Letter of 1 March",
            recordings=room.recording_id,
            reason="His lawyer wrote",
            nobody_looked="true",
        )
        page = words_of(records.get(path).text)
        assert "For 1 of 1 recordings" in page
        assert "Corrected 1 time" in page
        assert "Ann Counsel" in page
    with bearer(desk, Role.RECORDS) as client:
        body = {"requester_role": "subject", "requester_name": "Ann", "reason": "Both ask"}
        made = client.post(f"/v1/requests/{room.request_id}/corrections", json=body)
        assert made.status_code == 201
        assert made.json()["after"]["recordings"] is None
        found = client.get(f"/v1/requests/{room.request_id}/corrections").json()["items"]
        assert [one["corrected_by"] for one in found] == ["records", "records"]
    with signed_in(desk, Role.OVERSIGHT) as board:
        assert "Ann Counsel" not in board.get(path).text
