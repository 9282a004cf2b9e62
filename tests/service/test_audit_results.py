"""What reviews say, on both databases: by stratum with n and interval, in reports, as a table."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from api.desk.app import create_app
from bwc.catalog.finding import Audit
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.cli.coverage import app
from bwc.coverage.audit_results import audit_result, period_results, write_results_csv
from bwc.coverage.audit_reviews import Mark, Question, review
from bwc.coverage.audits import draw_audit, draw_lines
from bwc.coverage.printed import print_department
from bwc.coverage.rates import Rate
from bwc.coverage.report import department_coverage
from bwc.timeline import Span
from tests.desk_ids import NOW as DESK_NOW
from tests.desks import furnish, make_house, signed_in
from tests.roster import Stay, Town, at
from tests.web import serving

MONDAY, TUESDAY = Span(at(0), at(24)), Span(at(24), at(48))
NOW = at(60)
ALL_YES = dict.fromkeys(Question, Mark.YES)


@pytest.fixture
def town(catalog: Catalog) -> Iterator[Town]:
    """Twelve calls of officer 7, the last two without video."""
    with catalog.write() as session:
        built = Town(session)
        built.hand("cam-1", "7")
        for hour in range(12):
            built.call(f"26-{hour:02}", hour, Stay("7", hour, hour + 0.5))
            if hour < 10:
                built.film(hour, hour + 0.5, serial="cam-1")
        yield built


@pytest.fixture
def audit(town: Town) -> Audit:
    """Six draws: all of them reviewed, activation yes where there is video, the first two twice."""
    row = draw_audit(town.session, MONDAY, size=6, seed="s", by="aud", at=NOW)
    lines = draw_lines(town.session, row)
    for line in lines:
        marks = ALL_YES | {Question.ACTIVATION: Mark.YES if line.had_video else Mark.NO}
        review(town.session, line.id, marks, note="", by="aud", at=NOW)
    for line in lines[:2]:
        review(town.session, line.id, ALL_YES, note="", by="second", at=NOW)
    return row


def test_each_question_has_n_and_interval_by_stratum(town: Town, audit: Audit) -> None:
    found = audit_result(town.session, audit)
    assert [(one.name, one.held, one.drawn, one.reviewed) for one in found.strata] == [
        ("no video", 2, 2, 2),
        ("with video", 10, 4, 4),
    ]
    [activation] = [one for one in found.questions if one.question is Question.ACTIVATION]
    assert activation.answers.yes == Rate(4, 6)
    assert {name: one.yes for name, one in activation.by_stratum.items()} == {
        "no video": Rate(0, 2),
        "with video": Rate(4, 4),
    }
    document = found.document()["questions"]
    assert isinstance(document, dict)
    one: Any = document["activation"]
    assert one["by_stratum"]["with video"]["yes"] == Rate(4, 4).document()
    assert one["by_stratum"]["no video"]["answers"]["no"] == 2
    assert one["weighted"] == round(10 / 12, 4)


def test_the_table_holds_every_question_and_stratum(town: Town, audit: Audit) -> None:
    stream = io.StringIO(newline="")
    write_results_csv(audit_result(town.session, audit), stream)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue(), newline="")))
    assert len(rows) == len(Question) * 3
    first, none, some = rows[:3]
    assert [row["stratum"] for row in rows[:3]] == ["all", "no video", "with video"]
    assert (first["yes"], first["no"], first["n"], first["yes_share"]) == ("4", "2", "6", "0.6667")
    assert (first["reviewed_twice"], first["same_answer"], first["kappa"]) == ("2", "0", "0.0")
    low, high = Rate(0, 2).interval or (0, 0)
    assert (none["yes_low"], none["yes_high"]) == (str(round(low, 4)), str(round(high, 4)))
    assert (some["officer_calls"], some["drawn"], some["weighted_share"]) == ("10", "4", "")


def test_a_period_has_the_audits_that_drew_from_it(town: Town, audit: Audit) -> None:
    assert [one.number for one in period_results(town.session, MONDAY)] == [audit.number]
    assert [one.number for one in period_results(town.session, Span(at(3), at(4)))] == [
        audit.number
    ]
    assert period_results(town.session, TUESDAY) == []


def test_the_printed_report_holds_the_periods_audits(town: Town, audit: Audit) -> None:
    report = department_coverage(town.session, MONDAY.start, MONDAY.end)
    found = period_results(town.session, MONDAY)
    page = print_department(
        report, department="Town", zone=ZoneInfo("America/Denver"), audits=found
    )
    assert "Random audits in this period: 1" in page
    assert f"{audit.number}, from 2026-03-02 to before 2026-03-03: 6 of 12 officer-calls" in page
    assert "4 of 6, too few to say a share" in page
    assert "0 of 2, kappa 0.00" in page
    none = print_department(report, department="Town", zone=ZoneInfo("America/Denver"))
    assert "Random audits in this period: 0" in none


def test_the_commands_report_holds_them_too(
    town: Town, audit: Audit, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = audit.number
    town.session.commit()
    monkeypatch.setenv("BWC_HOME", str(tmp_path))
    monkeypatch.setenv("BWC_CATALOG__URL", catalog.url)
    html, table = tmp_path / "report.html", tmp_path / "audit.csv"
    days = ("--since", "2026-03-02", "--until", "2026-03-02")
    ended = CliRunner().invoke(app, ["report", *days, "--json", "--html", str(html)])
    [found] = json.loads(ended.stdout)["audits"]
    assert (found["number"], found["reviewed"]) == (number, 6)
    assert number in html.read_text()
    said = CliRunner().invoke(app, ["report", *days]).stdout
    assert f"random audit {number}: 6 of 12 officer-calls drawn, 6 reviewed, 2 twice" in said
    shown = CliRunner().invoke(app, ["audit", "--number", number, "--csv", str(table)]).stdout
    assert "camera on when it had to be: 4 of 6, too few to say a share" in shown
    assert len(table.read_text().splitlines()) == 1 + len(Question) * 3


def test_the_desk_shows_them_to_auditor_and_oversight_and_in_json(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    with house.catalog.write() as session:
        row = draw_audit(session, Span(at(0), DESK_NOW), size=3, by="auditor", at=DESK_NOW)
        line = draw_lines(session, row)[0]
        review(session, line.id, ALL_YES, note="", by="auditor", at=DESK_NOW)
        number = row.number
        session.commit()
    period = "first=2026-03-01&last=2026-03-12"
    with serving(create_app(house=house)) as desk:
        with signed_in(desk, Role.AUDITOR) as client:
            page = client.get(f"/coverage?{period}").text
            assert "Random audits in this period" in page
            assert f'href="/audits/{number}"' in page
            assert number in client.get(f"/coverage?{period}&print=1").text
            [found] = client.get(f"/v1/coverage?{period}").json()["audits"]
            whole = client.get(f"/v1/audits/{number}").json()
            assert found == {name: one for name, one in whole.items() if name != "draws"}
            assert f'href="/audits/{number}/results.csv"' in client.get(f"/audits/{number}").text
            table = client.get(f"/audits/{number}/results.csv")
            assert table.headers["content-type"].startswith("text/csv")
            assert len(table.text.splitlines()) == 1 + len(Question) * (
                1 + len(whole["strata"]["strata"])
            )
            assert "None drew from" in client.get("/coverage?first=2026-01-01&last=2026-01-02").text
            assert "audits" not in client.get(f"/v1/coverage?{period}&unit=Patrol 2").json()
        with signed_in(desk, Role.OVERSIGHT) as client:
            page = client.get(f"/coverage?{period}").text
            assert number in page
            assert f'href="/audits/{number}"' not in page
            assert client.get(f"/audits/{number}/results.csv").status_code == 403
