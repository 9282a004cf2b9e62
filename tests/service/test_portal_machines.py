"""What programs read: feeds, sitemap, the log as a table, schema.org, and the rules of HTTP."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx
import pytest

from api.portal import machines
from api.portal.documents import LogDay
from api.portal.tables import csv_rows, log_heading, log_rows
from tests.pages.portals import portal_of, serving
from tests.records import CASES, HASH, START, PublicRecord, make_film

pytestmark = [pytest.mark.service, pytest.mark.media]


@pytest.fixture(scope="module")
def film_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("machines")


@pytest.fixture(scope="module")
def record(film_folder: Path) -> PublicRecord:
    record = PublicRecord(film_folder / "public", make_film(film_folder))
    record.furnish()
    return record


@pytest.fixture(scope="module")
def portal(record: PublicRecord) -> Iterator[httpx.Client]:
    with serving(portal_of(record.folder)) as url, httpx.Client(base_url=url) as client:
        yield client


def newest(portal: httpx.Client) -> str:
    name: str = portal.get("/v1/releases").json()["items"][0]["id"]
    return name


def test_the_json_feed_has_each_film_attached(portal: httpx.Client) -> None:
    answer = portal.get("/feed.json")
    assert answer.headers["content-type"] == "application/feed+json"
    told = answer.json()
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    first = told["items"][0]
    assert first["title"] == CASES[1][0]
    assert portal.head(first["attachments"][0]["url"]).status_code == 200


def test_the_sitemap_lists_pages_and_releases_that_are_there(portal: httpx.Client) -> None:
    assert f"{portal.base_url}/sitemap.xml".replace("//sitemap", "/sitemap") in (
        portal.get("/robots.txt").text
    )
    tree = fromstring(portal.get("/sitemap.xml").text)
    places = [place.text or "" for place in tree.findall(".//{*}loc")]
    assert len(places) == 12
    assert [portal.get(place).status_code for place in places] == [200] * 12


def test_a_sitemap_that_is_too_long_is_in_parts(
    portal: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def places(path: str) -> list[str]:
        tree = fromstring(portal.get(path).text)
        return [place.text or "" for place in tree.findall(".//{*}loc")]

    whole = places("/sitemap.xml")
    monkeypatch.setattr(machines, "SITEMAP_ENTRIES", 1)
    parts = places("/sitemap.xml")
    assert parts == [f"{portal.base_url}".rstrip("/") + f"/sitemaps/{n}.xml" for n in range(3)]
    assert sorted(place for part in parts for place in places(part)) == sorted(whole)
    for none in ("3", "-1", "x", "9" * 5000):
        assert portal.get(f"/sitemaps/{none}.xml").status_code == 404


def test_the_log_is_a_table_with_each_days_end_of_the_chain(portal: httpx.Client) -> None:
    answer = portal.get("/log.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["act"], row["day"]) for row in rows] == [
        ("withdrawn", "2026-03-02"),
        ("published", "2026-03-01"),
        ("extended", "2026-02-28"),
    ]
    assert (rows[2]["reason"], rows[2]["until"]) == ("'=unusual circumstances", "2026-04-02")
    assert {row["chain_hash"] for row in rows} == {HASH}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\u200b="])
def test_no_cell_of_the_log_is_a_formula(start: str) -> None:
    title = f"{start}cmd|'/c calc'!A1"
    day = LogDay.model_validate(
        {
            "date": "2026-03-01",
            "entries": [
                {
                    "act": "published",
                    "at": START,
                    "release_id": "01a22717-3b37-728e-a00f-385e46d97d50",
                    "title": title,
                }
            ],
            "custody": {"position": 1, "hash": HASH},
        }
    )
    (row,) = csv.DictReader(io.StringIO(log_heading() + csv_rows(log_rows([day]))))
    assert row["title"] == f"'{title}"


def test_a_release_describes_itself_to_search_engines(
    portal: httpx.Client, record: PublicRecord
) -> None:
    name = record.publish(title="Stop </script><script>alert(1)</script>")
    page = portal.get(f"/releases/{name}").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    told = json.loads(found[1])
    assert (told["@type"], told["duration"]) == ("VideoObject", "PT4.000S")
    assert told["name"] == "Stop </script><script>alert(1)</script>"
    assert portal.head(told["contentUrl"]).status_code == 200
    assert portal.head(told["thumbnailUrl"]).status_code == 200


def test_a_file_says_since_when_it_is_and_is_not_sent_twice(portal: httpx.Client) -> None:
    url = f"/releases/{newest(portal)}/video.mp4"
    since = portal.head(url).headers["last-modified"]
    assert since == "Mon, 02 Mar 2026 19:00:00 GMT"
    assert portal.get(url, headers={"if-modified-since": since}).status_code == 304
    older = {"if-modified-since": "Sun, 01 Mar 2026 19:00:00 GMT"}
    assert portal.get(url, headers=older).status_code == 200
    assert portal.get(url, headers={"if-modified-since": "yesterday"}).status_code == 200
    both = {"if-modified-since": since, "if-none-match": '"another"'}
    assert portal.get(url, headers=both).status_code == 200


@pytest.mark.parametrize("path", ["/v1/releases", "/feed.json", "/log.csv", "/none"])
def test_any_site_may_read_and_may_ask_beforehand(portal: httpx.Client, path: str) -> None:
    assert portal.get(path).headers["access-control-allow-origin"] == "*"
    asked = portal.options(
        path,
        headers={
            "origin": "https://example.org",
            "access-control-request-method": "GET",
            "access-control-request-headers": "if-none-match",
        },
    )
    assert asked.status_code == 204
    assert "if-none-match" in asked.headers["access-control-allow-headers"]
    assert "POST" not in asked.headers["access-control-allow-methods"]
