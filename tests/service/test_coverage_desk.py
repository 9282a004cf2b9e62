"""The auditor's pages over HTTP: who sees what, the same figures as JSON and CSV, and the links."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Officer, Role
from tests.desks import furnish, make_house, signed_in
from tests.precinct import BARE, settle
from tests.web import serving

SignIn = Callable[[Role], httpx.Client]
PERIOD = "first=2026-02-13&last=2026-03-12"
FORMULA = '=HYPERLINK("http://x")'
SAID = frozenset({"group", "suppressed"})  # of a suppressed cell
UNIT = "Patrol North"
PAGES = {
    "/coverage": "/v1/coverage",
    "/coverage/units": "/v1/coverage/units",
    f"/coverage/unit?name={UNIT}": f"/v1/coverage/unit?name={UNIT}",
    "/coverage/trend?by=month": "/v1/coverage/trend?by=month",
    "/coverage/comparison?by=officer": "/v1/coverage/comparison?by=officer",
    "/coverage/equity": "/v1/coverage/equity",
    "/coverage/statutory?pack=us-dc": "/v1/coverage/statutory?pack=us-dc",
    "/coverage/officers/1101": "/v1/coverage/officers/1101",
    "/coverage/call?number=260311-001": "/v1/coverage/call?number=260311-001",
    "/findings": "/v1/findings",
}


@pytest.fixture(scope="module")
def sign_in(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignIn]:
    """Clients of a desk over the invented department, in which one name is a formula."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "catalog.db").write_bytes(sqlite_template.read_bytes())
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    house = make_house(catalog, folder)
    furnish(house)
    with house.catalog.write() as session:
        settle(session, weeks=4, calls_a_day=6, incidents=40)
        session.execute(sa.update(Officer).where(Officer.badge == "1102").values(name=FORMULA))
        session.commit()
    clients: dict[Role, httpx.Client] = {}
    with ExitStack() as stack:
        desk = stack.enter_context(serving(create_app(house=house)))

        def client(role: Role) -> httpx.Client:
            if role not in clients:
                clients[role] = stack.enter_context(signed_in(desk, role))
            return clients[role]

        yield client
    catalog.close()


def over_the_period(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{PERIOD}"


def links_of(page: str) -> set[str]:
    return {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)}


def taken_away(page: str) -> dict[str, str]:
    """The links to keep a page, by their words."""
    place = page[page.index('class="takeaway"') :]
    found = re.findall(r'<a href="([^"]+)">(\w+)</a>', place[: place.index("</p>")])
    return {words: link.replace("&amp;", "&") for link, words in found}


@pytest.mark.parametrize(("path", "api"), PAGES.items())
def test_every_page_is_taken_away_as_paper_csv_and_json(
    sign_in: SignIn, path: str, api: str
) -> None:
    client = sign_in(Role.AUDITOR)
    page = client.get(over_the_period(path))
    assert page.status_code == 200, page.text[:300]
    links = taken_away(page.text)
    assert set(links) == {"Print", "CSV", "JSON"}
    assert client.get(links["JSON"]).json() == client.get(over_the_period(api)).json()
    table = client.get(links["CSV"])
    assert "attachment" in table.headers["content-disposition"]
    heading, *rows = csv.reader(io.StringIO(table.text))
    assert rows or path == "/findings"
    assert all(len(row) == len(heading) for row in rows)
    paper = client.get(links["Print"]).text
    assert "Demo Police Department" in paper
    assert "<form" not in paper
    assert "<nav" not in paper


def test_a_cell_that_a_spreadsheet_would_run_is_escaped(sign_in: SignIn) -> None:
    for path in ("/coverage.csv", f"/coverage/unit.csv?name={UNIT}"):
        text = sign_in(Role.AUDITOR).get(over_the_period(path)).text
        names = [row["name"] for row in csv.DictReader(io.StringIO(text))]
        assert f"'{FORMULA}" in names
        assert FORMULA not in names


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OFFICER, Role.RECORDS, Role.ADMIN])
def test_equity_is_for_auditor_and_oversight_and_others_get_a_plain_page(
    sign_in: SignIn, role: Role
) -> None:
    client = sign_in(role)
    page = client.get("/coverage/equity", headers={"accept": "text/html"})
    assert page.status_code == 403
    assert "Not permitted" in page.text
    assert f"the role {role.value} may not see how figures differ" in page.text
    for path in ("/coverage/equity.csv", "/v1/coverage/equity"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OVERSIGHT])
def test_equity_suppresses_small_cells_and_claims_no_cause(sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    page = client.get(over_the_period("/coverage/equity")).text
    assert "they do not explain them" in page
    document = client.get(over_the_period("/v1/coverage/equity")).json()
    cells = [cell for table in document["tables"] for cell in table["cells"]]
    assert page.count(">suppressed<") == sum(cell["suppressed"] for cell in cells) > 0
    for table in document["tables"]:
        hidden = [cell for cell in table["cells"] if cell["suppressed"]]
        assert len(hidden) != 1 or len(table["cells"]) == 1
        assert all(cell["n"] >= 10 for cell in table["cells"] if not cell["suppressed"])


def test_an_officer_is_kept_to_himself(sign_in: SignIn) -> None:
    client = sign_in(Role.OFFICER)
    for path in ("units", "trend", "comparison", "statutory"):
        assert client.get(f"/coverage/{path}").status_code == 403
    own = client.get("/coverage", follow_redirects=True).text
    bar = own[own.index('class="subnav"') : own.index("</nav>", own.index('class="subnav"'))]
    assert re.findall(r">([^<>]+)</a>", bar) == ["Your coverage", "Findings"]


def test_the_first_number_of_the_overview_says_whether_everybody_has_a_camera(
    sign_in: SignIn,
) -> None:
    client = sign_in(Role.AUDITOR)
    page = client.get(over_the_period("/coverage")).text
    duty = client.get(over_the_period("/v1/coverage")).json()["equipment"]
    first = re.search(r"<strong>([\d.]+) %</strong>", page)
    assert first is not None
    assert float(first[1]) == pytest.approx(100 * duty["equipped"]["share"], abs=0.06)
    assert [one["badge"] for one in duty["without_camera"]] == [BARE]
    assert page.index("On duty without one") < page.index(">V. Petrov</a>")


def test_the_overview_leads_to_every_officers_day_in_one_step(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    officer = over_the_period("/coverage/officers/1101")
    assert officer in links_of(client.get(over_the_period("/coverage")).text)
    page = client.get(officer).text
    picture = page[page.index("<svg") : page.index("</svg>")]
    bars = re.findall(r'<a href="([^"]+)"[^>]*><rect class="timeline-bar timeline-(\w+)"', picture)
    assert {lane for _, lane in bars} >= {"call"}
    for link, lane in bars:
        assert link.startswith("/recordings/" if lane == "recording" else "/coverage/call?")
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    drawn = re.findall(r'class="timeline-bar timeline-(?!shift)\w+"', picture)
    assert len(drawn) == len(bars)


def test_a_break_is_drawn_named_and_kept_in_the_address(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    asked = f"/coverage/trend?by=week&{PERIOD}&break_day=2026-02-25&break_why=new+dispatch"
    answer = client.get(asked)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    picture = page[page.index('<svg class="trend"') : page.index("</svg>")]
    assert "<title>Break A: 2026-02-25: new dispatch</title>" in picture
    assert "What follows is not comparable" in page
    document = client.get(taken_away(page)["JSON"]).json()
    assert document["breaks"] == [{"day": "2026-02-25", "why": "new dispatch"}]
    [broken] = [point for point in document["points"] if point["breaks"]]
    assert broken["name"] == "2026-W09"
    points = [point for point in document["points"] if not point["figures"]["with_video"]["small"]]
    assert picture.count('class="trend-line"') == len(points) - 2


def test_where_no_share_can_be_shown_no_picture_is(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    page = client.get(over_the_period("/coverage/officers/1101")).text
    assert "No week has the 10 calls that a share needs." in page
    assert '<svg class="trend"' not in page
    assert '<svg class="trend"' in client.get(over_the_period("/coverage/trend")).text


def test_small_groups_show_counts_and_no_share(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    query = "first=2026-03-08&last=2026-03-09"
    units = client.get(f"/v1/coverage/units?{query}").json()["units"]
    small = [one for one in units if one["figures"]["with_video"]["small"]]
    assert small
    assert all(one["figures"]["with_video"]["share"] is None for one in small)
    page = client.get(f"/coverage/units?{query}").text
    several = [one for one in small if one["figures"]["calls"]]
    assert page.count("too few to say") == len(several)


def test_the_statutory_page_says_where_the_rules_in_force_ask_for_none(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    page = client.get("/coverage/statutory").text
    assert re.search(r"The rules in force \([^)]*us-co[^)]*\) ask for no such report", page)
    assert "/coverage/statutory?pack=us-dc" in links_of(page)
    assert client.get("/v1/coverage/statutory").status_code == 404
    filled = client.get("/coverage/statutory?pack=us-dc").text
    assert "D.C. Code 5-116.33(a)" in filled
    assert "Internal affairs files are not kept here." in filled


def test_what_is_no_calendar_or_no_unit_is_refused(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    assert client.get("/coverage/trend?by=unit").status_code == 422
    assert client.get("/coverage/trend?break=yesterday").status_code == 422
    assert client.get("/coverage/unit?name=Nobody").status_code == 404


def test_the_rest_of_the_pages_is_in_the_api_too(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    day = client.get("/v1/coverage/officers/1101/days/2026-03-11").json()
    assert {bar["lane"] for bar in day["bars"]} <= {"shift", "call", "recording", "missing"}
    assert client.get("/v1/audits").json() == []
    lost = client.get("/v1/footage?call=C-101").json()
    assert (lost["answer"], len(lost["lines"])) == ("lost", 1)


def test_pages_of_a_few_calls_show_no_share(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    day = "first=2026-03-09&last=2026-03-09"
    for path in (f"/coverage/officers/1101?{day}", f"/coverage/unit?name={UNIT}&{day}"):
        page = client.get(path).text
        figures = page[page.index('<ul class="figures">') :]
        figures = figures[: figures.index("</ul>")]
        assert "officer-calls have video" in figures
        assert "too few to show shares" in figures
        assert "95 % interval" not in figures


def test_a_small_group_gives_no_part_where_groups_are_compared(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    query = "by=officer&first=2026-03-09&last=2026-03-09"
    rows = csv.DictReader(io.StringIO(client.get(f"/coverage/comparison.csv?{query}").text))
    small = [row for row in rows if int(row["calls"]) < 10]
    assert small
    assert all(row["with_video"] == row["share"] == "" for row in small)
    groups = client.get(f"/v1/coverage/comparison?{query}").json()["groups"]
    assert all("part" not in one["raw"] for one in groups if one["raw"]["small"])


def test_a_suppressed_cell_gives_neither_part_nor_n(sign_in: SignIn) -> None:
    client = sign_in(Role.OVERSIGHT)
    document = client.get(over_the_period("/v1/coverage/equity")).json()
    cells = [cell for table in document["tables"] for cell in table["cells"]]
    hidden = [cell for cell in cells if cell["suppressed"]]
    assert hidden
    assert {value for one in hidden for name, value in one.items() if name not in SAID} == {None}
    rows = csv.DictReader(io.StringIO(client.get(over_the_period("/coverage/equity.csv")).text))
    assert all(row["n"] == row["share"] == "" for row in rows if row["suppressed"] == "True")


def test_what_a_page_shows_its_json_says(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)

    def document(path: str) -> Any:
        return client.get(over_the_period(f"/v1/coverage/{path}")).json()

    for path in ("equity", "comparison"):
        assert document(path)["rule"].startswith("from ")
        assert document(path)["rule"] in client.get(over_the_period(f"/coverage/{path}")).text
    assert document("statutory?pack=us-dc")["read_on"] == "2026-11-22"
    for part in document("call?number=260311-001"):
        assert part["name"]
        assert part["sensitivity"]["moved_seconds"] == 60
    assert document(f"unit?name={UNIT}")["sensitivity"]["moved_seconds"] == 60


@pytest.mark.parametrize(
    "path",
    ["/coverage", "/coverage/officers/1101", f"/coverage/unit?name={UNIT}",
     "/coverage/call?number=260311-001"],
)  # fmt: skip
def test_a_page_says_what_a_minute_of_clock_error_would_change(sign_in: SignIn, path: str) -> None:
    page = sign_in(Role.AUDITOR).get(over_the_period(path)).text
    assert "Were every recording 60 seconds earlier" in page
    assert "Were every recording 60 seconds later" in page


def test_who_files_states_what_is_not_counted_and_it_is_marked(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    page = "/coverage/statutory?pack=us-dc"
    assert 'value="request_costs"' in client.get(page).text
    answer = client.get(f"{page}&figure=request_costs&value=1200", follow_redirects=True)
    assert answer.url.params.get_list("state") == ["request_costs=1200"]
    assert "Stated by whoever files, not counted here" in answer.text
    assert 'value="request_costs"' not in answer.text
    links = taken_away(answer.text)
    fields = client.get(links["JSON"]).json()["fields"]
    assert [one["value"] for one in fields if one["stated"]] == [1200]
    assert "stated by whoever files" in client.get(links["CSV"]).text
    assert client.get(f"{page}&state=requests%3D5").status_code == 422


def test_a_statutory_report_covers_whole_months_at_the_desk_too(sign_in: SignIn) -> None:
    document = sign_in(Role.AUDITOR).get("/v1/coverage/statutory?pack=us-il").json()
    assert (document["since"][:10], document["until"][:10]) == ("2025-03-01", "2026-03-01")


@pytest.mark.parametrize("by", ["day", "week", "month", "quarter"])
def test_an_officers_figures_stand_in_every_calendar(sign_in: SignIn, by: str) -> None:
    client = sign_in(Role.AUDITOR)
    path = f"/coverage/officers/1101?{PERIOD}&by={by}"
    page, document = client.get(path).text, client.get(f"/v1{path}").json()
    points = document["series"]["points"]
    assert document["series"]["by"] == by
    assert sum(one["figures"]["calls"] for one in points) == document["figures"]["calls"]
    assert f'aria-current="true">By {by}' in page
