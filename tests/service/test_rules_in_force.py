"""Coverage by the packs in force: each call by the rule of its day, with the reason."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from api.desk.app import create_app
from bwc.catalog.policy_change import PolicyChange
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, FindingRow, Role
from bwc.catalog.views.policy_changes import list_policy_changes
from bwc.cli.coverage import app
from bwc.clock import FixedClock
from bwc.coverage.activation import NO_PACK
from bwc.coverage.expected import Begin, Exclusion
from bwc.coverage.report import department_coverage, period_calls
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.stale_days import days_to_refresh
from bwc.coverage.sums import Days
from bwc.coverage.trend import rule_breaks
from bwc.errors import IntegrityError
from bwc.house import House
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.settings import Department, Settings
from bwc.timeline import Span
from bwc.vault.local import LocalPublicStore, LocalVault
from tests.desks import furnish, make_house, signed_in
from tests.packs_in_turn import Duty, activate, propose, write_pack
from tests.roster import Stay, Town, at
from tests.web import serving
from workers.run import run_job
from workers.steps import STEPS

DENVER = ZoneInfo("America/Denver")
WEEK = Span(at(0), at(7 * 24))
MONDAY = date(2026, 3, 2)
THURSDAY = MONDAY + timedelta(days=3)
NOON = 3 * 24 + 12  # on Thursday, after that day's call
ARRIVAL = Duty("arrival")
DISPATCH = Duty("dispatch", buffer=30)
EXEMPTING = Duty("arrival", exempt="alarm")
BY_ARRIVAL = "from arrival to last clearing: activation rule of town 1, Town code 7"
BY_DISPATCH = "from dispatch to last clearing, 30 s before it included: activation rule of town 2, Town code 7"


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """A call on each day of a week: sent at 9, there at 10, done at 11; filmed while there."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        for day in range(7):
            hour = day * 24
            built.shift("7", hour + 8, hour + 18)
            built.call(f"26-{day}", hour + 9, Stay("7", hour + 10, hour + 11))
            built.film(hour + 10, hour + 11, serial="cam-1")
        session.flush()
        yield built


@pytest.fixture
def department(tmp_path: Path) -> Department:
    """The settings name version 1, from arrival; version 2, from dispatch, lies beside it."""
    write_pack(tmp_path / "next", "2", DISPATCH)
    return write_pack(tmp_path / "named", "1", ARRIVAL)


def expected(town: Town, rules: RuleBook) -> list[tuple[float, str]]:
    """Each call's expected seconds and the reason, by day."""
    calls = period_calls(town.session, WEEK, rules=rules)
    return [(part.coverage.expected.total_seconds(), part.duty.reason) for part in calls]


def test_without_any_activation_the_packs_of_the_settings_count(
    town: Town, department: Department, tmp_path: Path
) -> None:
    rules = rules_in_force(town.session, department)
    assert expected(town, rules) == [(3600, BY_ARRIVAL)] * 7
    write_pack(tmp_path / "named", "2", DISPATCH)
    rules = rules_in_force(town.session, department)
    assert expected(town, rules) == [(7230, BY_DISPATCH)] * 7


def test_without_a_rule_in_any_pack_it_is_arrival_to_clearing_and_says_so(
    town: Town, tmp_path: Path
) -> None:
    department = write_pack(tmp_path / "silent", "1", Duty(None))
    for number, about in (("26-1", {"type": "Test call"}), ("26-2", {"cancelled": True})):
        town.session.execute(sa.update(Call).where(Call.number == number).values(**about))
    rules = rules_in_force(town.session, department)
    report = department_coverage(town.session, WEEK.start, WEEK.end, rules=rules)
    assert report.rule.endswith("no pack in force has an activation rule")
    found = {part.call.number: part for part in report.calls}
    assert found["26-1"].coverage.exclusion is Exclusion.NO_SERVICE
    assert found["26-2"].coverage.exclusion is Exclusion.CANCELLED
    assert (report.tally.calls, report.tally.excluded) == (5, 2)
    assert found["26-0"].document()["expected_by"] == NO_PACK.reference


def test_each_call_is_measured_by_the_packs_in_force_on_its_day(
    town: Town, department: Department, tmp_path: Path
) -> None:
    activate(town.session, department, tmp_path / "next", at(NOON))
    rules = rules_in_force(town.session, department)
    assert expected(town, rules) == [(3600, BY_ARRIVAL)] * 3 + [(7230, BY_DISPATCH)] * 4
    assert rules.on(THURSDAY).begins is Begin.DISPATCH
    [change] = rule_breaks(rules, WEEK)
    assert (change.day, change.why) == (THURSDAY, f"another rule: {BY_DISPATCH}")
    report = department_coverage(town.session, WEEK.start, WEEK.end, rules=rules)
    assert report.rule == f"{BY_ARRIVAL}; since 2026-03-05 {BY_DISPATCH}"
    assert report.tally.expected == timedelta(seconds=3 * 3600 + 4 * 7230)


def test_what_was_in_force_before_is_known_whatever_became_of_the_folder(
    town: Town, department: Department, tmp_path: Path
) -> None:
    activate(town.session, department, tmp_path / "next", at(NOON))
    shutil.rmtree(tmp_path / "named")
    rules = rules_in_force(town.session, department)
    assert [one.rule.reference for one in rules.entries] == [BY_ARRIVAL, BY_DISPATCH]


def test_of_two_changes_in_one_day_the_later_counts_and_a_proposal_never(
    town: Town, department: Department, tmp_path: Path
) -> None:
    activate(town.session, department, tmp_path / "next", at(NOON))
    write_pack(tmp_path / "third", "3", EXEMPTING)
    activate(town.session, department, tmp_path / "third", at(NOON + 1))
    write_pack(tmp_path / "fourth", "4", DISPATCH)
    propose(town.session, department, tmp_path / "fourth", at(NOON + 2))
    rules = rules_in_force(town.session, department)
    assert [one.day for one in rules.entries] == [date.min, THURSDAY]
    calls = period_calls(town.session, WEEK, rules=rules)
    assert [part.coverage.exclusion for part in calls] == [None] * 3 + [Exclusion.EXEMPT_TYPE] * 4


def test_a_new_version_with_the_same_duty_is_no_break_and_makes_no_sum_stale(
    town: Town, department: Department, tmp_path: Path
) -> None:
    write_pack(tmp_path / "reworded", "1.1", ARRIVAL)
    activate(town.session, department, tmp_path / "reworded", at(NOON))
    rules = rules_in_force(town.session, department)
    reasons = [reason for _, reason in expected(town, rules)]
    assert reasons == [BY_ARRIVAL] * 3 + [BY_ARRIVAL.replace("town 1", "town 1.1")] * 4
    assert rule_breaks(rules, WEEK) == []


def test_a_proposal_shows_when_cameras_run_before_and_after(
    town: Town, department: Department, tmp_path: Path
) -> None:
    change = propose(town.session, department, tmp_path / "next", at(NOON))
    stated: Any = change.document["activation"]
    assert [stated[when]["text"]["from"] for when in ("before", "after")] == ["arrival", "dispatch"]
    [shown] = list_policy_changes(town.session, limit=1)
    assert shown.rules == [("changed", "when cameras run")]


def test_a_change_that_someone_altered_in_the_catalog_measures_nothing(
    town: Town, department: Department, tmp_path: Path
) -> None:
    change = activate(town.session, department, tmp_path / "next", at(NOON))
    document: Any = json.loads(json.dumps(change.document))
    document["activation"]["after"]["text"]["buffer_seconds"] = 0
    town.session.execute(sa.update(PolicyChange).values(document=document))
    town.session.expire_all()
    with pytest.raises(IntegrityError):
        rules_in_force(town.session, department)


def run_night(house: House) -> None:
    with house.catalog.write() as session:
        now = house.clock.now()
        job = enqueue(session, JobKind.REFRESH_COVERAGE, requested_by="t", at=now).id
        session.commit()
    run_job(house, job, steps=STEPS, worker="w")


def test_the_night_makes_sums_and_findings_again_from_the_day_of_the_change_on(
    town: Town, catalog: Catalog, department: Department, tmp_path: Path
) -> None:
    house = House(
        settings=Settings(home=tmp_path, department=department, _env_file=None),
        catalog=catalog,
        vault=LocalVault(tmp_path / "vault"),
        public=LocalPublicStore(tmp_path / "public"),
        clock=FixedClock(at(7 * 24 + 2)),
    )
    town.call("26-90", 9, Stay("8", 10, 11))
    town.call("26-91", 4 * 24 + 9, Stay("8", 4 * 24 + 10, 4 * 24 + 11))
    town.session.commit()
    run_night(house)
    assert standing(catalog) == ["26-90", "26-91"]
    write_pack(tmp_path / "third", "3", EXEMPTING)
    with catalog.write() as session:
        activate(session, department, tmp_path / "third", at(NOON))
        session.commit()
    today = MONDAY + timedelta(days=7)
    with catalog.read() as session:
        rules = rules_in_force(session, department)
        stale = days_to_refresh(session, today, zone=DENVER, rules=rules)
    assert stale == list(Days(THURSDAY, today - timedelta(days=1)))
    run_night(house)
    with catalog.read() as session:
        assert days_to_refresh(session, today, zone=DENVER, rules=rules) == []
    assert standing(catalog) == ["26-90"]


def standing(catalog: Catalog) -> list[str]:
    """The calls without video that a finding stands on."""
    row = FindingRow
    query = (
        sa.select(Call.number)
        .join(row, row.call_id == Call.id)
        .where(row.gone_at.is_(None), row.kind == "call without video")
    )
    with catalog.read() as session:
        return sorted(session.scalars(query))


def test_every_command_follows_the_packs_in_force(
    town: Town,
    catalog: Catalog,
    department: Department,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    activate(town.session, department, tmp_path / "next", at(NOON))
    town.session.commit()
    monkeypatch.setenv("BWC_HOME", str(tmp_path))
    monkeypatch.setenv("BWC_CATALOG__URL", catalog.url)
    monkeypatch.setenv("BWC_DEPARTMENT__PACKS", '["town"]')
    monkeypatch.setenv("BWC_DEPARTMENT__POLICIES", str(tmp_path / "named"))

    def run(*words: str) -> Any:
        days = ("--since", "2026-03-02", "--until", "2026-03-08", "--json")
        ended = CliRunner().invoke(app, [*words, *days])
        assert ended.exit_code == 0, ended.output
        return json.loads(ended.stdout)

    both = 3 * 3600 + 4 * 7230
    assert run("report")["figures"]["expected_seconds"] == both
    calls = run("report", "--badge", "7")["calls"]
    assert [call["expected_by"] for call in calls] == [BY_ARRIVAL] * 3 + [BY_DISPATCH] * 4
    assert run("report", "--rules", "town")["figures"]["expected_seconds"] == 7 * 3600
    breaks = [point["breaks"] for point in run("trend", "--by", "day")["points"]]
    assert breaks == [[]] * 3 + [[f"2026-03-05: another rule: {BY_DISPATCH}"]] + [[]] * 3
    overview = run("overview", "--make")
    assert overview["figures"]["expected_seconds"] == both
    assert [(one["first"], one["rule"]) for one in overview["made_by"]] == [
        ("2026-03-02", BY_ARRIVAL),
        ("2026-03-05", BY_DISPATCH),
    ]
    found = run("audit", "--size", "3")
    assert found["strata"]["rule"] == f"{BY_ARRIVAL}; since 2026-03-05 {BY_DISPATCH}"


def test_the_desk_and_its_api_follow_the_packs_in_force(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    department = write_pack(tmp_path / "named", "1", ARRIVAL)
    write_pack(tmp_path / "next", "2", DISPATCH)
    house = make_house(sqlite_catalog, tmp_path / "house", department=department)
    furnish(house)
    with house.catalog.write() as session:
        activate(session, department, tmp_path / "next", at(-48))
        session.commit()
    with serving(create_app(house=house)) as desk, signed_in(desk, Role.AUDITOR) as client:
        pages = [
            client.get(path).text
            for path in (
                "/coverage?first=2026-03-01&last=2026-03-12",
                "/coverage/officers/1204?first=2026-03-01&last=2026-03-12",
                "/coverage/call?number=C-104",
                "/coverage/units?first=2026-03-01&last=2026-03-12",
                "/coverage/trend?first=2026-03-01&last=2026-03-12",
                "/coverage/comparison?first=2026-03-01&last=2026-03-12",
                "/coverage/equity?first=2026-03-01&last=2026-03-12",
            )
        ]
        answer = client.get("/v1/coverage/officers/1204?first=2026-03-01&last=2026-03-12").json()
    assert [BY_DISPATCH in page for page in pages] == [True] * 7
    assert answer["rule"] == BY_DISPATCH
    assert {call["expected_by"] for call in answer["calls"]} == {BY_DISPATCH}
