"""Trend with breaks, comparison under one mix of calls, and the report that a statute asks for."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bwc.catalog.finding import FindingRow
from bwc.catalog.recording import TagSource
from bwc.catalog.request import RequestState
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Call, Complaint, Decision, Incident, RecordRequest, Tag
from bwc.cli.coverage import app
from bwc.coverage.adjusting import Compared, compare
from bwc.coverage.expected import ON_SCENE, ActivationRule
from bwc.coverage.groups import Grouping
from bwc.coverage.refreshing import refresh
from bwc.coverage.report import department_coverage, period_calls
from bwc.coverage.rule_book import RuleBook, RuleSince
from bwc.coverage.statutory import Counted, Figure, read_report_text, statutory_report
from bwc.coverage.trend import SeriesBreak, rule_breaks, trend, trend_under
from bwc.coverage.workflow import Reason, explain
from bwc.errors import InvalidInput, NotFound
from bwc.policy.shipped import SHIPPED
from bwc.timeline import Span
from tests.roster import Stay, Town, at

DENVER = ZoneInfo("America/Denver")
WEEK = Span(at(0), at(7 * 24))
NOW = at(200)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Officer 7 with a camera, officer 8 without; both on duty on Monday."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        built.shift("7", 8, 18)
        built.shift("8", 8, 18)
        yield built


BREAKS = {
    Grouping.DAY: {"2026-03-05": ("2026-03-04: new dispatch",)},
    Grouping.WEEK: {"2026-W10": ("2026-03-04: new dispatch",)},
    Grouping.MONTH: {"2026-03": ("2026-03-04: new dispatch",)},
    Grouping.QUARTER: {"2026-Q1": ("2026-03-04: new dispatch",)},
}


@pytest.mark.parametrize("by", BREAKS)
def test_a_break_marks_the_first_figures_that_are_not_comparable(town: Town, by: Grouping) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.call("26-2", 3 * 24 + 9, Stay("7", 3 * 24 + 10, 3 * 24 + 11))
    calls = period_calls(town.session, WEEK)
    new = SeriesBreak(date(2026, 3, 4), "new dispatch")
    points = trend(calls, by, zone=DENVER, breaks=[new])
    assert {one.group.name: one.breaks for one in points if one.breaks} == BREAKS[by]
    with pytest.raises(InvalidInput):
        trend(calls, Grouping.UNIT, zone=DENVER)


def test_a_call_is_measured_by_the_rule_of_its_day_and_the_change_is_a_break(town: Town) -> None:
    for day in range(3):
        town.call(f"26-{day}", day * 24 + 9, Stay("7", day * 24 + 10, day * 24 + 11))
    early = ActivationRule(lead=timedelta(seconds=30), reference="30 s before")
    first = at(0).astimezone(DENVER).date()
    changed = RuleSince(first + timedelta(days=1), early)
    rules = RuleBook((RuleSince(date.min, ON_SCENE), changed), DENVER)
    calls = period_calls(town.session, WEEK, rules=rules)
    found = {part.call.number: part.coverage.expected.total_seconds() for part in calls}
    assert sorted(found.values()) == [3600, 3630, 3630]
    assert found["26-2"] == 3630
    points = trend_under(town.session, WEEK, Grouping.DAY, rules=rules, zone=DENVER)
    why = f"{changed.day.isoformat()}: another rule: 30 s before"
    assert [point.breaks for point in points] == [(), (why,), ()]


def test_a_rule_from_before_or_after_the_period_breaks_nothing(town: Town) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    early = ActivationRule(lead=timedelta(seconds=30), reference="30 s before")
    for day, expected in ((date(2020, 1, 1), 3630), (date(2030, 1, 1), 3600)):
        rules = RuleBook((RuleSince(date.min, ON_SCENE), RuleSince(day, early)), DENVER)
        [part] = period_calls(town.session, WEEK, rules=rules)
        assert part.coverage.expected.total_seconds() == expected
        assert rule_breaks(rules, WEEK) == []


def test_officers_are_compared_under_one_mix_and_small_ones_are_not(town: Town) -> None:
    for hour in range(12):
        town.call(f"26-{hour:02}", hour, Stay("7", hour, hour + 0.5))
    town.call("26-90", 13, Stay("8", 13, 14))
    town.film(0, 6, serial="cam-1")
    report = department_coverage(town.session, WEEK.start, WEEK.end)
    found = {one.name: one for one in compare(report, Compared.OFFICER)}
    assert found["7"].share == pytest.approx(0.5)
    assert found["8"].share is None
    assert [one.name for one in compare(report, Compared.UNIT)] == ["Patrol"]


def counted(town: Town) -> dict[Figure, Counted]:
    text = read_report_text("us-dc", SHIPPED)
    report = statutory_report(town.session, WEEK, pack="us-dc", text=text, zone=DENVER)
    return dict(report.counted)


def furnish(town: Town) -> None:
    """A case with a recording, a complaint, a request and a decision; and a loose recording."""
    incident = Incident(number="I-1", title="t", kind="other", occurred_at=at(10), district="d")
    town.session.add(incident)
    town.call("26-1", 9, Stay("7", 10, 11))
    town.call("26-2", 12, Stay("7", 12, 13))
    film = town.film(10, 11.5, serial="cam-1")
    loose = town.film(14, 15, serial="cam-1")
    call = town.session.scalar(sa.select(Call.id).where(Call.number == "26-1"))
    for recording, of, tied in ((film, call, incident.id), (loose, None, None)):
        town.session.add(
            Tag(
                recording_id=recording,
                call_id=of,
                incident_id=tied,
                confidence=1,
                explanation="",
                source=TagSource.PERSON,
                author="a",
                created_at=NOW,
            )
        )
    _ask(town, incident.id)


def _ask(town: Town, incident_id: str) -> None:
    """A complaint, a request and the decision on it."""
    town.session.add(
        Complaint(
            number="CMP-1",
            incident_id=incident_id,
            filed_at=at(20),
            filed_by="civilian",
            about_misconduct=True,
            description="",
        )
    )
    town.session.add(
        RecordRequest(
            number="REQ-1",
            incident_id=incident_id,
            received_at=at(20),
            channel="mail",
            requester_role="press",
            description="",
            state=RequestState.OPEN,
        )
    )
    town.session.add(
        Decision(
            incident_id=incident_id,
            audience="public",
            outcome="WITHHOLD",
            rests_on_draft=True,
            document={"fired": [{"rule": "us-dc.no"}]},
            sha256="a" * 64,
            decided_at=at(21),
        )
    )


def test_the_statutory_report_counts_what_the_catalog_knows(town: Town) -> None:
    furnish(town)
    refresh(town.session, WEEK, by="aud", at=NOW)
    finding = town.session.scalars(
        sa.select(FindingRow.id).where(FindingRow.kind == "call without video")
    ).one()
    explain(
        town.session,
        finding,
        reason=Reason.BATTERY,
        note="",
        by="lee",
        officer_id=town.officers["7"],
        at=NOW,
    )
    found = counted(town)
    assert found[Figure.HOURS_RECORDED].value == {"recordings": 2, "hours": 2.5}
    assert found[Figure.FAILURES_ON_SHIFT].value == {
        "failures": 2,
        "kinds": {"on duty without a camera": 1, "call without video": 1},
        "reasons": {"not explained": 1, "battery empty": 1},
    }
    assert found[Figure.USES_IN_COMPLAINTS].value == {"complaints": 1, "with_recordings": 1}
    assert found[Figure.CAMERAS_BY_DISTRICT].value == {"Patrol": 1}
    assert found[Figure.REQUESTS].value == {
        "received": 1,
        "states": {"open": 1},
        "outcomes": {"WITHHOLD": 1},
        "denied_by_rule": {"us-dc.no": 1},
    }
    assert found[Figure.RECORDINGS_BY_CATEGORY].value == {"alarm": 1, "without category": 1}


def test_what_cannot_be_known_is_said_and_never_zero(town: Town) -> None:
    found = counted(town)
    unknown = (
        Figure.INVESTIGATIONS_OPENED,
        Figure.USES_IN_INTERNAL_AFFAIRS,
        Figure.REQUEST_COSTS,
    )
    assert all(found[figure].value is None and found[figure].remark for figure in unknown)
    with pytest.raises(NotFound):
        read_report_text("us-co", SHIPPED)


def test_illinois_asks_for_its_own_figures(town: Town) -> None:
    text = read_report_text("us-il", SHIPPED)
    found = statutory_report(town.session, WEEK, pack="us-il", text=text, zone=DENVER)
    known = {one["figure"]: one["known"] for one in found.document()["fields"]}
    assert text.months == 12
    assert known == {
        "cameras_by_district": True,
        "failures_on_shift": True,
        "reviews": True,
        "uses_in_prosecutions": False,
    }


def test_the_commands_print_every_report(
    town: Town, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.call("26-1", 9, Stay("7", 10, 11))
    town.session.commit()
    monkeypatch.setenv("BWC_HOME", str(tmp_path))
    monkeypatch.setenv("BWC_CATALOG__URL", catalog.url)

    def run(*words: str) -> Any:
        days = ("--since", "2026-03-02", "--until", "2026-03-08")
        spoken, written = (
            CliRunner().invoke(app, [*words, *days, *more]) for more in ((), ("--json",))
        )
        assert (spoken.exit_code, written.exit_code) == (0, 0), spoken.output
        return json.loads(written.stdout)

    statutory = run("statutory", "--pack", "us-dc")
    assert [field["known"] for field in statutory["fields"]].count(False) == 3
    assert len(run("equity")["tables"]) == 12
    assert run("compare", "--by", "unit")["groups"][0]["name"] == "Patrol"
    assert run("trend", "--by", "day", "--break", "2026-03-01=new CAD")["points"][0]["breaks"]
    changed = run("trend", "--rules", "us-co", "--rules", "2026-03-02=us-il")
    assert [one["since"] for one in changed["rules"]] == [None, "2026-03-02"]
    assert changed["points"][0]["figures"]["expected_seconds"] == 3630
    twice = CliRunner().invoke(app, ["trend", "--rules", "us-co", "--rules", "us-il"])
    assert twice.exit_code == 2
    assert "two packs are in force at once" in twice.stderr
