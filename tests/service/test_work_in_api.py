"""What pages do with findings, jobs, the queue, the ledger and answers, done by programs."""

from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, CallUnit, CustodyEntry, Job, JobState, Role
from bwc.custody.acts import Act
from bwc.house import House
from tests.desk_ids import BADGE, CASE, DAY, NOW
from tests.desks import SignIn, bearing_tokens, furnish, make_house
from tests.web import serving

CREATED, DENIED, CONFLICT = HTTPStatus.CREATED, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT
MISSING, INVALID = HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY
PERIOD = {"first": "2026-02-20", "last": "2026-03-11"}


@pytest.fixture
def house(catalog: Catalog, tmp_path: Path) -> House:
    """A furnished house, and a call of each officer that his camera did not record."""
    house = make_house(catalog, tmp_path / "house")
    furnish(house)
    with house.catalog.write() as session:
        for number, officer in (("C-MINE", CASE.officer), ("C-OTHER", CASE.other_officer)):
            call = Call(number=number, type="theft", priority=3, received_at=NOW - 2 * DAY, district="D")  # fmt: skip
            session.add(call)
            session.flush()
            session.add(CallUnit(call_id=call.id, officer_id=officer, dispatched_at=NOW - 2 * DAY, arrived_at=NOW - 2 * DAY, cleared_at=NOW - DAY))  # fmt: skip
        session.commit()
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with ExitStack() as stack:
        desk = stack.enter_context(serving(create_app(house=house)))
        yield stack.enter_context(bearing_tokens(desk))


def acts(house: House) -> list[str]:
    with house.catalog.read() as session:
        return list(session.scalars(sa.select(CustodyEntry.act).order_by(CustodyEntry.position)))


def test_a_finding_is_found_explained_and_ruled_on_by_programs(sign_in: SignIn) -> None:
    auditor, officer = sign_in(Role.AUDITOR), sign_in(Role.OFFICER)
    done = auditor.post("/v1/findings/refresh", json=PERIOD)
    assert done.json()["raised"] == len(auditor.get("/v1/findings", params=PERIOD).json()) > 0
    assert auditor.post("/v1/findings/refresh", json=PERIOD).json()["raised"] == 0
    mine = [one["id"] for one in officer.get("/v1/findings", params=PERIOD).json()]
    everyone = auditor.get("/v1/findings", params=PERIOD).json()
    (theirs, *_) = [one["id"] for one in everyone if one["badge"] not in (BADGE, None)]
    said = {"reason": "battery empty", "note": "after a double shift"}
    assert officer.post(f"/v1/findings/{theirs}/explanation", json=said).status_code == DENIED
    assert officer.post("/v1/findings/nothing/explanation", json=said).status_code == MISSING
    told = officer.post(f"/v1/findings/{mine[0]}/explanation", json=said).json()
    assert (told["state"], told["history"][-1]["note"]) == ("explained", "after a double shift")
    supervisor = sign_in(Role.SUPERVISOR)
    ruled = supervisor.post(f"/v1/findings/{mine[0]}/ruling", json={"ruling": "excuse"}).json()
    assert (ruled["state"], ruled["history"][-1]["author"]) == ("excused", "supervisor")
    again = supervisor.post(f"/v1/findings/{mine[0]}/ruling", json={"ruling": "excuse"})
    assert again.status_code == CONFLICT
    back = supervisor.post(f"/v1/findings/{mine[0]}/ruling", json={"ruling": "reopen", "note": "x"})
    assert back.json()["state"] == "open"


def test_that_there_is_no_footage_is_written_by_a_program_once_it_is_true(
    house: House, sign_in: SignIn
) -> None:
    auditor = sign_in(Role.AUDITOR)
    nothing = auditor.post("/v1/footage/answers", json={})
    assert nothing.status_code == INVALID
    answer = auditor.post("/v1/footage/answers", json={"call": "C-OTHER"})
    assert answer.status_code == CREATED, answer.text
    assert answer.json()["answer"] == "no"
    assert auditor.get(answer.headers["location"]).json() == answer.json()
    assert acts(house)[-1] == Act.FOOTAGE_ANSWERED


def test_a_dead_job_is_tried_again_by_a_program_and_no_other(house: House, sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    again = records.post(f"/v1/jobs/{CASE.dead_job}/retry")
    assert (again.status_code, again.json()["state"]) == (HTTPStatus.ACCEPTED, "waiting")
    assert records.post(f"/v1/jobs/{CASE.dead_job}/retry").status_code == CONFLICT
    assert records.post("/v1/jobs/nothing/retry").status_code == MISSING
    with house.catalog.read() as session:
        assert session.get_one(Job, CASE.dead_job).state is JobState.WAITING


def test_the_queue_is_narrowed_for_programs_as_for_people(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    whole = records.get("/v1/queue").json()
    assert len(whole["items"]) == whole["total"] > 0
    mine = records.get("/v1/queue", params={"mine": True}).json()
    assert 0 < len(mine["items"]) < whole["total"] == mine["total"]
    step = whole["items"][0]["step"]
    alike = records.get("/v1/queue", params={"step": step}).json()["items"]
    assert {one["step"] for one in alike} == {step}
    assert len(alike) == sum(one["step"] == step for one in whole["items"])
    late = records.get("/v1/queue", params={"late": True}).json()
    assert len(late["items"]) == whole["overdue"]
    assert records.get("/v1/queue", params={"words": "no such words"}).json()["items"] == []
    piece = {name: whole["items"][0][name] for name in ("step", "subject_id")}
    records.post("/v1/queue/assignments", json={"pieces": [piece], "username": "records"})
    taken = records.get("/v1/queue", params={"whose": "mine"}).json()["items"]
    assert [{name: one[name] for name in piece} for one in taken] == [piece]
    assert len(records.get("/v1/queue", params={"whose": "nobody"}).json()["items"]) == whole["total"] - 1  # fmt: skip
    waits = [one for one in whole["items"] if one["release_id"]]
    assert all(gate["open"] is False and gate["why"] for one in waits for gate in one["closed"])
    assert any(one["closed"] for one in waits)


def test_the_ledger_is_read_to_its_beginning_page_by_page(house: House, sign_in: SignIn) -> None:
    auditor = sign_in(Role.AUDITOR)
    found, cursor = [], None
    while True:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = auditor.get("/v1/custody/entries", params=asked).json()
        found += [one["act"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found[::-1] == acts(house)
    odd = auditor.get("/v1/custody/entries", params={"cursor": "bm90IGEgbnVtYmVy"})
    assert odd.status_code == INVALID


def test_a_recording_names_its_releases_jobs_and_clock(sign_in: SignIn) -> None:
    records = sign_in(Role.RECORDS)
    own = records.get(f"/v1/recordings/{CASE.own_recording}").json()
    assert [one["id"] for one in own["releases"]] == [CASE.release]
    assert (own["clock_offset_seconds"], own["clocks"]) == (0, [])
    other = records.get(f"/v1/recordings/{CASE.other_recording}").json()
    assert CASE.running_job in [one["id"] for one in other["jobs"]]


def test_an_incident_tells_what_a_copy_may_cost_and_when_a_request_is_due(sign_in: SignIn) -> None:
    read = sign_in(Role.RECORDS).get(f"/v1/incidents/{CASE.incident}").json()
    assert [one["audience"] for one in read["fees"]] == [one["audience"] for one in read["decisions"]]  # fmt: skip
    assert read["fees"][0]["standing"] == "no rule that applies allows a fee"
    assert [one["request_id"] for one in read["request_clocks"]] == [CASE.request]
    assert read["request_clocks"][0]["due_at"] == read["decisions"][0]["due_at"]


def test_what_lies_ready_and_what_could_not_be_opened_is_told(sign_in: SignIn) -> None:
    policy = sign_in(Role.SUPERVISOR).get("/v1/policy").json()
    assert (policy["ready"], policy["fault"]) == ([], "")
    assert sign_in(Role.RECORDS).get("/v1/unplaced").json()["unread"] == 0


@pytest.mark.parametrize(
    "path",
    [
        f"/recordings/{CASE.own_recording}/proxy",
        f"/recordings/{CASE.own_recording}/poster",
        f"/renderings/{CASE.rendering}/video",
    ],
)
def test_a_file_is_sent_to_who_shows_a_bearer_token(sign_in: SignIn, path: str) -> None:
    assert sign_in(Role.RECORDS).get(path).is_success
    assert sign_in(Role.OVERSIGHT).get(path).status_code == DENIED
