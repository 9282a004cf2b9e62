"""The desk's JSON API on both databases: each use case through HTTP, and what it leaves behind."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from api.desk.app import create_app
from api.problems import MEDIA_TYPE
from bwc.canonical import Json
from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry, Job, Obligation, Role
from bwc.custody.acts import Act
from bwc.house import House
from tests.desk_ids import BADGE, CASE, OTHER_BADGE
from tests.desks import SignIn, bearing_tokens, furnish, looked_at, make_house
from tests.web import serving

VIDEO = bytes(range(256)) * 40


@pytest.fixture
def house(catalog: Catalog, tmp_path: Path) -> House:
    """A furnished house."""
    house = make_house(catalog, tmp_path / "house")
    furnish(house, video=VIDEO)
    return house


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    """The address of a desk over it."""
    with serving(create_app(house=house)) as address:
        yield address


@pytest.fixture
def sign_in(desk: str) -> Iterator[SignIn]:
    """Clients that send a bearer token, as programs do."""
    with bearing_tokens(desk) as sign_in:
        yield sign_in


def acts(house: House) -> list[str]:
    with house.catalog.read() as session:
        return list(session.scalars(sa.select(CustodyEntry.act).order_by(CustodyEntry.position)))


def test_a_redaction_is_accepted_as_a_job_to_follow(house: House, sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    answer = records.post(f"/v1/recordings/{CASE.own_recording}/redactions")
    assert answer.status_code == 202
    job = records.get(answer.headers["location"]).json()
    assert (job["kind"], job["state"]) == ("render", "waiting")
    assert job["waits_for"] == "waits for another job: analyse (waiting)"
    assert acts(house)[-1] == Act.REDACTION_REQUESTED


def test_an_order_may_ask_that_all_is_coded_anew(house: House, sign_in: SignIn) -> None:
    place = f"/v1/recordings/{CASE.own_recording}/redactions"
    answer = sign_in(Role.RECORDS).post(place, json={"render": "full"})
    with house.catalog.read() as session:
        assert session.get_one(Job, answer.json()["id"]).arguments["render"] == "full"


def test_a_recording_in_quarantine_is_not_redacted(sign_in: SignIn) -> None:
    answer = sign_in(Role.RECORDS).post(f"/v1/recordings/{CASE.quarantined}/redactions")
    assert (answer.status_code, answer.headers["content-type"]) == (409, MEDIA_TYPE)


def test_a_release_goes_from_proposal_to_approval_to_tombstone(sign_in: SignIn) -> None:
    records, supervisor = sign_in(Role.RECORDS), sign_in(Role.SUPERVISOR)
    body = {"recording_id": CASE.other_recording, "title": "Arrest", "summary": "What happened."}
    proposed = records.post("/v1/releases", json=body)
    assert proposed.status_code == 201
    assert {gate["name"] for gate in proposed.json()["gates"] if not gate["open"]} >= {
        "rendering verified",
        "approved by a second person",
    }
    address = f"/v1/releases/{CASE.release}"
    seen = looked_at(supervisor, address)
    blind = {"accept_draft": True, **seen, "rendering_id": CASE.own_recording}
    assert supervisor.post(f"{address}/approve", json=blind).status_code == 409
    approved = supervisor.post(f"{address}/approve", json={"accept_draft": True, **seen})
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert approved.json()["approved_by"] == "supervisor"
    withdrawn = records.post(f"{address}/withdraw", json={"reason": "a face was left visible"})
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")


def test_records_may_propose_but_not_approve(sign_in: SignIn) -> None:
    answer = sign_in(Role.RECORDS).post(f"/v1/releases/{CASE.release}/approve", json={})
    assert answer.status_code == 403


def test_a_proven_obligation_opens_its_gate(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    proof = {"proof": "Letter 2026-17, called on 12 March"}
    answer = records.post(f"/v1/obligations/{CASE.obligation}/proof", json=proof)
    assert (answer.status_code, answer.json()["state"]) == (200, "proven")
    again = records.post(f"/v1/obligations/{CASE.obligation}/proof", json=proof)
    assert again.status_code == 409


def test_what_is_asserted_asked_complained_and_held_asks_the_rules_again(
    house: House, sign_in: SignIn
) -> None:
    supervisor = sign_in(Role.SUPERVISOR)
    incident = f"/v1/incidents/{CASE.second_incident}"
    fact = {"name": "injury_level", "value": "none", "source": "report"}
    request = {"incident_id": CASE.second_incident, "requester_role": "press", "description": "All"}
    complaint = {
        "incident_id": CASE.second_incident,
        "filed_by": "civilian",
        "about_misconduct": True,
        "description": "Rude",
    }
    hold = {"kind": "criminal", "reason": "Prosecutor's letter", "blocks_release": True}
    for path, body in (
        (f"{incident}/facts", fact),
        ("/v1/requests", request),
        ("/v1/complaints", complaint),
        (f"{incident}/holds", hold),
    ):
        assert supervisor.post(path, json=body).status_code == 201, path
    seen = supervisor.get(incident).json()
    assert [len(seen[part]) for part in ("facts", "requests", "complaints")] == [1] * 3
    assert sorted(held["kind"] for held in seen["holds"]) == ["admin", "criminal"]
    lifted = supervisor.post(f"/v1/holds/{seen['holds'][0]['id']}/lift")
    assert lifted.json()["lifted_at"] is not None
    with house.catalog.read() as session:
        asked = sa.select(sa.func.count(Job.id)).where(Job.kind == "decide")
        assert session.scalar(asked) == 5


@pytest.mark.parametrize(
    ("role", "name", "value", "status"),
    [
        (Role.RECORDS, "furthers_law_enforcement_purpose", True, 403),
        (Role.SUPERVISOR, "furthers_law_enforcement_purpose", True, 201),
        (Role.OVERSIGHT, "injury_level", "none", 403),
        (Role.RECORDS, "injury_level", "a scratch", 422),
        (Role.RECORDS, "colour_of_the_car", "red", 422),
    ],
)
def test_a_fact_is_taken_from_whoever_may_assert_it_and_of_its_type(
    sign_in: SignIn, role: Role, name: str, value: Json, status: int
) -> None:
    address = f"/v1/incidents/{CASE.second_incident}"
    body = {"name": name, "value": value, "source": "report"}
    assert sign_in(role).post(f"{address}/facts", json=body).status_code == status
    seen = sign_in(Role.RECORDS).get(address).json()["facts"]
    assert len(seen) == (1 if status == 201 else 0)


def test_a_fact_that_is_asserted_again_replaces_nothing(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    address = f"/v1/incidents/{CASE.second_incident}"
    for value in ("none", "minor"):
        body = {"name": "injury_level", "value": value, "source": "report"}
        assert records.post(f"{address}/facts", json=body).status_code == 201
    seen = [(fact["value"], fact["stands"]) for fact in records.get(address).json()["facts"]]
    assert sorted(seen) == [("minor", True), ("none", False)]


def test_a_request_is_closed_with_its_outcome(house: House, sign_in: SignIn) -> None:
    body = {"outcome": "withdrawn", "reason": "Letter of 12 March"}
    path = f"/v1/requests/{CASE.request}/close"
    assert sign_in(Role.OVERSIGHT).post(path, json=body).status_code == 403
    closed = sign_in(Role.RECORDS).post(path, json=body)
    assert closed.status_code == 200
    assert (closed.json()["state"], closed.json()["closed_by"]) == ("closed", "records")
    assert sign_in(Role.RECORDS).post(path, json=body).status_code == 409
    assert acts(house).count(Act.REQUEST_CLOSED) == 1


def test_who_asked_is_not_told_to_those_who_do_not_answer(sign_in: SignIn) -> None:
    address = f"/v1/incidents/{CASE.incident}"
    assert "Whitfield" in sign_in(Role.RECORDS).get(address).text
    assert "Whitfield" not in sign_in(Role.OVERSIGHT).get(address).text


def test_a_tag_is_corrected_by_a_new_entry(sign_in: SignIn) -> None:
    body = {"incident_id": CASE.second_incident, "reason": "the dispatcher mixed them up"}
    answer = sign_in(Role.RECORDS).post(f"/v1/recordings/{CASE.own_recording}/tag", json=body)
    assert answer.status_code == 201
    tags = answer.json()["tags"]
    assert [tag["incident_id"] for tag in tags] == [CASE.second_incident, CASE.incident]
    assert tags[0]["author"] == "records"


def test_a_running_job_is_told_to_stop_and_a_finished_one_is_not(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    assert records.post(f"/v1/jobs/{CASE.running_job}/cancel").status_code == 202
    assert records.post(f"/v1/jobs/{CASE.dead_job}/cancel").status_code == 409
    assert [job["state"] for job in records.get("/v1/jobs").json()["items"]] == ["running", "dead"]


def test_an_upload_that_was_cut_goes_on_where_it_stopped(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    body = b"not a video, but kept all the same" * 100
    announced = {"file_name": "../../camera.mp4", "size_bytes": len(body)}
    opened = records.post("/v1/uploads", json=announced)
    assert opened.status_code == 201
    address = opened.headers["location"]
    sent = records.patch(address, content=body[:1000], headers={"upload-offset": "0"})
    assert sent.json()["received_bytes"] == 1000
    assert records.patch(address, content=b"x", headers={"upload-offset": "7"}).status_code == 409
    offset = int(records.head(address).headers["upload-offset"])
    records.patch(address, content=iter([body[offset:]]), headers={"upload-offset": str(offset)})
    received = records.post(f"{address}/finish").json()
    assert received["sha256"] == hashlib.sha256(body).hexdigest()
    assert received["state"] == "quarantined"


def test_coverage_of_an_officer_is_measured(sign_in: SignIn) -> None:
    days = {"first": "2026-03-01", "last": "2026-03-12"}
    answer = sign_in(Role.AUDITOR).get(f"/v1/coverage/officers/{BADGE}", params=days)
    assert answer.status_code == 200
    assert {call["status"] for call in answer.json()["calls"]} == {"partial", "none"}
    assert sign_in(Role.OFFICER).get(f"/v1/coverage/officers/{OTHER_BADGE}").status_code == 403
    assert sign_in(Role.AUDITOR).get("/v1/coverage/officers/0000").status_code == 404


def test_lists_go_on_after_their_cursor(sign_in: SignIn) -> None:
    records, seen, cursor = sign_in(Role.RECORDS), [], None
    while True:
        page = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        answer = records.get("/v1/recordings", params=page).json()
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 4
    assert records.get("/v1/recordings", params={"cursor": "%%%"}).status_code == 422


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=10200-", 206, 10200, 10239),
        ("bytes=-40", 206, 10200, 10239),
        ("bytes=20000-", 416, 0, 0),
    ],
)
def test_footage_is_streamed_by_range(
    sign_in: SignIn, asked: str, status: int, first: int, last: int
) -> None:
    answer = sign_in(Role.RECORDS).get(
        f"/recordings/{CASE.own_recording}/proxy", headers={"range": asked}
    )
    assert answer.status_code == status
    if status == 206:
        assert answer.content == VIDEO[first : last + 1]
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(VIDEO)}"


def test_looking_at_footage_is_written_down_once_a_sitting(house: House, sign_in: SignIn) -> None:
    records, supervisor = sign_in(Role.RECORDS), sign_in(Role.SUPERVISOR)
    for _ in range(3):
        records.get(f"/recordings/{CASE.own_recording}/proxy", headers={"range": "bytes=5-"})
    assert acts(house).count(Act.VIEWING) == 1
    supervisor.get(f"/renderings/{CASE.rendering}/video")
    assert acts(house).count(Act.VIEWING) == 2


def test_a_failed_change_changes_nothing(house: House, sign_in: SignIn) -> None:
    before = acts(house)
    body = {"proof": "  "}
    signed_in = sign_in(Role.RECORDS)
    assert signed_in.post(f"/v1/obligations/{CASE.obligation}/proof", json=body).status_code == 422
    with house.catalog.read() as session:
        assert session.get_one(Obligation, CASE.obligation).proof is None
    assert acts(house) == [*before, Act.SIGN_IN]


def test_an_unknown_field_is_refused(sign_in: SignIn) -> None:
    answer = sign_in(Role.SUPERVISOR).post(
        f"/v1/releases/{CASE.release}/approve", json={"accept_drafts": True}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (422, MEDIA_TYPE)


def test_due_work_is_a_calendar_of_each_role(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    everything = records.get("/v1/due.ics")
    assert everything.headers["content-type"] == "text/calendar; charset=utf-8"
    assert everything.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "SUMMARY:2026-00412: notify · next of kin" in everything.text
    assert "DTSTART:20260312T143000Z" in everything.text
    assert "BEGIN:VEVENT" in records.get("/v1/due.ics?role=records").text
    assert "BEGIN:VEVENT" not in records.get("/v1/due.ics?role=prosecutor").text


def test_due_work_is_not_told_to_those_who_do_not_do_it(sign_in: SignIn) -> None:
    oversight = sign_in(Role.OVERSIGHT)
    assert oversight.get("/v1/due.ics").status_code == 403
    assert httpx.get(oversight.base_url.join("/v1/due.ics")).status_code == 401
