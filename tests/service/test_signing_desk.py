"""Signing an unrendered plan at the desk: by form and by JSON, with a second factor, and taken back."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bwc.access.codes import code_at, step_of
from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry, Job, Role, Signature, SignatureState
from bwc.custody.acts import Act
from bwc.house import House
from bwc.redaction.keep import keep_plan
from bwc.redaction.keys import Region
from bwc.redaction.plan import Kind
from tests.desk_ids import CASE, NOW, PASSWORD
from tests.desks import (
    SEEN,
    SignIn,
    csrf_of,
    furnish,
    looked_at,
    make_house,
    seen_on,
    signing_in,
    with_csrf,
)
from tests.plans import make_plan, still

PAGE, API = f"/releases/{CASE.release}", f"/v1/releases/{CASE.release}"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    """A house whose release was verified once; its plan was changed since."""
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    one = make_plan(still(1, Kind.FACE, Region(10, 10, 90, 90)))
    with house.catalog.write() as session:
        keep_plan(
            session, one, recording_id=CASE.own_recording, author="records", job_id=None, at=NOW
        )
        session.commit()
    return house


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with signing_in(house) as sign_in:
        yield lambda role: with_csrf(sign_in(role))


def jobs(house: House) -> list[tuple[str, dict[str, object]]]:
    with house.catalog.read() as session:
        about = (CASE.own_recording, CASE.release)
        asked = sa.select(Job).where(Job.subject_id.in_(about)).order_by(Job.id)
        return [(job.kind, dict(job.arguments)) for job in session.scalars(asked)]


def form_of(page: str) -> dict[str, str]:
    """What the form of the page names as seen."""
    fields = seen_on(page)
    return fields | {"csrf": csrf_of(page)}


def test_by_json_it_names_the_plan_and_is_read_as_waiting(house: House, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    seen = looked_at(client, API)
    assert seen["rendering_id"] is None
    answer = client.post(f"{API}/approve", json={**seen, "accept_draft": True})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["state"], told["approved_by"]) == ("proposed", None)
    signature = told["signature"]
    assert (signature["state"], signature["signed_by"]) == ("waiting", "supervisor")
    assert (signature["plan_version"], signature["plan_sha256"]) == (2, seen["plan_sha256"])
    assert jobs(house) == [
        ("render", {"plan_id": seen["plan_id"], "exact": True}),
        ("take_effect", {"signature_id": signature["id"]}),
    ]
    again = client.post(f"{API}/approve", json={**seen, "accept_draft": True})
    assert (again.status_code, again.json()["signature"]["id"]) == (200, signature["id"])
    assert len(jobs(house)) == 2
    otherwise = client.post(f"{API}/approve", json=seen)
    assert otherwise.status_code == 409, "draft rules are accepted, or not: one signature at a time"


@pytest.mark.parametrize("left_out", SEEN)
def test_by_json_nothing_of_what_was_seen_is_left_out(sign_in: SignIn, left_out: str) -> None:
    client = sign_in(Role.SUPERVISOR)
    seen = looked_at(client, API)
    del seen[left_out]
    assert client.post(f"{API}/approve", json=seen).status_code == 422


def test_by_form_it_says_what_it_will_do(house: House, sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    page = client.get(PAGE).text
    assert "Sign, render and verify" in page
    assert "Approve release" not in page
    form = form_of(page)
    assert "rendering_id" not in form
    done = client.post(f"{PAGE}/approve", data=form)
    assert done.headers["location"] == f"{PAGE}?note=plan_signed"
    page = client.get(PAGE).text
    assert "being rendered and verified" in page
    assert "Sign, render and verify" not in page
    assert "signed by supervisor" in sign_in(Role.RECORDS).get("/queue").text
    kept = client.post(f"/v1/recordings/{CASE.own_recording}/plan/undo", json={"plan_version": 2})
    assert kept.status_code == 409, "while it is rendered nobody changes it"
    taken = client.post(f"{PAGE}/signature/revoke", data={"csrf": csrf_of(page)})
    assert taken.headers["location"] == f"{PAGE}?note=signature_taken_back"
    with house.catalog.read() as session:
        assert session.scalars(sa.select(Signature.state)).all() == [SignatureState.TAKEN_BACK]
        acts = sa.select(CustodyEntry.act).where(CustodyEntry.subject_id == CASE.release)
        said = session.scalars(acts.order_by(CustodyEntry.position)).all()
    assert said[-2:] == [Act.RELEASE_SIGNED.value, Act.SIGNATURE_TAKEN_BACK.value]


def test_it_is_taken_back_by_json_once(sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    assert client.post(f"{API}/signature/revoke").status_code == 409
    client.post(f"{API}/approve", json=looked_at(client, API))
    taken = client.post(f"{API}/signature/revoke")
    assert (taken.status_code, taken.json()["signature"]["state"]) == (200, "taken back")
    assert client.post(f"{API}/signature/revoke").status_code == 409


def test_a_plan_changed_while_he_looked_is_not_signed_and_he_is_told_by_whom(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(Role.SUPERVISOR)
    form, seen = form_of(client.get(PAGE).text), looked_at(client, API)
    drawn = {
        "change": "draw", "plan_version": 2, "left": 0.1, "top": 0.2, "right": 0.3, "bottom": 0.4,
        "first": 0.2, "last": 0.6, "exemption": "personal-privacy",
    }  # fmt: skip
    place = f"/v1/recordings/{CASE.own_recording}/plan/changes"
    assert sign_in(Role.RECORDS).post(place, json=drawn).status_code == 201
    for answer in (
        client.post(f"{PAGE}/approve", data=form),
        client.post(f"{API}/approve", json=seen),
    ):
        assert answer.status_code == 409
        assert "version 3 of the plan, by records" in answer.text
    assert jobs(house) == []


def test_who_changed_the_plan_is_told_that_another_must_approve(sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    drawn = {
        "change": "draw", "plan_version": 2, "left": 0.1, "top": 0.2, "right": 0.3, "bottom": 0.4,
        "first": 0.2, "last": 0.6, "exemption": "personal-privacy",
    }  # fmt: skip
    place = f"/v1/recordings/{CASE.own_recording}/plan/changes"
    assert client.post(place, json=drawn).status_code == 201
    assert "You worked on its redaction" in client.get(PAGE).text
    answer = client.post(f"{API}/approve", json=looked_at(client, API))
    assert answer.status_code == 403
    assert "made the redaction plan" in answer.text


@pytest.mark.parametrize("role", [Role.RECORDS, Role.AUDITOR, Role.OVERSIGHT, Role.ADMIN])
def test_nobody_else_signs_or_takes_back(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    for path in ("approve", "signature/revoke"):
        assert client.post(f"{API}/{path}", json={}).status_code == 403
        assert client.post(f"{PAGE}/{path}", data={}).status_code == 403


def test_the_second_factor_stands_before_signing_and_taking_back(sign_in: SignIn) -> None:
    client = sign_in(Role.SUPERVISOR)
    set_up = {"secret": SECRET, "code": code_at(SECRET, step_of(NOW)), "current": PASSWORD}
    assert client.post("/account/second-factor", data=set_up).status_code == 303
    seen = looked_at(client, API)
    for path, body in (("approve", seen), ("signature/revoke", {})):
        refused = client.post(f"{API}/{path}", json=body)
        assert (refused.status_code, refused.json()["type"]) == (
            403,
            "urn:bwc:problem:second-factor",
        )
    later = code_at(SECRET, step_of(NOW) + 1)
    assert client.post("/code", data={"code": later, "target": PAGE}).status_code == 303
    answer = client.post(f"{API}/approve", json=seen)
    assert answer.json()["signature"]["state"] == "waiting"


def test_an_older_verified_rendering_is_not_what_is_approved(sign_in: SignIn) -> None:
    client: httpx.Client = sign_in(Role.SUPERVISOR)
    seen = looked_at(client, API) | {"rendering_id": CASE.rendering}
    answer = client.post(f"{API}/approve", json=seen)
    assert answer.status_code == 409
    assert "version 2 of the plan has not been rendered" in answer.text
    assert "shows an older plan than version 2" in client.get(PAGE).text
