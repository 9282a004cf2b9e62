"""Everything a page of the portal does is in its JSON API: each form and page, and what was missing."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route

from api.portal.app import ROUTERS
from bwc.requests.letter import new_receipt
from tests.counterparts import NoTwin, Twin, differences, fields_of, operations
from tests.counterparts_portal import FORMS, READINGS
from tests.pages.portals import portal_of, serving
from tests.records import BLUR_CITATION, PublicRecord, make_film

pytestmark = [pytest.mark.service, pytest.mark.media]
FILLED = {"/complaint": ("", "?release={release}"), "/request": ("",), "/receipt": ("",)}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> PublicRecord:
    folder = tmp_path_factory.mktemp("api")
    record = PublicRecord(folder / "public", make_film(folder))
    record.furnish()
    record.open_inbox()
    return record


@pytest.fixture(scope="module")
def portal(record: PublicRecord) -> Iterator[httpx.Client]:
    with serving(portal_of(record.folder)) as url, httpx.Client(base_url=url) as client:
        yield client


def v1() -> dict[str, APIRoute]:
    """The operations of `/v1`."""
    found = (route for router in ROUTERS for route in router.routes)
    return operations(("", route) for route in found if isinstance(route, APIRoute))


def pages(folder: Path, method: str) -> set[str]:
    """The paths outside `/v1` that answer `method`."""
    routes = [route for route in portal_of(folder).routes if isinstance(route, Route)]
    served = {route.path for route in routes if method in (route.methods or ())}
    return {path for path in served if not path.startswith("/v1/")}


def asked_by(page: str) -> frozenset[str]:
    """The names of the fields of the letter's form on a page."""
    form = re.search(r'<form class="letter".*?</form>', page, re.DOTALL)
    assert form is not None
    return frozenset(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', form[0]))


def newest(portal: httpx.Client) -> str:
    name: str = portal.get("/v1/releases").json()["items"][0]["id"]
    return name


def test_every_form_and_page_has_its_row_and_no_row_is_stale(tmp_path: Path) -> None:
    assert set(FORMS) == pages(tmp_path, "POST")
    assert set(READINGS) == pages(tmp_path, "GET")
    bare = [row for row in (*FORMS.values(), *READINGS.values()) if isinstance(row, NoTwin)]
    assert all(row.why.strip() for row in bare)


@pytest.mark.parametrize("path", FORMS)
def test_a_form_asks_for_what_its_operation_asks_for(portal: httpx.Client, path: str) -> None:
    twin, release = FORMS[path], newest(portal)
    assert isinstance(twin, Twin)
    asked = [
        asked_by(portal.get(path + more.format(release=release)).text) for more in FILLED[path]
    ]
    assert differences(frozenset().union(*asked), twin, fields_of(v1()[twin.v1])) == []


@pytest.mark.parametrize("path", [path for path, row in READINGS.items() if isinstance(row, Twin)])
def test_a_page_has_its_reading(path: str) -> None:
    twin = READINGS[path]
    assert isinstance(twin, Twin)
    assert {twin.v1, *twin.also} <= set(v1())
    place = frozenset(re.findall(r"{(\w+)}", path))
    assert place <= fields_of(v1()[twin.v1])


def test_the_policy_is_told_as_its_page_tells_it(portal: httpx.Client) -> None:
    packs = portal.get("/v1/policy").json()["packs"]
    page = portal.get("/policy").text
    assert packs
    for pack in packs:
        assert pack["sha256"] in page
        assert all(rule["id"] in page for rule in pack["text"])


def test_the_log_is_told_day_by_day_to_its_beginning(portal: httpx.Client) -> None:
    whole = portal.get("/v1/log").json()
    assert whole["next"] is None
    days, before = [], None
    while True:
        asked = {"limit": 1} | ({"before": before} if before else {})
        page = portal.get("/v1/log", params=asked).json()
        days += page["days"]
        before = page["next"]
        if before is None:
            break
    assert days == whole["days"] != []
    shown = portal.get("/log").text
    assert all(day["custody"]["hash"] in shown for day in days)
    assert portal.get("/v1/log", params={"before": "yesterday"}).status_code == 422
    etag = portal.get("/v1/log").headers["etag"]
    assert portal.head("/v1/log", headers={"if-none-match": etag}).status_code == 304


def test_a_machine_may_count_before_it_reads(portal: httpx.Client) -> None:
    facets = portal.get("/v1/facets").json()
    listed = portal.get("/v1/releases").json()["items"]
    assert facets["releases"] == len(listed) == sum(one["releases"] for one in facets["kinds"])
    (kind, *_) = facets["kinds"]
    narrowed = portal.get("/v1/facets", params={"kind": kind["value"]}).json()
    assert narrowed["releases"] == kind["releases"]
    assert f"{kind['releases']} release" in portal.get("/", params={"kind": kind["value"]}).text


def test_a_release_names_the_law_of_what_it_hides_and_its_bundle(portal: httpx.Client) -> None:
    read = portal.get(f"/v1/releases/{newest(portal)}").json()
    assert {(law["code"], law["kind"]) for law in read["laws"]} == {
        ("personal-privacy", "face"),
        ("personal-privacy", "head"),
        ("phone-number", "sound"),
    }
    assert BLUR_CITATION in {rule["citation"] for law in read["laws"] for rule in law["rules"]}
    assert portal.head(read["bundle_url"]).status_code == 200


def test_a_letter_sent_twice_by_a_program_is_one(
    portal: httpx.Client, record: PublicRecord
) -> None:
    number = new_receipt()
    letter = {"kind": "complaint", "role": "civilian", "description": "x", "receipt": number}
    answers = [portal.post("/v1/letters", json=letter) for _ in range(2)]
    assert [one.json()["receipt"] for one in answers] == [number, number]
    inbox = record.folder.parent / "inbox"
    assert len([path for path in inbox.rglob(number) if path.is_file()]) == 1
    odd = portal.post("/v1/letters", json=letter | {"receipt": "../../x"})
    assert odd.status_code == 422
