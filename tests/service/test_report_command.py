"""`bwc coverage report`: of one officer too, to print, by group, and into files that can be written."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bwc.catalog.store import Catalog
from bwc.cli.coverage import app
from tests.roster import Stay, Town

DAYS = ("--since", "2026-03-02", "--until", "2026-03-08")


@pytest.fixture(autouse=True)
def town(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two calls of officer 7 on two days, one of officer 8."""
    monkeypatch.setenv("BWC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    with sqlite_catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        town.call("26-<1>", 9, Stay("7", 10, 11))
        town.call("26-2", 33, Stay("7", 34, 35))
        town.call("26-3", 9, Stay("8", 10, 11))
        town.film(10, 11, serial="cam-1")
        session.commit()


def run(*words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a report over a week."""
    result = CliRunner().invoke(app, ["report", *DAYS, *words])
    return result.exit_code, result.stdout, result.stderr


def test_an_officers_report_is_printed_too(tmp_path: Path) -> None:
    place = tmp_path / "officer.html"
    code, _, said = run("--badge", "7", "--html", str(place), "--by", "day")
    assert (code, said) == (0, "")
    page = place.read_text(encoding="utf-8")
    assert "Ann Lee, badge 7" in page
    assert "26-&lt;1&gt;" in page
    assert "26-2" in page
    assert "26-3" not in page
    assert "1 of 2, too few to say a share" in page
    assert "2026-03-03" in page
    assert "a minute earlier or later" in page
    assert "<script" not in page


def test_an_officers_calls_are_grouped_as_asked(tmp_path: Path) -> None:
    code, out, _ = run("--badge", "7", "--by", "day", "--json")
    document = json.loads(out)
    assert code == 0
    assert [one["name"] for one in document["groups"]] == ["2026-03-02", "2026-03-03"]
    assert "2026-03-03" in run("--badge", "7", "--by", "day")[1]
    place = tmp_path / "all.html"
    assert run("--by", "type", "--html", str(place))[0] == 0
    assert "By group" in place.read_text(encoding="utf-8")


@pytest.mark.parametrize("option", ["--csv", "--html"])
def test_a_file_that_cannot_be_written_is_named_with_what_to_do(
    tmp_path: Path, option: str
) -> None:
    for place, why in (
        (tmp_path / "none" / "x", f"does not exist: {tmp_path / 'none'}"),
        (Path("/dev/full"), "No space left on device"),
    ):
        for badge in ((), ("--badge", "7")):
            code, out, said = run(option, str(place), *badge)
            assert (code, out) == (2, "")
            assert f"bwc: {place}: " in said
            assert why in said
            assert "Name a file in a folder that exists and may be written to" in said


@pytest.mark.parametrize("about", [(), ("--unit", "Patrol"), ("--badge", "7"), ("--call", "26-2")])
def test_department_unit_officer_and_call_are_table_page_and_json_in_every_calendar(
    tmp_path: Path, about: tuple[str, ...]
) -> None:
    table, page = tmp_path / "a.csv", tmp_path / "a.html"
    assert run(*about, "--csv", str(table), "--html", str(page))[0] == 0
    assert len(table.read_text().splitlines()) > 1
    assert "Ann Lee" in page.read_text() or "26-2" in page.read_text()
    days = ["2026-03-02", "2026-03-03"][-1 if "--call" in about else 0 :]
    expected = {"day": days, "week": ["2026-W10"], "month": ["2026-03"], "quarter": ["2026-Q1"]}
    for by, names in expected.items():
        document = json.loads(run(*about, "--by", by, "--json")[1])
        assert [one["name"] for one in document["groups"]] == names


def test_a_unit_and_a_call_say_who_and_why() -> None:
    unit = run("--unit", "Patrol")[1]
    assert "Patrol, from" in unit
    assert "7        Ann Lee" in unit
    call = run("--call", "26-2")[1]
    assert "badge 7" in call
    assert "outside any shift; footage: lost" in call
    for words, why in (
        (("--unit", "None"), "no officer is in a unit"),
        (("--call", "x"), "no call"),
    ):
        code, _, said = run(*words)
        assert code == 2
        assert why in said
    assert "a report is about one thing" in run("--unit", "Patrol", "--badge", "7")[2]
