"""What people may try at the desk: odd numbers and letters, two at once, words that are not theirs."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bwc.access.claims import DONE_TO, assign, claims, give_back
from bwc.access.users import deactivate
from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    CustodyEntry,
    Plan,
    Release,
    Rendering,
    Role,
    User,
    Verdict,
    WorkClaim,
)
from bwc.catalog.views.queue import Step
from bwc.custody.acts import Act
from bwc.errors import Conflict, NotPermitted
from bwc.house import House
from bwc.ids import new_id
from bwc.intake.own_tags import tie_own
from bwc.intake.tagging import correct_tag, current_tag
from bwc.release.comments import Said, comment, settle
from bwc.release.gates import GateName
from bwc.release.log import CODE, public_log
from tests.desk_ids import CASE, MINUTE, NOW, PASSWORD
from tests.desks import SignIn, csrf_of, furnish, looked_at, make_house, signing_in, with_csrf

COMMENTS = f"/recordings/{CASE.own_recording}/comments"
JSON = {"content-type": "application/json"}
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PROVE = ("Prove", CASE.obligation)


def furnished(catalog: Catalog, folder: Path) -> House:
    house = make_house(catalog, folder / "house")
    furnish(house)
    return house


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    return furnished(sqlite_catalog, tmp_path)


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield lambda role: with_csrf(sign_in(role))


@pytest.fixture
def either(catalog: Catalog, tmp_path: Path) -> House:
    """A house on SQLite and on PostgreSQL, where the database is the point."""
    return furnished(catalog, tmp_path)


def acts_of(house: House, *acts: Act) -> list[CustodyEntry]:
    with house.catalog.read() as session:
        query = sa.select(CustodyEntry).where(CustodyEntry.act.in_([act.value for act in acts]))
        return list(session.scalars(query.order_by(CustodyEntry.position)))


def test_a_moment_lies_in_the_recording_whatever_is_typed(sign_in: SignIn) -> None:
    client = sign_in(Role.RECORDS)
    for typed in ("nan", "inf", "-1", "754.5", "9" * 400 + ":1", "9" * 5000 + ":1", "1:2:3", "٣x"):
        answer = client.post(COMMENTS, data={"text": "x", "second": typed})
        assert answer.status_code == 422, typed[:20]
    for number in ("NaN", "Infinity", "-Infinity", "1e400", "-1", "754.5"):
        body = f'{{"text": "x", "second": {number}}}'
        assert client.post(f"/v1{COMMENTS}", content=body, headers=JSON).status_code == 422, number
    assert client.get(f"/v1{COMMENTS}").json()["items"] == []


def test_letters_that_no_database_holds_are_refused_or_found_nowhere(either: House) -> None:
    with signing_in(either) as sign_in:
        client = with_csrf(sign_in(Role.RECORDS))
        answers = {
            "half a letter": client.post(
                f"/v1{COMMENTS}", content=r'{"text": "\ud800"}', headers=JSON
            ),
            "NUL": client.post(f"/v1{COMMENTS}", json={"text": "a\0b"}),
            "NUL in a form": client.post(COMMENTS, data={"text": "a\0b"}),
            "NUL in a search": client.get("/search", params={"q": "ab\0"}),
            "NUL in a search of programs": client.get("/v1/search", params={"q": "ab\0"}),
            "NUL in an address": client.get("/recordings/%00"),
            "a long address": client.get("/recordings/" + "a" * 300),
        }
        for what, answer in answers.items():
            assert answer.status_code < 500, what
        strange = "\u202e<script>alert(1)</script> ﷽ 🚓"
        assert (
            client.post(COMMENTS, data={"text": strange, "sends_back": "true"}).status_code == 303
        )
        for page in (f"/releases/{CASE.release}", "/queue"):
            text = client.get(page).text
            assert "&lt;script&gt;alert(1)" in text
            assert "<script>alert" not in text


def test_what_was_said_of_people_is_not_told_to_who_may_not_know_them(sign_in: SignIn) -> None:
    said = {"text": "The boy at the door is Tom", "sends_back": True}
    assert sign_in(Role.SUPERVISOR).post(f"/v1{COMMENTS}", json=said).status_code == 201
    for role in (Role.OVERSIGHT, Role.AUDITOR):
        client = sign_in(role)
        for place in (f"/releases/{CASE.release}", f"/v1/releases/{CASE.release}"):
            answer = client.get(place)
            assert (answer.status_code, "sent back by supervisor" in answer.text) == (200, True)
            assert "boy at the door" not in answer.text, f"{role} at {place}"


def test_what_is_sent_back_is_a_code_on_the_portal(house: House) -> None:
    assert set(CODE) == set(GateName), "the public log stops at a gate that it has no word for"
    with house.catalog.write() as session:
        comment(session, CASE.own_recording, Said("x", sends_back=True), by="supervisor", at=NOW)
        session.execute(sa.update(Release).values(approved_by="supervisor"))
        session.flush()
        documents = public_log(session, zone=NOW.tzinfo, at=NOW).documents  # type: ignore[arg-type]
    assert documents["upcoming/index.json"]["cases"]


@pytest.mark.parametrize("maker", ["records", "oscar"])
def test_whose_work_was_sent_back_does_not_settle_it(house: House, maker: str) -> None:
    """He proposed the release, or he changed the plan."""
    with house.catalog.write() as session:
        history: dict[str, Any] = {"history": [{"by": "person:oscar", "what": "region drawn"}]}
        session.add(
            Plan(
                id=new_id(), recording_id=CASE.own_recording, version=2, sha256="e" * 64,
                document=history, author="oscar", created_at=NOW,
            )
        )  # fmt: skip
        back = comment(
            session, CASE.own_recording, Said("x", sends_back=True), by="supervisor", at=NOW
        )
        with pytest.raises(NotPermitted, match="Ask supervisor"):
            settle(session, back.id, by=maker, at=NOW)
        own = comment(session, CASE.own_recording, Said("y", sends_back=True), by=maker, at=NOW)
        assert settle(session, own.id, by=maker, at=NOW).settled_by == maker, "he takes it back"
        assert settle(session, back.id, by="another", at=NOW).settled_by == "another"


def test_the_same_work_given_twice_at_once_is_one_persons(either: House) -> None:
    """On PostgreSQL the second insert of one claim was an error."""
    barrier, faults = threading.Barrier(2), []

    def give(username: str) -> None:
        try:
            with either.catalog.write() as session:
                barrier.wait() if either.catalog.url.startswith("postgres") else None
                assign(session, [PROVE], username, waiting=[PROVE], by="records", at=NOW)
                session.commit()
        except Exception as error:  # noqa: BLE001  shown below
            faults.append(error)

    people = [threading.Thread(target=give, args=(name,)) for name in ("records", "supervisor")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert faults == []
    entries = acts_of(either, Act.WORK_ASSIGNED)
    first, second = ((one.before or {})["for"] for one in entries)
    assert (first, second) == (None, entries[0].detail["for"]), "each says who had it before"
    with either.catalog.read() as session:
        assert claims(session) == {PROVE: entries[1].detail["for"]}


def test_what_others_tie_to_an_incident_meanwhile_an_officer_does_not_tie_away(
    either: House,
) -> None:
    refused: list[str] = []

    def tie() -> None:
        with either.catalog.write() as session:
            try:
                tie_own(
                    session,
                    CASE.untied,
                    call_number="C-101",
                    officer_id=CASE.officer,
                    reason="I was there",
                    author="officer",
                    at=NOW,
                )
                session.commit()
            except Conflict as error:
                refused.append(str(error))

    officer = threading.Thread(target=tie)
    with either.catalog.write() as session:
        correct_tag(
            session, CASE.untied, incident_id=CASE.incident, reason="x", author="records", at=NOW
        )
        officer.start()
        officer.join(timeout=0.5)  # he asks while it is not committed
        session.commit()
    officer.join()
    assert len(refused) == 1
    with either.catalog.read() as session:
        tag = current_tag(session, CASE.untied)
    assert tag is not None
    assert tag.incident_id == CASE.incident


def test_of_work_in_bulk_all_is_given_or_none_and_the_bad_piece_is_named(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(Role.RECORDS)
    good, gone = f"Prove:{CASE.obligation}", f"Prove:{CASE.hold}"
    for bad, status, named in (
        (gone, 404, CASE.hold),
        ("Prove:" + "a" * 200, 404, "aaaa"),
        ("Nope:1", 422, "Nope:1"),
        ("Prove:\0", 404, "Prove"),
    ):
        answer = client.post("/queue/assign", data={"piece": [good, bad], "username": "records"})
        assert (answer.status_code, named in answer.text) == (status, True), bad[:30]
    piece = {"step": "Prove", "subject_id": "b" * 36}
    body = {"pieces": [{"step": "Prove", "subject_id": CASE.obligation}, piece]}
    answer = client.post("/v1/queue/assignments", json=body | {"username": "records"})
    assert (answer.status_code, "b" * 36 in answer.text) == (404, True)
    with house.catalog.read() as session:
        assert claims(session) == {}


def test_each_piece_that_changes_hands_is_an_entry(house: House) -> None:
    with house.catalog.write() as session:
        for username in ("records", "records", "supervisor"):
            assign(session, [PROVE], username, waiting=[PROVE], by="records", at=NOW)
        give_back(session, [PROVE, ("Redact", CASE.untied)], by="supervisor", at=NOW)
        session.commit()
    told = [
        (one.act, one.subject_kind, (one.before or {})["for"], one.detail["for"])
        for one in acts_of(house, Act.WORK_ASSIGNED, Act.WORK_GIVEN_BACK)
    ]
    assert told == [
        ("work assigned", "obligation", None, "records"),
        ("work assigned", "obligation", "records", "supervisor"),
        ("work given back", "obligation", "supervisor", None),
    ]
    assert set(DONE_TO) <= set(Step)


def test_what_a_closed_account_had_is_nobodys(house: House) -> None:
    with house.catalog.write() as session:
        assign(session, [PROVE], "records", waiting=[PROVE], by="supervisor", at=NOW)
        deactivate(session, "records", by="admin", at=NOW)
        assert session.scalar(sa.select(sa.func.count()).select_from(WorkClaim)) == 1
        assert claims(session) == {}


def test_a_password_is_not_guessed_at_somebodys_open_session(sign_in: SignIn) -> None:
    client = sign_in(Role.RECORDS)
    form = {"current": "wrong", "password": "another long password"}
    answers = [client.post("/account/password", data=form).status_code for _ in range(6)]
    assert answers == [422] * 5 + [401], "it was locked and its sessions ended"
    with httpx.Client(base_url=client.base_url) as stranger:
        form = {"username": "records", "password": PASSWORD}
        form["csrf"] = csrf_of(stranger.get("/sign-in").text)
        assert stranger.post("/sign-in", data=form).status_code == 403


def test_an_approval_by_json_names_what_was_looked_at(house: House, sign_in: SignIn) -> None:
    client, place = sign_in(Role.SUPERVISOR), f"/v1/releases/{CASE.release}"
    seen = looked_at(client, place)
    with house.catalog.write() as session:
        session.add(
            Rendering(
                id=new_id(), recording_id=CASE.own_recording, plan_id=CASE.plan, size_bytes=1,
                original_sha256=f"{1:064x}", sha256="c" * 64, verdict=Verdict.PASSED,
                created_at=NOW + MINUTE,
            )
        )  # fmt: skip
        session.commit()
    assert client.post(f"{place}/approve", json=seen).status_code == 409
    assert client.post(f"{place}/approve", json={}).status_code == 422


def test_a_number_that_is_none_makes_no_plan(sign_in: SignIn) -> None:
    client = sign_in(Role.RECORDS)
    rest = '"right": 0.2, "bottom": 0.2, "first": 0, "exemption": "x"}'
    for number in ("NaN", "Infinity", "1e400"):
        body = '{"plan_version": 1, "change": "draw", "left": 0.1, "top": 0.1, "last": '
        answer = client.post(
            f"/v1/recordings/{CASE.own_recording}/plan/changes",
            content=f"{body}{number}, {rest}",
            headers=JSON,
        )
        assert (answer.status_code, "last" in answer.text) == (422, True), number


def test_guesses_at_a_code_during_a_lock_do_not_lengthen_it(house: House, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    with house.catalog.write() as session:
        lock = sa.update(User).where(User.username == "supervisor")
        session.execute(lock.values(locked_until=NOW + 5 * MINUTE, second_factor=SECRET))
        session.commit()
    for _ in range(6):
        answer = client.post("/v1/sessions/current/code", json={"code": "000000"})
        assert (answer.status_code, "is locked" in answer.text) == (403, True)
    assert client.get("/v1/jobs").status_code == 200
    assert acts_of(house, Act.SIGN_IN_REFUSED) == []
