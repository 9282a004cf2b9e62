"""Each role lands on its own page, which shows what is its own and does what it may, JSON beside it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from api.desk.app import create_app
from api.desk.security import Throttle
from bwc.catalog.finding import FindingEvent, FindingRow, FindingState
from bwc.catalog.job import Job
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, CallUnit, Decision, Hold, Release, ReleaseState, Role, Tag
from bwc.coverage.finding_list import Asked, list_findings
from bwc.coverage.refreshing import refresh
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.workflow import Reason, explain
from bwc.house import House
from bwc.timeline import Span
from tests.desk_ids import BADGE, CASE, DAY, NOW, OTHER_BADGE
from tests.desks import csrf_of, furnish, make_house, signed_in
from tests.web import serving

SignIn = Callable[[Role], httpx.Client]
HOMES = {
    Role.OFFICER: "/mine",
    Role.SUPERVISOR: "/decisions",
    Role.RECORDS: "/queue",
    Role.ADMIN: "/administration",
    Role.AUDITOR: "/overview",
    Role.OVERSIGHT: "/withheld",
}
DECISION = f"/decisions/{CASE.incident}"


@pytest.fixture(scope="module")
def template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished house with findings of both officers, to copy."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copy(sqlite_template, folder / "catalog.db")
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    house = make_house(catalog, folder)
    furnish(house)
    with house.catalog.write() as session:
        session.add(CallUnit(call_id=CASE.call, officer_id=CASE.other_officer, dispatched_at=NOW - 4 * DAY, arrived_at=NOW - 4 * DAY, cleared_at=NOW - 3 * DAY))  # fmt: skip
        session.add(Call(id="c-other", number="C-OTHER", type="theft", priority=3, received_at=NOW - DAY, district="D"))  # fmt: skip
        session.flush()
        session.add(CallUnit(call_id="c-other", officer_id=CASE.other_officer, dispatched_at=NOW - DAY, arrived_at=NOW - DAY))  # fmt: skip
        rules = rules_in_force(session, house.settings.department)
        refresh(session, Span(NOW - 20 * DAY, NOW), by="auditor", at=NOW, rules=rules)
        session.commit()
    catalog.close()
    return folder


@pytest.fixture
def house(template: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of it."""
    folder = tmp_path / "house"
    shutil.copytree(template, folder)
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    yield make_house(catalog, folder)
    catalog.close()


@pytest.fixture
def sign_in(house: House) -> Iterator[SignIn]:
    with ExitStack() as stack:
        app = create_app(house=house)
        app.state.throttle = Throttle(per_minute=1000)
        desk = stack.enter_context(serving(app))
        yield lambda role: stack.enter_context(signed_in(desk, role))


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    return client.post(path, data={"csrf": csrf_of(client.get("/account").text), **fields})


def decide_anew(house: House, *, outcome: str, due_at: datetime) -> None:
    """Have another decision stand for the public: decisions are never changed."""
    with house.catalog.write() as session:
        old = session.scalars(sa.select(Decision).where(Decision.superseded_at.is_(None))).one()
        old.superseded_at = NOW
        session.add(
            Decision(
                incident_id=old.incident_id,
                audience=old.audience,
                modality=old.modality,
                outcome=outcome,
                due_at=due_at,
                rests_on_draft=old.rests_on_draft,
                document=old.document | {"needs": []},
                sha256=old.sha256,
                decided_at=NOW,
            )
        )
        session.commit()


def findings_of(house: House, officer_id: str) -> list[str]:
    with house.catalog.read() as session:
        found = list_findings(session, Asked(Span(NOW - 28 * DAY, NOW)))
        return [one.id for one in found if one.officer_id == officer_id]


def test_each_role_lands_on_its_own_page_and_no_other_may_open_it(sign_in: SignIn) -> None:
    for role, home in HOMES.items():
        client = sign_in(role)
        assert client.get("/").headers["location"] == home
        assert client.get(home).status_code == HTTPStatus.OK, home
    officer = sign_in(Role.OFFICER)
    for home in set(HOMES.values()) - {"/mine"}:
        assert officer.get(home).status_code == HTTPStatus.FORBIDDEN
        assert officer.get(f"/v1{home}").status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


def test_an_officer_sees_his_own_and_never_another_officers(house: House, sign_in: SignIn) -> None:
    officer = sign_in(Role.OFFICER)
    page, mine = officer.get("/mine").text, officer.get("/v1/mine").json()
    assert "BWC_0417_0007.mp4" in page
    assert "CAM-0417" in page
    theirs = findings_of(house, CASE.other_officer)
    assert theirs
    for strange in ("BWC_0588_0012.mp4", OTHER_BADGE, "C-OTHER", *theirs):
        assert strange not in page
        assert strange not in str(mine)
    assert {one["badge"] for one in [*mine["due"], *mine["findings"]]} == {BADGE}
    assert {one["badge"] for one in mine["recordings"]} == {BADGE}


def test_an_officer_explains_a_gap_on_his_page_and_is_brought_back(
    house: House, sign_in: SignIn
) -> None:
    officer = sign_in(Role.OFFICER)
    due = officer.get("/v1/mine").json()["due"]
    form = {"reason": "battery empty", "note": "after a double shift", "back": "/mine"}
    done = post(officer, f"/findings/{due[0]['id']}/explanation", **form)
    assert done.headers["location"] == "/mine?note=finding_explained"
    now_due = officer.get("/v1/mine").json()["due"]
    assert [one["id"] for one in now_due] == [one["id"] for one in due[1:]]
    (theirs, *_) = findings_of(house, CASE.other_officer)
    refused = post(officer, f"/findings/{theirs}/explanation", **form)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    away = post(officer, f"/findings/{due[1]['id']}/explanation", **(form | {"back": "//evil.example"}))  # fmt: skip
    assert away.headers["location"].startswith("/?note=")


def test_an_officer_ties_his_recording_to_his_call_and_touches_no_case(
    house: House, sign_in: SignIn
) -> None:
    officer, path = sign_in(Role.OFFICER), "/mine/recordings/{}/call"
    tie = {"call_number": "C-101", "reason": "I was there"}
    for recording, call, status in (
        (CASE.own_recording, "C-101", HTTPStatus.CONFLICT),  # it belongs to an incident
        (CASE.quarantined, "C-101", HTTPStatus.CONFLICT),
        (CASE.other_recording, "C-101", HTTPStatus.FORBIDDEN),
        (CASE.untied, "C-OTHER", HTTPStatus.FORBIDDEN),
        (CASE.untied, "C-NONE", HTTPStatus.NOT_FOUND),
        ("none", "C-101", HTTPStatus.NOT_FOUND),
    ):
        refused = post(officer, path.format(recording), **(tie | {"call_number": call}))
        assert refused.status_code == status, (recording, call)
    assert post(officer, path.format(CASE.untied), **tie).headers["location"].startswith("/mine?")
    with house.catalog.read() as session:
        newest = sa.select(Tag).where(Tag.recording_id == CASE.untied).order_by(Tag.created_at.desc())  # fmt: skip
        tag = session.scalars(newest).first()
        assert tag is not None
        assert (tag.author, tag.call_id, tag.incident_id) == (
            "officer",
            "01950000-0000-7000-8000-000000000051",
            None,
        )


def test_a_decision_shows_both_risks_with_their_clocks_and_gates(sign_in: SignIn) -> None:
    supervisor = sign_in(Role.SUPERVISOR)
    found = supervisor.get(f"/v1{DECISION}").json()
    releasing = {f"{one['who']}: {one['how']}" for one in found["releasing"]}
    assert "next of kin: notify is not proven, and comes before release" in releasing
    assert ": not known: subject consent" in releasing
    assert "the department: it rests on rules no lawyer has verified" in releasing
    assert "closed gate: rendering verified" in {one["source"] for one in found["releasing"]}
    waiting = [(one["how"], one["at"]) for one in found["withholding"]]
    assert waiting[0][0] == "notify is due", "the clock that breaks first comes first"
    assert any(how == "21 days from the request: it breaks" and at for how, at in waiting)
    assert ("REQ-2026-0001 is not answered", None) in waiting
    assert any("misconduct" in how for how, _ in waiting)
    assert any(gate["open"] is False for gate in found["releases"][0]["gates"])
    page = supervisor.get(DECISION).text
    assert page.index("What releasing risks") < page.index("What withholding or waiting risks")
    assert supervisor.get("/decisions/none").status_code == HTTPStatus.NOT_FOUND


def test_a_release_to_one_person_is_no_risk_of_the_publics_decision(
    house: House, sign_in: SignIn
) -> None:
    with house.catalog.write() as session:
        session.add(
            Release(
                incident_id=CASE.incident,
                recording_id=CASE.own_recording,
                request_id=CASE.request,
                audience="subject",
                title="For him alone",
                summary="A stop.",
                state=ReleaseState.PROPOSED,
                proposed_by="records",
                proposed_at=NOW,
            )
        )
        session.commit()
    supervisor = sign_in(Role.SUPERVISOR)
    found = supervisor.get(f"/v1{DECISION}").json()
    assert [one["release_id"] for one in found["releases"]] == [CASE.release]
    assert "For him alone" not in supervisor.get(DECISION).text


def test_a_hold_is_placed_and_lifted_from_the_decision(house: House, sign_in: SignIn) -> None:
    supervisor = sign_in(Role.SUPERVISOR)
    form = {"kind": "supervisor", "reason": "the family is not told", "blocks_release": "true"}
    placed = post(supervisor, f"/incidents/{CASE.incident}/holds", back=DECISION, **form)
    assert placed.headers["location"] == f"{DECISION}?note=hold_placed"
    first = supervisor.get(f"/v1{DECISION}").json()
    assert first["releasing"][0]["how"] == "the family is not told"
    with house.catalog.read() as session:
        hold = session.scalars(sa.select(Hold.id).where(Hold.blocks_release.is_(True))).one()
    lifted = post(supervisor, f"/holds/{hold}/lift", back=DECISION)
    assert lifted.headers["location"] == f"{DECISION}?note=hold_lifted"
    sources = [one["source"] for one in supervisor.get(f"/v1{DECISION}").json()["releasing"]]
    assert "hold, supervisor" not in sources


def test_a_supervisor_excuses_the_findings_of_his_unit(house: House, sign_in: SignIn) -> None:
    mine, theirs = findings_of(house, CASE.officer)[0], findings_of(house, CASE.other_officer)[0]
    with house.catalog.write() as session:
        for finding, officer in ((mine, CASE.officer), (theirs, CASE.other_officer)):
            explain(session, finding, reason=Reason.BATTERY, note="", by=officer, officer_id=officer, at=NOW)  # fmt: skip
        session.execute(sa.text("UPDATE users SET officer_id = :id WHERE username = 'supervisor'"), {"id": CASE.officer})  # fmt: skip
        session.commit()
    supervisor = sign_in(Role.SUPERVISOR)
    desk = supervisor.get("/v1/decisions").json()
    assert (desk["unit"], [one["id"] for one in desk["explained"]]) == ("Patrol 2", [mine])
    done = post(supervisor, f"/findings/{mine}/ruling", ruling="excuse", note="", back="/decisions")
    assert done.headers["location"] == "/decisions?note=finding_decided"
    with house.catalog.read() as session:
        assert session.get_one(FindingRow, mine).state is FindingState.EXCUSED
        assert session.scalar(sa.select(sa.func.count(FindingEvent.id)).where(FindingEvent.finding_id == mine)) == 3  # fmt: skip
    assert supervisor.get("/v1/decisions").json()["explained_count"] == 0


def test_an_auditor_begins_with_the_first_figure_and_has_the_chain_followed(
    house: House, sign_in: SignIn
) -> None:
    auditor = sign_in(Role.AUDITOR)
    watch = auditor.get("/v1/overview").json()
    assert watch["officers_on_duty"] == watch["officers_equipped"] == 1
    everything = auditor.get("/v1/findings").json()
    assert watch["findings"] == {"open": len(everything), "explained": 0}
    assert watch["chain"]["checked_at"] is None
    sign_in(Role.RECORDS).get(f"/recordings/{CASE.own_recording}/poster")
    look = auditor.get("/v1/overview").json()["looks"][0]
    assert (look["actor"], look["recording_id"], look["shown"]) == ("records", CASE.own_recording, "poster")  # fmt: skip
    assert "<strong>records</strong> poster of" in auditor.get("/overview").text
    assert post(auditor, "/custody/verify").headers["location"] == "/custody?note=chain_asked"
    assert "It is being followed" in auditor.get("/custody").text
    with house.catalog.read() as session:
        assert session.scalar(sa.select(sa.func.count(Job.id)).where(Job.kind == "verify_custody")) == 1  # fmt: skip


def test_the_board_reads_what_is_withheld_late_and_why_and_nothing_of_footage(
    house: House, sign_in: SignIn
) -> None:
    board = sign_in(Role.OVERSIGHT)
    assert board.get("/v1/withheld").json()["cases"] == []
    decide_anew(house, outcome="RELEASE", due_at=NOW - 3 * DAY)
    (late,) = board.get("/v1/withheld").json()["late"]
    assert (late["number"], late["days_late"], late["waits_for"]) == ("2026-00412", 3, "redaction")
    decide_anew(house, outcome="WITHHOLD", due_at=NOW - 3 * DAY)
    found = board.get("/v1/withheld").json()
    (case,) = found["cases"]
    assert (case["number"], case["grounds"][0]["citation"]) == (
        "2026-00412",
        "C.R.S. 24-31-902(2)(a)",
    )
    assert found["late"] == []
    page = board.get("/withheld").text
    assert "/coverage/equity" in page
    assert "Dana Whitfield" not in page
    assert CASE.own_recording not in page


def test_the_dry_run_says_of_each_recording_whether_it_goes_and_why_not(sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMIN)
    run = admin.get("/v1/retention", params={"limit": 3}).json()
    assert (len(run["items"]), run["total"]) == (3, 4)
    own = next(one for one in run["items"] if one["recording_id"] == CASE.own_recording)
    assert (own["goes"], own["standing"]) == (False, "held")
    assert "request REQ-2026-0001 is pending" in own["why"]
    rest = admin.get("/v1/retention", params={"cursor": run["next"]}).json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert "BWC_0417_0009.mp4" in admin.get("/retention").text


def test_health_is_told_to_the_administrator_alone(sign_in: SignIn) -> None:
    found = sign_in(Role.ADMIN).get("/v1/health").json()
    assert (found["worst"], len(found["checks"])) == ("bad", 10)
    assert sign_in(Role.AUDITOR).get("/v1/health").status_code == HTTPStatus.FORBIDDEN


def test_an_import_is_sent_read_and_applied_by_forms(house: House, sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMIN)
    token = csrf_of(admin.get("/account").text)
    file = {"files": ("officers.csv", "badge,name,unit,sworn\n9001,A. Brook,Patrol 3,true\n")}
    sent = admin.post("/imports", data={"csrf": token}, files=file)
    assert sent.status_code == HTTPStatus.SEE_OTHER, sent.text
    page = admin.get(sent.headers["location"]).text
    fingerprint = page.split('name="fingerprint" value="')[1][:64]
    done = post(admin, f"{sent.headers['location']}/apply", fingerprint=fingerprint)
    assert done.headers["location"] == "/imports?note=imported"
    bad = {"files": ("officers.csv", "badge,name,unit,sworn\n9002,B,U,perhaps\n")}
    wrong = admin.post("/imports", data={"csrf": token}, files=bad)
    page = admin.get(wrong.headers["location"]).text
    assert "officers.csv, line 2" in page
    assert "Import this" not in page
    assert post(admin, f"{wrong.headers['location']}/give-up").status_code == HTTPStatus.SEE_OTHER
    assert admin.post("/imports", files=file).status_code == HTTPStatus.FORBIDDEN, "no form token"


def test_a_camera_is_taken_back_and_given_by_forms_in_the_departments_time(
    sign_in: SignIn,
) -> None:
    admin = sign_in(Role.ADMIN)
    back = post(admin, "/cameras/take-back", serial="CAM-0417", until="2026-03-10T09:30")
    assert back.headers["location"] == "/cameras?note=camera_back"
    given = post(admin, "/cameras/assign", serial="CAM-0417", badge=OTHER_BADGE, since="2026-03-10T10:00")  # fmt: skip
    assert given.headers["location"] == "/cameras?note=camera_given"
    hands = admin.get("/v1/cameras/CAM-0417/assignments").json()["items"]
    assert (hands[0]["badge"], hands[0]["starts_at"]) == (OTHER_BADGE, "2026-03-10T16:00:00Z")
    assert (hands[1]["badge"], hands[1]["ends_at"]) == (BADGE, "2026-03-10T15:30:00Z")
    empty = post(admin, "/cameras/take-back", serial="CAM-0417", until="")
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
