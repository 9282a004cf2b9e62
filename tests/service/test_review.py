"""A reviewer works on a plan: by form and by JSON, every change a version, nothing lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bwc.catalog.store import Catalog
from bwc.catalog.tables import Certificate, Job, JobState, Plan, Rendering, Role, Verdict
from bwc.errors import NotPermitted
from bwc.house import House
from bwc.ids import new_id
from bwc.redaction.by_hand import hide
from bwc.redaction.keep import keep_plan
from bwc.redaction.keys import Region
from bwc.redaction.people import group
from bwc.redaction.plan import Kind
from bwc.redaction.revise import Revision, revise
from bwc.release.approve import approve
from bwc.release.rows import authors_of
from tests.desk_ids import CASE, NOW
from tests.desks import SignIn, csrf_of, furnish, make_house, signing_in, with_csrf
from tests.plans import make_plan, still

RECORDING = f"/recordings/{CASE.own_recording}"
PLAN = f"/v1{RECORDING}/plan"
DRAWN: dict[str, Any] = {
    "left": 0.1, "top": 0.2, "right": 0.3, "bottom": 0.4, "first": 0.2, "last": 0.6,
    "exemption": "personal-privacy",
}  # fmt: skip


def rendering_of(row: Plan, verdict: Verdict) -> Rendering:
    return Rendering(
        id=new_id(),
        recording_id=row.recording_id,
        plan_id=row.id,
        created_at=NOW,
        original_sha256=f"{1:064x}",
        sha256="c" * 64,
        size_bytes=1,
        verdict=verdict,
    )


def write_plan(house: House) -> None:
    """Two persons, found at once at two places; verification found a third."""
    two = make_plan(
        still(1, Kind.FACE, Region(10, 10, 90, 90)), still(2, Kind.FACE, Region(300, 10, 380, 90))
    )
    now = house.clock.now()
    with house.catalog.write() as session:
        row = keep_plan(
            session, group(two), recording_id=CASE.own_recording, author="bwc", job_id=None, at=now
        )
        made = rendering_of(row, Verdict.FAILED)
        session.add(made)
        session.flush()
        found = {"check": "faces", "what": "a face", "pts": 45_000, "box": [64, 36, 128, 72]}
        document: dict[str, Any] = {"findings": [found]}
        certificate = Certificate(
            rendering_id=made.id,
            sha256="d" * 64,
            document=document,
            public_document={},
            created_at=now,
        )
        session.add(certificate)
        session.commit()


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    write_plan(house)
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield sign_in


@pytest.fixture
def records(sign_in: SignIn) -> httpx.Client:
    return with_csrf(sign_in(Role.RECORDS))


def post(client: httpx.Client, change: str, version: int = 2, **more: object) -> httpx.Response:
    body = {"change": change, "plan_version": version, **more}
    return client.post(f"{PLAN}/changes", json=body)


def tracks_of(row: Plan) -> Any:
    return row.document["tracks"]


def newest(house: House) -> Plan:
    with house.catalog.read() as session:
        row = session.scalars(sa.select(Plan).order_by(Plan.version.desc()).limit(1)).one()
        session.expunge(row)
    return row


def test_what_verification_found_is_the_first_place_to_look_at(records: httpx.Client) -> None:
    first = records.get(PLAN).json()["places"][0]
    assert (first["risk"], first["second"]) == ("verification", 0.5)
    assert first["box"] == {"left": 0.1, "top": 0.1, "right": 0.2, "bottom": 0.2}


def test_a_finding_is_hidden_by_the_form_beside_it_and_rendered_when_asked(
    house: House, records: httpx.Client
) -> None:
    page = records.get(f"{RECORDING}/review").text
    assert "Hide this place" in page
    form = {"change": "draw", "plan_version": "2", "csrf": csrf_of(page), **DRAWN}
    answer = records.post(f"{RECORDING}/plan", data=form)
    assert answer.status_code == 303, answer.text
    row = newest(house)
    track = tracks_of(row)[-1]
    assert (row.version, row.author, track["author"]) == (3, "records", "person:records")
    assert track["keys"] == [[18_000, 64, 72, 192, 144], [54_000, 64, 72, 192, 144]]
    with house.catalog.read() as session:
        asked = sa.select(Job).where(Job.subject_id == CASE.own_recording)
        assert session.scalars(asked).all() == [], "nothing is rendered before it is asked for"
    done = records.post(f"{PLAN}/rendering", json={"plan_version": 3})
    assert done.status_code == 202, done.text
    with house.catalog.read() as session:
        job = session.get_one(Job, done.json()["id"])
    assert (job.state, job.arguments) == (JobState.WAITING, {"plan_id": row.id})
    assert post(records, "hide", 3, person=1).status_code == 409, "its rendering is under way"


def test_a_finding_stays_listed_until_the_plan_hides_all_of_it(records: httpx.Client) -> None:
    def risks() -> list[str]:
        return [place["risk"] for place in records.get(PLAN).json()["places"]]

    post(records, "draw", 2, **DRAWN)  # beside it
    assert "verification" in risks()
    post(records, "draw", 3, **DRAWN | {"left": 0.05, "top": 0.05})
    assert "verification" not in risks()
    assert records.get(PLAN).json()["is_rendered"] is False


def test_a_place_that_is_fine_is_accepted_once_and_listed_no_more(records: httpx.Client) -> None:
    first = records.get(PLAN).json()["places"][0]
    said = {"second": first["second"], "text": f"looked at: {first['why']}", "is_settled": True}
    assert records.post(f"/v1{RECORDING}/comments", json=said).status_code == 201
    after = records.get(PLAN).json()
    assert after["accepted"] == 1
    assert first not in after["places"]
    both = said | {"sends_back": True}
    assert records.post(f"/v1{RECORDING}/comments", json=both).status_code == 422


def test_two_people_on_one_plan_are_told_of_each_other(
    sign_in: SignIn, records: httpx.Client
) -> None:
    other = sign_in(Role.SUPERVISOR)
    with_csrf(other)
    assert post(other, "draw", **DRAWN).status_code == 201
    refused = post(records, "draw", **DRAWN)
    assert refused.status_code == 409
    assert "supervisor changed this plan since you looked at it" in refused.text


def test_each_change_is_taken_back_one_after_the_other(house: House, records: httpx.Client) -> None:
    before = tracks_of(newest(house))
    post(records, "draw", 2, **DRAWN)
    one = tracks_of(newest(house))
    post(records, "show", 3, person=1, reason="asked for it")
    for version, tracks in ((4, one), (5, before)):
        answer = records.post(f"{PLAN}/undo", json={"plan_version": version})
        assert answer.status_code == 201, answer.text
        assert tracks_of(newest(house)) == tracks
    nothing = records.post(f"{PLAN}/undo", json={"plan_version": 6})
    assert nothing.status_code == 409, "what the machine found is not taken back"
    assert "asked for it" in str(newest(house).document["history"]), "and it stays written down"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"change": "merge", "person": 1, "merged": 2}, 409),  # seen at two places at one time
        ({"change": "split", "person": 1, "tracks": [1]}, 409),
        ({"change": "draw", **DRAWN, "right": 0.1}, 422),
        ({"change": "draw", **DRAWN, "first": 9.0, "last": 9.5}, 422),
        ({"change": "draw", **DRAWN, "exemption": " "}, 422),
        ({"change": "extend", "track": 7, "after": 1.0}, 404),
        ({"change": "extend", "track": 1}, 422),
        ({"change": "exempt", "tracks": [9], "exemption": "personal-privacy"}, 404),
        ({"change": "show", "person": 1, "reason": ""}, 422),
        ({"change": "erase"}, 422),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(
    house: House, records: httpx.Client, change: dict[str, object], fault: int
) -> None:
    answer = records.post(f"{PLAN}/changes", json={"plan_version": 2, **change})
    assert answer.status_code == fault, answer.text
    assert newest(house).version == 2


def test_the_ground_of_a_track_is_named(house: House, records: httpx.Client) -> None:
    code = "us-co.blur-list"
    assert post(records, "exempt", tracks=[1, 2], exemption=code).status_code == 201
    grounds = [track["exemption"] for track in tracks_of(newest(house))]
    assert grounds == [code, code]


def test_everyone_who_changed_a_plan_is_its_author(house: House, records: httpx.Client) -> None:
    other = Revision(CASE.own_recording, "supervisor")
    with house.catalog.write() as session:
        revise(session, other, lambda plan: hide(plan, 1, by="supervisor"), at=NOW)
        session.commit()
    post(records, "draw", 3, **DRAWN)
    row = newest(house)
    assert (row.author, authors_of(row)) == ("records", {"records", "supervisor"})
    with house.catalog.write() as session:
        session.add(rendering_of(row, Verdict.PASSED))
        session.flush()
        with pytest.raises(NotPermitted, match="made the redaction plan"):
            approve(session, CASE.release, by="supervisor", at=NOW)


def test_what_is_sent_back_waits_in_the_queue_and_behind_a_gate_until_it_is_settled(
    sign_in: SignIn, records: httpx.Client
) -> None:
    other, page = sign_in(Role.SUPERVISOR), f"/releases/{CASE.release}"
    form = {"text": "The boy at the door", "second": "1:15.5", "sends_back": "true"}
    form |= {"csrf": csrf_of(other.get(page).text), "release_id": CASE.release}
    assert other.post(f"{RECORDING}/comments", data=form).status_code == 303
    assert "sent back by supervisor: The boy at the door" in records.get("/queue").text
    assert "nobody sent it back" in records.get(page).text
    said = records.get(f"/v1{RECORDING}/comments").json()["items"][0]
    assert (said["second"], said["author"]) == (75.5, "supervisor")
    settle = f"/v1/comments/{said['id']}/settle"
    assert records.post(settle).status_code == 403, "it is her own work"
    with_csrf(other)
    assert other.post(settle).json()["settled_by"] == "supervisor"
    assert other.post(settle).status_code == 409
    assert "sent back by supervisor" not in records.get("/queue").text


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.OVERSIGHT, Role.ADMIN])
def test_nobody_else_reviews(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    assert client.get(f"{RECORDING}/review").status_code == 403
    assert client.get(PLAN).status_code == 403
