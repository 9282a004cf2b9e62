"""The department's coverage figures: from the catalog to the page, shares alone, nobody named."""

import csv
import io
import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.store import Catalog
from bwc.cli.coverage import app
from bwc.custody.acts import Act
from tests.pages.portals import portal_of, serving
from tests.roster import Stay, Town

pytestmark = pytest.mark.service

DAYS = ("--since", "2026-03-02", "--until", "2026-03-08")


@pytest.fixture(autouse=True)
def town(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """Two officers, twelve calls of one kind, half of them filmed."""
    monkeypatch.setenv("BWC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    monkeypatch.setenv("BWC_PUBLIC__FOLDER", str(tmp_path / "public"))
    with sqlite_catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        town.shift("7", 0, 24)
        for hour in range(12):
            town.call(f"26-{hour}", hour, Stay("7", hour + 0.1, hour + 0.9))
        town.film(0, 6, serial="cam-1")
        session.commit()
    return sqlite_catalog


def publish(*words: str, days: tuple[str, ...] = DAYS) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["publish", *days, *words])
    return result.exit_code, result.stdout + result.stderr


def acts(catalog: Catalog) -> list[CustodyEntry]:
    with catalog.read() as session:
        rows = session.query(CustodyEntry).where(CustodyEntry.act == Act.COVERAGE_PUBLISHED.value)
        return list(rows)


def test_figures_are_shown_first_and_published_when_told(town: Catalog, tmp_path: Path) -> None:
    code, out = publish()
    assert (code, "Not published" in out, (tmp_path / "public").exists()) == (0, True, False)
    assert publish("--yes")[0] == 0
    (entry,) = acts(town)
    assert entry.subject_id == "coverage/2026-03-02_2026-03-08.json"
    with serving(portal_of(tmp_path / "public")) as url:
        page = httpx.get(f"{url}/coverage").text
        told = httpx.get(f"{url}/v1/coverage").json()["periods"]
        rows = list(csv.DictReader(io.StringIO(httpx.get(f"{url}/coverage.csv").text)))
    (period,) = told
    by_name = {figure["name"]: figure for figure in period["figures"]}
    assert (by_name["with_video"]["n"], by_name["with_video"]["share"]) == (12, 0.5)
    # One officer on duty, six filmed calls: too few.
    assert by_name["equipped"]["suppressed"]
    assert by_name["late"] == {**by_name["equipped"], "name": "late"}
    assert "50.0 %" in page
    assert rows[1]["figure"] == "with_video"
    assert rows[1]["share"] == "0.5"
    for secret in ("Ann", "Patrol", "cam-1"):
        assert secret not in page + json.dumps(told)


def test_periods_that_overlap_are_refused_and_the_same_one_is_renewed(town: Catalog) -> None:
    assert publish("--yes")[0] == 0
    code, said = publish("--yes", days=("--since", "2026-03-02", "--until", "2026-03-07"))
    assert (code, "published already" in said) == (2, True)
    assert publish("--yes")[0] == 0
    assert len(acts(town)) == 2


def test_before_anything_was_published_the_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    with serving(portal_of(tmp_path / "public")) as url:
        assert "has not published its figures yet" in httpx.get(f"{url}/coverage").text
        assert httpx.get(f"{url}/v1/coverage").json() == {"periods": []}
