"""What the administrator and every account do, done by programs: it is what the pages do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from api.desk.app import create_app
from api.desk.security import OTHER_BODIES
from bwc.access.codes import code_at, step_of
from bwc.catalog.store import Catalog
from bwc.catalog.tables import (  # fmt: skip
    Call,
    CoveragePeriod,
    CoverageSpanKind,
    CustodyEntry,
    Job,
    Officer,
)
from bwc.clock import iso
from bwc.custody.acts import Act
from bwc.house import House
from tests.desk_ids import BADGE, CASE, DAY, NOW, OTHER_BADGE, PASSWORD
from tests.desks import furnish, make_house
from tests.web import serving

SignIn = Callable[..., httpx.Client]
OK, CREATED, NOTHING = HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT
CONFLICT, INVALID, MISSING = HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND  # fmt: skip
NEW = "several unrelated copper words"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SERIAL = "CAM-0417"


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with ExitStack() as stack:
        desk = stack.enter_context(serving(create_app(house=house)))

        def client(name: str, password: str = PASSWORD) -> httpx.Client:
            body = {"username": name, "password": password}
            answer = httpx.post(f"{desk}/v1/sessions", json=body)
            assert answer.status_code == CREATED, answer.text
            bearer = {"authorization": f"Bearer {answer.json()['token']}"}
            return stack.enter_context(httpx.Client(base_url=desk, headers=bearer))

        yield client


def acts(house: House) -> list[str]:
    with house.catalog.read() as session:
        return list(session.scalars(sa.select(CustodyEntry.act).order_by(CustodyEntry.position)))


def count(house: House, table: type[Officer | Call]) -> int:
    with house.catalog.read() as session:
        return session.scalar(sa.select(sa.func.count(table.id))) or 0


def test_an_account_is_opened_changed_closed_and_its_name_is_taken_once(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    new = {"username": "nora", "role": "officer", "badge": OTHER_BADGE, "password": NEW}
    made = admin.post("/v1/users", json=new)
    assert (made.status_code, made.json()["badge"]) == (CREATED, OTHER_BADGE)
    assert admin.post("/v1/users", json=new).status_code == CONFLICT
    nora = sign_in("nora", NEW)
    changed = admin.patch("/v1/users/nora", json={"role": "records", "password": f"{NEW} again"})
    assert changed.json()["role"] == "records"
    assert nora.get("/v1/account").status_code == HTTPStatus.UNAUTHORIZED
    assert admin.patch("/v1/users/nora", json={"active": False}).json()["active"] is False
    assert admin.patch("/v1/users/nobody", json={"active": False}).status_code == MISSING
    assert "password" not in admin.get("/v1/users").text


def test_a_change_of_an_account_that_cannot_be_made_whole_is_not_made(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    refused = admin.patch("/v1/users/records", json={"role": "auditor", "password": "short"})
    assert refused.status_code == INVALID
    roles = {one["username"]: one["role"] for one in admin.get("/v1/users").json()["items"]}
    assert roles["records"] == "records"


def test_the_second_factor_is_set_up_and_taken_away_by_programs(sign_in: SignIn) -> None:
    records, admin = sign_in("records"), sign_in("admin")
    offer = records.get("/v1/account/second-factor").json()
    assert f"secret={offer['secret']}" in offer["address"]
    body = {"secret": SECRET, "code": code_at(SECRET, step_of(NOW)), "current": PASSWORD}
    assert records.post("/v1/account/second-factor", json={**body, "code": "1"}).status_code == INVALID  # fmt: skip
    assert records.post("/v1/account/second-factor", json=body).status_code == NOTHING
    assert records.get("/v1/account").json()["has_second_factor"] is True
    taken = admin.delete("/v1/users/records/second-factor").json()
    assert taken["has_second_factor"] is False


def test_one_changes_ones_own_password_and_calendar(sign_in: SignIn) -> None:
    records = sign_in("records")
    address = records.post("/v1/account/calendar").json()["address"]
    assert httpx.get(address).status_code == OK
    assert records.delete("/v1/account/calendar").status_code == NOTHING
    assert httpx.get(address).status_code == MISSING
    assert records.post("/v1/account/password", json={"current": "wrong", "password": NEW}).status_code == INVALID  # fmt: skip
    assert records.post("/v1/account/password", json={"current": PASSWORD, "password": NEW}).status_code == NOTHING  # fmt: skip
    assert records.get("/v1/account").status_code == HTTPStatus.UNAUTHORIZED
    sign_in("records", NEW)


def test_a_letter_is_read_by_programs_and_one_not_borne_is_refused(sign_in: SignIn) -> None:
    records, path = sign_in("records"), f"/v1/incidents/{CASE.incident}/letters/public"
    letter = records.get(f"{path}/acknowledgement").json()
    assert "We received your request REQ-2026-0001" in letter["paragraphs"][0]
    assert records.get(f"{path}/delay").status_code == CONFLICT


def test_many_redactions_are_ordered_together_or_not_at_all(house: House, sign_in: SignIn) -> None:
    records = sign_in("records")
    wanted = [CASE.own_recording, CASE.untied]
    refused = records.post("/v1/queue/redactions", json={"recording_ids": [*wanted, "none"]})
    assert refused.status_code == MISSING
    ordered = records.post("/v1/queue/redactions", json={"recording_ids": wanted})
    assert ordered.status_code == HTTPStatus.ACCEPTED
    assert {job["kind"] for job in ordered.json()["items"]} == {"render"}
    with house.catalog.read() as session:
        of = sa.select(Job.subject_id).where(Job.kind == "render", Job.requested_by == "records")
        assert sorted(map(str, session.scalars(of))) == sorted(
            [*wanted, CASE.other_recording]  # the last was at work before
        )


def test_a_camera_goes_from_hand_to_hand_at_instants(house: House, sign_in: SignIn) -> None:
    admin, path = sign_in("admin"), f"/v1/cameras/{SERIAL}/assignments"
    with house.catalog.write() as session:
        day = (NOW - 2 * DAY).date().isoformat()
        session.add(CoveragePeriod(kind=CoverageSpanKind.DAY, period=day, as_of=NOW, is_stale=False))  # fmt: skip
        session.commit()
    given = {"badge": OTHER_BADGE, "since": iso(NOW - DAY)}
    refused = admin.post(path, json=given)
    assert refused.status_code == CONFLICT
    assert f"badge {BADGE} has this camera" in refused.json()["detail"]
    early = admin.post(f"{path}/end", json={"until": iso(NOW - 70 * DAY)})
    assert early.status_code == CONFLICT
    back = admin.post(f"{path}/end", json={"until": iso(NOW - 2 * DAY)}).json()
    assert (back["badge"], back["ends_at"]) == (BADGE, iso(NOW - 2 * DAY))
    assert admin.post(f"{path}/end", json={"until": iso(NOW)}).status_code == CONFLICT
    assert admin.post(path, json=given).status_code == CREATED
    listed = admin.get(path).json()["items"]
    assert [one["badge"] for one in listed] == [OTHER_BADGE, BADGE]
    assert admin.get("/v1/cameras").json()["items"][0]["badges"] == [OTHER_BADGE]
    assert acts(house)[-2:] == [Act.CAMERA_TAKEN_BACK, Act.CAMERA_ASSIGNED]
    with house.catalog.read() as session:
        assert session.scalars(sa.select(CoveragePeriod.is_stale)).all() == [True]


def test_a_camera_out_of_service_is_given_to_nobody(sign_in: SignIn) -> None:
    admin, path = sign_in("admin"), f"/v1/cameras/{SERIAL}"
    admin.post(f"{path}/assignments/end", json={"until": iso(NOW - 2 * DAY)})
    out = admin.patch(path, json={"out_of_service_at": iso(NOW - DAY), "why": "lens broken"}).json()
    assert (out["works"], out["badges"]) == (False, [])
    given = {"badge": BADGE, "since": iso(NOW)}
    assert admin.post(f"{path}/assignments", json=given).status_code == CONFLICT
    assert admin.patch(path, json={"out_of_service_at": None, "why": "repaired"}).json()["works"]
    assert admin.post(f"{path}/assignments", json={**given, "badge": "none"}).status_code == MISSING
    assert admin.post(f"{path}/assignments", json=given).status_code == CREATED


OFFICERS = "badge,name,unit,sworn\n9001,A. Brook,Patrol 3,true\n"
CALLS = "number,type,priority,received,cancelled\nC-900,theft,3,2026-03-10T10:00:00-07:00,false\n"


def send(client: httpx.Client, **files: str) -> httpx.Response:
    named = [("files", (f"{name}.{'toml' if name == 'mapping' else 'csv'}", text)) for name, text in files.items()]  # fmt: skip
    return client.post("/v1/imports", files=named)


def test_an_import_is_tried_then_applied_as_it_was_tried(house: House, sign_in: SignIn) -> None:
    admin, before = sign_in("admin"), count(house, Officer)
    tried = send(admin, officers=OFFICERS, calls=CALLS)
    assert tried.status_code == CREATED, tried.text
    trial = tried.json()
    assert trial["tables"]["officers"] == {"added": 1, "changed": 0, "unchanged": 0}
    assert (count(house, Officer), Act.IMPORT in acts(house)) == (before, False)
    path = tried.headers["location"]
    assert admin.get(path).json()["fingerprint"] == trial["fingerprint"]
    other = admin.post(f"{path}/apply", json={"fingerprint": "0" * 64})
    assert other.status_code == CONFLICT
    done = admin.post(f"{path}/apply", json={"fingerprint": trial["fingerprint"]})
    assert (done.status_code, done.json()["applied"]) == (OK, True)
    assert count(house, Officer) == before + 1
    assert Act.IMPORT in acts(house)
    assert admin.get(path).status_code == MISSING, "its files are gone"


def test_a_bad_row_is_named_by_its_line_and_nothing_is_imported(
    house: House, sign_in: SignIn
) -> None:
    admin, before = sign_in("admin"), count(house, Call)
    tried = send(admin, calls=CALLS + "C-901,theft,3,yesterday,false\n")
    (error,) = tried.json()["errors"]
    assert (error["file"], error["line"], error["column"]) == ("calls.csv", 3, "received")
    assert tried.json()["tables"]["calls"]["added"] == 1
    path, fingerprint = tried.headers["location"], tried.json()["fingerprint"]
    refused = admin.post(f"{path}/apply", json={"fingerprint": fingerprint})
    assert (refused.status_code, count(house, Call)) == (INVALID, before)
    assert admin.delete(path).status_code == NOTHING


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "nothing to import"),
        ({"roster": OFFICERS}, "would not be read"),
        ({"mapping": '[officers]\nfile = "../house.key"\n', "officers": OFFICERS}, "sent with it"),
        ({"mapping": "[officers]\nwrong = 1\n"}, "mapping.toml, officers.file: the mapping says"),
        ({"mapping": "[officers"}, "mapping.toml: not a mapping file"),
        ({"mapping": "\x00"}, "mapping.toml: not a mapping file"),
        ({"mapping": ""}, "mapping.toml: nothing to import"),
        ({"../officers": OFFICERS}, "not a file of an import"),
    ],
    ids=[
        "nothing",
        "a name that is no file's",
        "a file elsewhere",
        "a bad mapping",
        "no TOML",
        "no text",
        "a mapping of nothing",
        "a path",
    ],
)
def test_what_is_no_import_is_refused_and_leaves_nothing(
    house: House, sign_in: SignIn, files: dict[str, str], words: str
) -> None:
    refused = send(sign_in("admin"), **files)
    assert (refused.status_code, words in refused.json()["detail"]) == (INVALID, True), refused.text
    spool = house.settings.spool_folder
    assert str(spool) not in refused.text
    assert list(spool.glob("import-*")) == []


def test_a_file_that_a_mapping_names_and_nobody_sent_is_told_without_a_path(
    house: House, sign_in: SignIn
) -> None:
    mapping = '[officers]\nfile = "roster.csv"\n'
    tried = send(sign_in("admin"), mapping=mapping, calls=CALLS)
    (error,) = [one for one in tried.json()["errors"] if one["file"] == "roster.csv"]
    assert (error["line"], error["expected"]) == (0, "a readable file")
    assert "beside the others" in error["advice"]
    assert str(house.settings.spool_folder) not in tried.text


def test_a_citys_own_export_is_imported_by_its_mapping(house: House, sign_in: SignIn) -> None:
    admin = sign_in("admin")
    mapping = '[officers]\nfile = "roster.csv"\n[officers.columns]\nbadge = "ID"\nname = "Who"\nunit = "Team"\nsworn = "Sworn"\n'  # fmt: skip
    tried = send(admin, mapping=mapping, roster="ID,Who,Team,Sworn\n9002,B. Reed,Patrol 3,yes\n")
    assert tried.json()["tables"]["officers"]["added"] == 1
    fingerprint = tried.json()["fingerprint"]
    admin.post(f"{tried.headers['location']}/apply", json={"fingerprint": fingerprint})
    with house.catalog.read() as session:
        assert session.scalar(sa.select(Officer.name).where(Officer.badge == "9002")) == "B. Reed"


def test_a_stranger_is_refused_before_his_files_are_read(sign_in: SignIn) -> None:
    desk = str(sign_in("admin").base_url)
    large = {"files": ("calls.csv", b"x" * (2 << 20))}
    assert httpx.post(f"{desk}/v1/imports", files=large).status_code == HTTPStatus.UNAUTHORIZED
    assert sign_in("records").post("/v1/imports", files=large).status_code == HTTPStatus.FORBIDDEN
    assert (OTHER_BODIES["/v1/imports"] or 0) > len(large["files"][1])
