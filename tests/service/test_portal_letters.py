"""Complaint to hold to receipt: the public writes, only the desk reads, the receipt follows."""

import json
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from api.portal.limits import HourlyLimit
from bwc.catalog.job import Job
from bwc.catalog.request import Complaint, Hold, RecordRequest
from bwc.catalog.store import Catalog
from bwc.catalog.views.cases import list_unplaced_complaints
from bwc.errors import Conflict, IntegrityError
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.requests.holds import lift_hold
from bwc.requests.letters import receipts
from bwc.requests.receive import tie_complaint
from bwc.vault.inbox import Inbox, desk_key, receipt_key
from bwc.vault.open import open_inbox
from bwc.vault.sealed import new_key, public_of, seal, unseal
from tests.pages.portals import portal_of, serving
from tests.release_room import ROSA, ReleaseRoom
from workers.schedule import ask_to_take_inbox
from workers.steps.requests import publish_key

pytestmark = [pytest.mark.service, pytest.mark.media]

WORDS = "He shouted at my neighbour & <b>pushed</b> her."
COMPLAINT = {"kind": "complaint", "role": "civilian", "description": WORDS}


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    monkeypatch.chdir(tmp_path)
    return ReleaseRoom(tmp_path, sqlite_catalog)


@pytest.fixture
def inbox(room: ReleaseRoom) -> Inbox:
    publish_key(room.house.public, room.house.settings)
    return open_inbox(room.house.settings)


@pytest.fixture
def portal(room: ReleaseRoom, inbox: Inbox) -> Iterator[httpx.Client]:
    app = portal_of(room.folder / "public", inbox=room.house.settings.inbox_folder)
    with serving(app) as url, httpx.Client(base_url=url) as client:
        yield client


def open_letters(room: ReleaseRoom, inbox: Inbox) -> None:
    ask_to_take_inbox(room.catalog, inbox, now=room.clock.now())
    room.run()


def receipt_of(page: httpx.Response) -> str:
    found = re.search(r"<code[^>]*>([0-9a-f-]{36})</code>", page.text)
    assert found is not None, page.text
    return found[1]


def state_of(portal: httpx.Client, receipt: str) -> dict[str, str]:
    answer = portal.post("/v1/receipts", json={"receipt": receipt})
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json()
    return told


def test_an_anonymous_complaint_holds_the_recordings_and_the_receipt_follows(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    release_id = room.ready()
    room.approve(release_id, accept_draft=True)
    room.run()
    sent = portal.post("/complaint", data=COMPLAINT | {"release_id": release_id})
    assert sent.status_code == 200
    receipt = receipt_of(sent)
    assert "Nothing is known" in portal.post("/receipt", data={"receipt": receipt}).text

    open_letters(room, inbox)
    with room.catalog.read() as session:
        complaint = session.get_one(Complaint, receipt)
        reason = f"Complaint {complaint.number} is not settled"
        hold = session.scalars(sa.select(Hold).where(Hold.reason == reason)).one()
    assert (complaint.filed_by, complaint.about_misconduct) == ("civilian", True)
    assert complaint.description.startswith(WORDS)
    assert hold.incident_id == complaint.incident_id
    assert list(inbox.waiting()) == []
    assert state_of(portal, receipt)["state"] == "held"
    assert "cannot be deleted" in portal.post("/receipt", data={"receipt": receipt}).text

    with room.catalog.write() as session:
        lift_hold(session, hold.id, by=ROSA, at=room.clock.now())
        session.commit()
    room.run()
    assert state_of(portal, receipt)["state"] == "settled"


def test_a_request_is_numbered_and_its_clock_runs_from_when_it_was_sent(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    typed = {"description": "The stop on Alder Street", "role": "press", "contact": "a@b.example"}
    receipt = receipt_of(portal.post("/request", data=typed))
    room.clock.move(timedelta(days=3000))
    open_letters(room, inbox)
    with room.catalog.read() as session:
        row = session.get_one(RecordRequest, receipt)
    assert (row.channel, row.requester_role, row.requester_contact) == (
        "portal",
        "press",
        "a@b.example",
    )
    assert row.received_at < room.clock.now() - timedelta(days=1)
    told = state_of(portal, receipt)
    assert (told["state"], told["number"]) == ("received", row.number)


def test_what_lies_in_the_inbox_cannot_be_read_without_the_desks_key(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    receipt = receipt_of(portal.post("/complaint", data=COMPLAINT))
    sealed = inbox.read(receipt)
    assert b"neighbour" not in sealed
    with pytest.raises(IntegrityError):
        unseal(new_key(), sealed)
    assert WORDS.encode()[:20] in unseal(desk_key(room.house.settings), sealed)
    key_file = room.house.settings.home / "inbox.key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    public = "".join(room.public_keys())
    assert receipt not in public


def test_a_form_sent_twice_and_a_job_run_twice_make_one_complaint(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    number = re.search(r'name="receipt" value="([^"]+)"', portal.get("/complaint").text)
    assert number is not None
    typed = COMPLAINT | {"receipt": number[1]}
    assert receipt_of(portal.post("/complaint", data=typed)) == number[1]
    kept = inbox.read(number[1])
    assert receipt_of(portal.post("/complaint", data=typed)) == number[1]
    open_letters(room, inbox)
    inbox.add(number[1], kept)  # as if killed between the commit and the removal
    room.clock.move(timedelta(minutes=2))
    open_letters(room, inbox)
    with room.catalog.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1
    assert list(inbox.waiting()) == []


@pytest.mark.parametrize("body", [b"junk", b"sealed junk", b"another name"])
def test_what_cannot_be_opened_is_set_aside_and_the_rest_is_taken(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox, body: bytes
) -> None:
    receipt = receipt_of(portal.post("/complaint", data=COMPLAINT))
    bad = new_id()
    public_key = public_of(desk_key(room.house.settings))
    inbox.add(bad, body if body == b"junk" else seal(public_key, body))
    if body == b"another name":
        inbox.remove(bad)
        inbox.add(bad, inbox.read(receipt))
    open_letters(room, inbox)
    assert list(inbox.waiting()) == []
    assert list(inbox.store.keys("unread/")) == [f"unread/{bad}"]
    assert state_of(portal, receipt)["state"] == "received"


def test_an_empty_inbox_asks_for_no_work_and_a_full_one_once(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    def asked() -> int:
        with room.catalog.read() as session:
            jobs = sa.select(sa.func.count()).where(Job.kind == JobKind.TAKE_INBOX.value)
            return session.scalar(jobs) or 0

    ask_to_take_inbox(room.catalog, inbox, now=room.clock.now())
    assert asked() == 0
    portal.post("/complaint", data=COMPLAINT)
    for _ in range(3):
        ask_to_take_inbox(room.catalog, inbox, now=room.clock.now())
    assert asked() == 1


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(portal: httpx.Client) -> None:
    answer = portal.post("/complaint", data=COMPLAINT | {"role": "king", "contact": "me"})
    assert answer.status_code == 422
    assert "Not sent yet" in answer.text
    assert "He shouted at my neighbour &amp; &lt;b&gt;pushed&lt;/b&gt; her." in answer.text
    assert 'value="me"' in answer.text
    assert (
        portal.post("/complaint", data={"kind": "complaint", "role": "civilian"}).status_code == 422
    )
    assert portal.post("/complaint", content=b"description=" + b"x" * 300_000).status_code == 413
    assert portal.post("/v1/letters", json=COMPLAINT | {"role": "king"}).status_code == 422


def test_letters_are_limited_by_address_and_the_words_stay(portal: httpx.Client) -> None:
    answers = [portal.post("/v1/letters", json=COMPLAINT).status_code for _ in range(11)]
    assert answers == [201] * 10 + [429]
    refused = portal.post("/complaint", data=COMPLAINT)
    assert refused.status_code == 429
    assert "He shouted" in refused.text


def test_an_hour_later_there_is_room_again() -> None:
    moment = [0.0]
    limit = HourlyLimit(2, now=lambda: moment[0])
    assert [limit.take("a") for _ in range(3)] == [True, True, False]
    assert limit.take("b")
    moment[0] = 3601.0
    assert limit.take("a")


def test_without_a_key_of_the_desk_no_letter_is_taken(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    with serving(portal_of(tmp_path / "public")) as url, httpx.Client(base_url=url) as client:
        assert "takes no letters here yet" in client.get("/complaint").text
        assert client.post("/complaint", data=COMPLAINT).status_code == 503


def test_a_form_is_kept_by_nobody_and_a_receipt_never_stands_in_an_address(
    portal: httpx.Client,
) -> None:
    sent = portal.post("/complaint", data=COMPLAINT)
    assert sent.headers["cache-control"] == "no-store"
    assert receipt_of(sent) not in str(sent.url)
    assert receipt_key(receipt_of(sent)) not in sent.text
    assert "set-cookie" not in sent.headers


def test_the_public_log_renews_receipts(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    receipt = receipt_of(portal.post("/complaint", data=COMPLAINT))
    open_letters(room, inbox)
    room.house.public.remove(receipt_key(receipt))
    with room.catalog.write() as session:
        enqueue(session, JobKind.PUBLISH_LOG, requested_by="test", at=room.clock.now())
        session.commit()
    room.run()
    assert state_of(portal, receipt)["state"] == "received"


def test_a_complaint_that_names_no_release_holds_from_the_moment_it_is_tied(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    room.open_case()
    receipt = receipt_of(portal.post("/complaint", data=COMPLAINT))
    open_letters(room, inbox)
    with room.catalog.write() as session:
        assert [one.id for one in list_unplaced_complaints(session)] == [receipt]
        at = room.clock.now()
        tie_complaint(session, receipt, incident_id=room.incident_id, by=ROSA, at=at)
        with pytest.raises(Conflict):
            tie_complaint(session, receipt, incident_id=room.incident_id, by=ROSA, at=at)
        session.commit()
    room.run()
    assert state_of(portal, receipt)["state"] == "held"
    assert room.acts().count("complaint tied to incident") == 1


def test_a_letter_no_database_can_keep_does_not_stop_the_next(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    nul = portal.post("/v1/letters", json=COMPLAINT | {"description": "a\0b\x1bc\r\nd"})
    public_key = public_of(desk_key(room.house.settings))
    too_long, dated = new_id(), new_id()
    for name, change in (
        (too_long, {"description": " " * 10 + "\N{ZERO WIDTH SPACE}"}),
        (dated, {"received_at": "0001-01-01T00:00:00+14:00"}),
    ):
        letter = {**COMPLAINT, "format": "bwc-letter/1", "id": name}
        letter |= {"received_at": "2026-03-02T17:00:00Z"} | change
        inbox.add(name, seal(public_key, json.dumps(letter).encode()))
    room.house.settings.inbox_folder.joinpath("new", "no letter").write_bytes(b"junk")
    good = receipt_of(portal.post("/complaint", data=COMPLAINT))
    open_letters(room, inbox)
    with room.catalog.read() as session:
        assert session.get_one(Complaint, nul.json()["receipt"]).description == "abc\nd"
    assert state_of(portal, good)["state"] == "received"
    assert list(inbox.waiting()) == []
    assert f"unread/{dated}" in set(inbox.store.keys("unread/"))


def test_a_letter_about_what_is_not_public_tells_nothing_of_it(
    portal: httpx.Client, room: ReleaseRoom, inbox: Inbox
) -> None:
    room.open_case()
    room.render()
    release_id = room.propose()
    receipt = receipt_of(portal.post("/complaint", data=COMPLAINT | {"release_id": release_id}))
    open_letters(room, inbox)
    assert state_of(portal, receipt)["state"] == "received"


def test_nothing_is_told_of_a_complaint_that_staff_wrote_down(room: ReleaseRoom) -> None:
    room.ready()
    with room.catalog.read() as session:
        known = session.scalars(sa.select(Complaint.id)).all()
        assert known
        assert receipts(session, at=room.clock.now()) == {}


def test_another_sites_page_can_neither_send_nor_read_a_letter(portal: httpx.Client) -> None:
    for path in ("/complaint", "/request", "/receipt"):
        answer = portal.post(path, data=COMPLAINT, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
    own = portal.post("/complaint", data=COMPLAINT, headers={"sec-fetch-site": "same-origin"})
    assert own.status_code == 200
    assert "access-control-allow-origin" not in own.headers
    assert "access-control-allow-origin" in portal.get("/complaint").headers


def test_no_form_fills_the_memory_or_falls_over(portal: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(400):
            yield b"x" * 1024

    assert portal.post("/v1/letters", content=endless()).status_code == 413
    assert portal.post("/complaint", content=b"&".join([b"a=1"] * 50)).status_code == 422
    longest = COMPLAINT | {"description": "\N{SLIGHTLY SMILING FACE}" * 15_000}
    assert portal.post("/complaint", data=longest).status_code == 200


def test_a_network_of_many_addresses_is_one_sender_and_refused_ones_are_not_kept() -> None:
    limit = HourlyLimit(1, now=lambda: 0.0)
    assert limit.take("2001:db8::1")
    assert not limit.take("2001:db8::2")
    assert [limit.take(f"2001:db8:{n:x}::1") for n in range(1, 60)].count(True) == 49
    assert len(limit._taken) == 50
