"""`bwc coverage statutory`: over the statute's own months, to file, and with what is stated marked."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bwc.catalog.store import Catalog
from bwc.cli.coverage import app
from bwc.clock import SystemClock
from bwc.coverage.statutory import STATED
from bwc.settings import load_settings
from tests.roster import Town

Run = Callable[..., Any]
WEEK = ("--since", "2026-03-02", "--until", "2026-03-08")


@pytest.fixture
def run(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command over a small department."""
    monkeypatch.setenv("BWC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    with sqlite_catalog.write() as session:
        Town(session).hand("cam-1", "7")
        session.commit()
    return lambda *words: CliRunner().invoke(app, ["statutory", *words])


def field(document: Any, figure: str) -> Any:
    return next(one for one in document["fields"] if one["figure"] == figure)


@pytest.mark.parametrize(("pack", "months"), [("us-dc", 6), ("us-il", 12)])
def test_without_days_it_covers_the_whole_months_of_the_statute(
    run: Run, pack: str, months: int
) -> None:
    document = json.loads(run("--pack", pack, "--json").stdout)
    since, until = (day[:10] for day in (document["since"], document["until"]))
    assert (since[8:], until[8:]) == ("01", "01")
    whole = 12 * (int(until[:4]) - int(since[:4])) + int(until[5:7]) - int(since[5:7])
    assert whole == months
    zone = ZoneInfo(load_settings().department.timezone)
    assert until[:7] == f"{SystemClock().now().astimezone(zone):%Y-%m}"


def test_what_is_stated_is_marked_and_what_is_counted_cannot_be(run: Run) -> None:
    stated = ("--state", "request_costs=1,200 dollars", "--state", "investigations_opened=3")
    document = json.loads(run(*WEEK, *stated, "--json").stdout)
    for figure, value in (("request_costs", "1,200 dollars"), ("investigations_opened", 3)):
        found = field(document, figure)
        assert (found["known"], found["value"], found["stated"]) == (True, value, True)
        assert found["remark"].startswith(f"{STATED}; ")
    assert "sustained findings" in field(document, "investigations_opened")["remark"]
    counted = field(document, "requests")
    assert (counted["known"], counted["stated"]) == (True, False)
    assert field(document, "uses_in_internal_affairs")["known"] is False
    assert f"({STATED}; " in run(*WEEK, *stated).stdout


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("requests=5", "requests: is counted here and cannot be stated"),
        ("uses_in_prosecutions=5", "uses_in_prosecutions: is no field of this report"),
        ("costs=5", "FIGURE=VALUE, the figure one of hours_recorded"),
        ("request_costs=", "not a figure and its value"),
        ("request_costs", "not a figure and its value"),
    ],
)
def test_what_cannot_be_stated_is_refused(run: Run, text: str, why: str) -> None:
    result = run(*WEEK, "--state", text)
    assert result.exit_code == 2
    assert why in result.stderr


def test_a_figure_is_stated_once(run: Run) -> None:
    result = run(*WEEK, "--state", "request_costs=1", "--state", "request_costs=2")
    assert (result.exit_code, "stated twice" in result.stderr) == (2, True)


def test_it_is_written_as_csv_and_to_print(run: Run, tmp_path: Path) -> None:
    table, page = tmp_path / "report.csv", tmp_path / "report.html"
    files = ("--csv", str(table), "--html", str(page))
    result = run(*WEEK, "--state", "request_costs=<5>", *files)
    assert result.exit_code == 0, result.stderr
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    stated = [row for row in rows if row["stated"] == "True"]
    assert [row["value"] for row in stated] == ['"<5>"']
    text = page.read_text(encoding="utf-8")
    assert "D.C. Code 5-116.33(a), read on 2026-11-22" in text
    assert "From 2026-03-02 to 2026-03-08, both included" in text
    assert "&lt;5&gt;" in text
    assert STATED in text
    assert "by the unit of the officer to whom a camera was assigned" in text
    refused = run(*WEEK, "--csv", str(tmp_path / "none" / "x.csv"))
    assert refused.exit_code == 2
    assert "does not exist" in refused.stderr
