"""The desk of a large department answers from sums, with the figures of one that is measured."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from api.desk.app import create_app
from bwc.canonical import JsonObject
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.coverage import fresh_days as reports
from bwc.coverage import overview as overviews
from bwc.coverage.day import local_day
from bwc.coverage.refreshing import refresh
from bwc.coverage.rule_book import ALWAYS_ON_SCENE
from bwc.coverage.rules_in_force import rules_in_force
from bwc.coverage.sums import Days, refresh_sums
from bwc.house import House
from bwc.timeline import Span
from tests.desk_ids import NOW
from tests.desks import furnish, make_house, signed_in
from tests.precinct import settle
from tests.web import serving

DENVER = ZoneInfo("America/Denver")
FIRST, LAST = date(2026, 2, 20), date(2026, 3, 5)
PERIOD = f"first={FIRST}&last={LAST}"
TABLES = ("/coverage.csv", "/coverage/units.csv", "/coverage.csv?unit=Patrol North")

OF_SUMS = {
    "/coverage": "",
    "/coverage/units": "",
    "/coverage/unit": "&name=Patrol North",
    "/coverage/trend": "&by=day",
    "/coverage/comparison": "",
    "/coverage/equity": "",
}


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Three weeks of five units; the sums of two of them are made."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "catalog.db").write_bytes(sqlite_template.read_bytes())
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    built = make_house(catalog, folder)
    furnish(built)
    with catalog.write() as session:
        settle(session, weeks=3, calls_a_day=6, incidents=10)
        rules = rules_in_force(session, built.settings.department)
        refresh_sums(session, Days(FIRST, LAST), zone=DENVER, at=NOW, rules=rules)
        session.commit()
    yield built
    catalog.close()


@pytest.fixture(scope="module")
def auditor(house: House) -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        desk = stack.enter_context(serving(create_app(house=house)))
        yield stack.enter_context(signed_in(desk, Role.AUDITOR))


@pytest.fixture
def enlarge(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, the department is too large to be measured for a page."""

    def now() -> None:
        monkeypatch.setattr(overviews, "MEASURED_OFFICERS", 2)
        monkeypatch.setattr(reports, "MEASURED_CALLS", 0)

    return now


def get(client: httpx.Client, path: str) -> httpx.Response:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}{PERIOD}")
    assert answer.status_code == 200, answer.text[:300]
    return answer


def test_sums_and_records_give_one_api(auditor: httpx.Client, enlarge: Callable[[], None]) -> None:
    measured: JsonObject = get(auditor, "/v1/coverage").json()
    units = get(auditor, "/v1/coverage/units").json()
    enlarge()
    summed: JsonObject = get(auditor, "/v1/coverage").json()
    assert summed["missing"] == []
    for name in (
        "since",
        "until",
        "rule",
        "figures",
        "quality",
        "officers",
        "equipment",
        "sensitivity",
    ):
        assert summed[name] == measured[name], name
    assert get(auditor, "/v1/coverage/units").json() == units
    assert summed["units"] == units["units"]


@pytest.mark.parametrize(
    "path",
    [
        *(f"/v1/coverage/trend?by={by}" for by in ("day", "week", "month", "quarter")),
        "/v1/coverage/unit?name=Patrol North&by=day",
        "/v1/coverage/comparison?by=unit",
        "/v1/coverage/equity",
    ],
)
def test_sums_and_records_give_one_comparison(
    auditor: httpx.Client, enlarge: Callable[[], None], path: str
) -> None:
    measured: JsonObject = get(auditor, path).json()
    enlarge()
    summed: JsonObject = get(auditor, path).json()
    assert summed.get("missing") == []
    for name in measured.keys() - {"findings", "equipment", "series", "made_by", "elsewhere"}:
        assert summed[name] == measured[name], name
    if "series" in measured:
        assert summed["series"]["points"] == measured["series"]["points"]


def test_the_officers_of_a_large_department_are_not_compared_on_a_page(
    auditor: httpx.Client, enlarge: Callable[[], None]
) -> None:
    enlarge()
    answer = auditor.get(f"/coverage/comparison?by=officer&{PERIOD}")
    assert answer.status_code == 409
    assert "bwc coverage compare --by officer" in answer.text


def test_sums_and_records_give_one_table(
    auditor: httpx.Client, enlarge: Callable[[], None]
) -> None:
    measured = [get(auditor, path).text for path in TABLES[:2]]
    enlarge()
    assert [get(auditor, path).text for path in TABLES[:2]] == measured
    lines = get(auditor, TABLES[2]).text.splitlines()[1:]
    assert lines
    assert set(lines) < set(measured[0].splitlines())


def test_the_pages_of_officers_and_units_lead_on(
    auditor: httpx.Client, enlarge: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.desk.pages.coverage.OFFICERS_SHOWN", 15)
    enlarge()
    page = get(auditor, "/coverage").text
    assert "Page 1 of 2, " in page
    [later] = re.findall(r'rel="next" href="([^"]+)"', page)
    second = auditor.get(later.replace("&amp;", "&")).text
    assert "Page 2 of 2" in second
    badges = [set(re.findall(r"/coverage/officers/(\d+)\?", text)) for text in (page, second)]
    listed = {line["officer"]["badge"] for line in _officers(auditor)}
    assert listed <= badges[0] | badges[1]
    unit = f"/coverage?{PERIOD}&unit=Riverside"
    assert unit.replace("&", "&amp;") in get(auditor, "/coverage/units").text
    assert "Unit Riverside" in auditor.get(unit).text


def test_a_unit_with_few_calls_shows_no_share(
    auditor: httpx.Client, enlarge: Callable[[], None]
) -> None:
    enlarge()
    query = f"first={FIRST}&last={FIRST}&unit=Canine"
    figures = auditor.get(f"/v1/coverage?{query}").json()["figures"]
    assert figures["with_video"]["share"] is None
    assert "too few to show shares" in auditor.get(f"/coverage?{query}").text


def _officers(client: httpx.Client) -> list[dict[str, dict[str, str]]]:
    """Everybody, page by page."""
    return [
        line
        for page in (1, 2)
        for line in get(client, f"/v1/coverage?page={page}").json()["officers"]
    ]


def test_days_without_sums_are_named_and_in_no_file(
    auditor: httpx.Client, enlarge: Callable[[], None]
) -> None:
    enlarge()
    query = f"first={FIRST}&last={LAST + timedelta(days=2)}"
    for path, more in OF_SUMS.items():
        page = auditor.get(f"{path}?{query}{more}").text
        assert "Not counted yet" in page, path
        assert auditor.get(f"{path}.csv?{query}{more}").status_code == 409, path
    missing = auditor.get(f"/v1/coverage/units?{query}").json()["missing"]
    assert missing == [(LAST + timedelta(days=day)).isoformat() for day in (1, 2)]


def test_the_overview_says_which_days_another_rule_made(
    house: House, auditor: httpx.Client, enlarge: Callable[[], None]
) -> None:
    enlarge()
    with house.catalog.write() as session:
        refresh_sums(session, Days(FIRST, FIRST), zone=DENVER, at=NOW, rules=ALWAYS_ON_SCENE)
        session.commit()
    made = get(auditor, "/v1/coverage").json()["made_by"]
    assert [(one["first"], one["stale"]) for one in made] == [
        (FIRST.isoformat(), True),
        ((FIRST + timedelta(days=1)).isoformat(), False),
    ]
    for path, more in OF_SUMS.items():
        page = auditor.get(f"{path}?{PERIOD}{more}").text
        assert "still counted another way" in page, path
        assert made[0]["rule"] in page, path
    for name in ("trend", "comparison", "equity"):
        assert get(auditor, f"/v1/coverage/{name}").json()["made_by"] == made, name


def test_findings_come_a_page_at_a_time(
    house: House, auditor: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.catalog.write() as session:
        span = Span(local_day(FIRST, DENVER).start, local_day(FIRST, DENVER).end)
        refresh(session, span, by="auditor", at=NOW)
        session.commit()
    every = [one["id"] for one in get(auditor, "/v1/findings").json()]
    assert len(every) > 4
    monkeypatch.setattr("api.desk.pages.findings.SHOWN", 2)
    shown: list[str] = []
    path = f"/findings?{PERIOD}"
    while path:
        page = auditor.get(path).text
        found = re.findall(r'id="finding-([^"]+)"', page)
        assert 0 < len(found) <= 2
        assert f"{len(every)} in this period, page " in page
        shown += found
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert shown == every
