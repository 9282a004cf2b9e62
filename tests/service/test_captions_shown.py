"""Captions of a release: handed in, approved with it, shown to its recipient, never against its mutes."""

from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from tests.desks import SignIn, bearing_tokens, csrf_of, looked_at, seen_on, signed_in
from tests.link_room import LinkRoom, enter
from tests.web import serving

pytestmark = [pytest.mark.service, pytest.mark.media]

SAID = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Officer>Step out &amp; wait.\n"
OTHER = SAID.replace(b"wait", b"walk")
MUTED = [{"start": [1, 2], "end": [1, 1], "found": "phone"}]


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkRoom:
    """A release to one person that waits for approval."""
    monkeypatch.chdir(tmp_path)
    room = LinkRoom(tmp_path, sqlite_catalog)
    room.write_pack(outcome="VIEW_ONLY")
    room.open_case()
    room.ask()
    room.render()
    room.run()
    room.open_accounts(Role.RECORDS, Role.SUPERVISOR, Role.AUDITOR)
    return room


@pytest.fixture
def desk(room: LinkRoom) -> Iterator[str]:
    with serving(create_app(house=room.house)) as address:
        yield address


@pytest.fixture
def sign_in(desk: str) -> Iterator[SignIn]:
    with ExitStack() as stack:
        yield lambda role: stack.enter_context(signed_in(desk, role))


def hand_in(client: httpx.Client, release_id: str, body: bytes) -> httpx.Response:
    token = csrf_of(client.get("/account").text)
    sent = {"captions": ("said.vtt", body, "text/vtt")}
    return client.post(f"/releases/{release_id}/captions", data={"csrf": token}, files=sent)


def test_what_was_handed_in_and_approved_is_shown_to_him_who_gave_the_code(
    room: LinkRoom, desk: str, sign_in: SignIn
) -> None:
    release_id, records = room.propose_to_him(), sign_in(Role.RECORDS)
    assert hand_in(records, release_id, b"no captions").status_code == HTTPStatus.UNPROCESSABLE_ENTITY  # fmt: skip
    done = hand_in(records, release_id, SAID)
    assert done.headers["location"] == f"/releases/{release_id}?note=captions_taken"
    second = sign_in(Role.SUPERVISOR)
    page = second.get(f"/releases/{release_id}").text
    assert "Officer: Step out &amp; wait." in page
    assert f'src="/releases/{release_id}/captions.vtt"' in page
    assert second.get(f"/releases/{release_id}/captions.vtt").content == SAID
    room.approve(release_id)
    issued = room.issue(release_id)
    place = f"/shared/{issued.token}"
    with httpx.Client(base_url=desk, follow_redirects=True, timeout=60) as him:
        early = him.get(f"{place}/captions.vtt")
        assert (early.status_code, b"Step out" in early.content) == (HTTPStatus.FORBIDDEN, False)
        shown = enter(him, issued).text
        assert f'<track kind="captions" srclang="en" label="English" src="{place}/captions.vtt"' in shown  # fmt: skip
        assert "Officer: Step out &amp; wait." in shown
        told = him.get(f"{place}/captions.vtt", headers={"sec-fetch-dest": "track"})
        assert (told.content, told.headers["content-type"]) == (SAID, "text/vtt; charset=utf-8")
        room.revoke(issued.link_id)
        assert him.get(f"{place}/captions.vtt").status_code == HTTPStatus.GONE


def test_captions_that_a_later_redaction_outdates_are_shown_to_nobody(
    room: LinkRoom, desk: str, sign_in: SignIn
) -> None:
    release_id, records = room.propose_to_him(), sign_in(Role.RECORDS)
    hand_in(records, release_id, SAID)
    room.render(muted=MUTED)
    assert "Its captions are not shown" in records.get(f"/releases/{release_id}").text
    assert records.get(f"/releases/{release_id}/captions.vtt").status_code == HTTPStatus.NOT_FOUND
    assert records.get(f"/v1/releases/{release_id}/captions").json()["webvtt"] is None
    room.approve(release_id)
    issued = room.issue(release_id)
    with httpx.Client(base_url=desk, follow_redirects=True, timeout=60) as him:
        shown = enter(him, issued).text
        assert "Step out" not in shown
        assert "There are no captions." in shown
        gone = him.get(f"/shared/{issued.token}/captions.vtt")
        assert (gone.status_code, "Step out" in gone.text) == (HTTPStatus.NOT_FOUND, False)


def test_nobody_approves_captions_that_he_did_not_see(room: LinkRoom, sign_in: SignIn) -> None:
    release_id, records = room.propose_to_him(), sign_in(Role.RECORDS)
    hand_in(records, release_id, SAID)
    second = sign_in(Role.SUPERVISOR)
    page = second.get(f"/releases/{release_id}").text
    seen = seen_on(page)
    assert "captions_sha256" in seen
    hand_in(records, release_id, OTHER)
    form = seen | {"csrf": csrf_of(page)}
    late = second.post(f"/releases/{release_id}/approve", data=form)
    assert (late.status_code, "caption" in late.text) == (HTTPStatus.CONFLICT, True)
    del form["captions_sha256"]
    assert second.post(f"/releases/{release_id}/approve", data=form).status_code == HTTPStatus.CONFLICT  # fmt: skip
    page = second.get(f"/releases/{release_id}").text
    seen = seen_on(page)
    done = second.post(f"/releases/{release_id}/approve", data=seen | {"csrf": csrf_of(page)})
    assert done.status_code == HTTPStatus.SEE_OTHER, done.text


def test_a_program_hands_captions_in_until_the_release_is_approved(
    room: LinkRoom, desk: str
) -> None:
    place = f"/v1/releases/{room.propose_to_him()}"
    with ExitStack() as stack:
        bearing = stack.enter_context(bearing_tokens(desk))
        records, second = bearing(Role.RECORDS), bearing(Role.SUPERVISOR)
        assert records.get(f"{place}/captions").json() == {"sha256": None, "webvtt": None}
        done = records.post(f"{place}/captions", json={"captions": SAID.decode()})
        assert done.status_code == HTTPStatus.NO_CONTENT
        read = second.get(place).json()
        told = second.get(f"{place}/captions").json()
        assert told == {"sha256": read["captions_sha256"], "webvtt": SAID.decode()}
        auditor = bearing(Role.AUDITOR)
        assert auditor.get(f"{place}/captions").status_code == HTTPStatus.FORBIDDEN
        assert auditor.post(f"{place}/captions", json={"captions": "x"}).status_code == HTTPStatus.FORBIDDEN  # fmt: skip
        seen = looked_at(second, place) | {"captions_sha256": None}
        assert second.post(f"{place}/approve", json=seen).status_code == HTTPStatus.CONFLICT
        seen["captions_sha256"] = read["captions_sha256"]
        done = second.post(f"{place}/approve", json=seen)
        assert done.status_code == HTTPStatus.OK, done.text
        late = records.post(f"{place}/captions", json={"captions": OTHER.decode()})
        assert late.status_code == HTTPStatus.CONFLICT
