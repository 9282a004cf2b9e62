"""Search and browse: words, filters with their counts, pages, and what is withdrawn."""

from datetime import timedelta

import httpx
import pytest

from tests.pages.portals import refreshed
from tests.records import CAPTIONS, START, PublicRecord
from tests.service.test_portal import film, portal, record

__all__ = ["film", "portal", "record"]

pytestmark = [pytest.mark.service, pytest.mark.media]


def test_search_finds_titles_summaries_places_and_what_was_said(
    portal: httpx.Client, record: PublicRecord
) -> None:
    record.publish(title="Fall from a bicycle", district="Harbour", captions=CAPTIONS)
    record.publish(title="Welfare check", kind="welfare check", at=START + timedelta(hours=1))
    for words, titles in {
        "b": ["Welfare check", "Fall from a bicycle"],
        "bicycl": ["Fall from a bicycle"],
        "HARBOUR": ["Fall from a bicycle"],
        "step out please": ["Fall from a bicycle"],
        "tail light": ["Welfare check", "Fall from a bicycle"],
        "zebra": [],
        '"; DROP TABLE releases; --': [],
        'NEAR( * ^ "': [],
        "-": [],
    }.items():
        found = portal.get("/v1/releases", params={"q": words}).json()["items"]
        assert [item["title"] for item in found] == titles, words
    assert "1 release." in portal.get("/?kind=traffic+stop").text
    assert "0 releases." in portal.get("/?kind=traffic+stop&district=Nowhere").text


def test_the_list_is_narrowed_by_kind_district_and_date_with_counts(
    portal: httpx.Client, record: PublicRecord
) -> None:
    record.publish_many(5)
    page = portal.get("/?kind=use+of+force&date=2026").text
    assert "2 releases." in page
    for choice in ("Traffic stop (2)", "Use of force (2)", "Harbour (2)", "2026 (2)"):
        assert choice in page, choice
    assert '<option value="2026-02">February 2026 (2)</option>' in page
    assert "0 releases." in portal.get("/?date=2025-02").text
    assert "0 releases." in portal.get("/?date=%3Cb%3E").text
    listed = portal.get("/v1/releases", params={"date": "2026-02", "kind": "use of force"}).json()
    assert len(listed["items"]) == 2
    assert portal.get("/v1/releases?date=2026-2").status_code == 422


def test_what_is_withdrawn_is_found_no_more_and_what_comes_next_is(
    portal: httpx.Client, record: PublicRecord
) -> None:
    first = record.publish(title="Zebra crossing")
    assert "Zebra" in portal.get("/?q=zebra").text
    record.withdraw(first)
    refreshed(portal, "/?q=zebra", "0 releases")
    record.publish(title="Zebra crossing again")
    assert "1 release " in refreshed(portal, "/?q=zebra", "again")


def test_pages_of_the_list_lead_forth_and_back(portal: httpx.Client, record: PublicRecord) -> None:
    record.publish_many(14)
    first = portal.get("/")
    assert 'rel="next" href="/?page=2"' in first.text
    second = portal.get("/?page=2")
    assert 'rel="prev" href="/?page=1"' in second.text
    assert "page 2 of 2" in portal.get("/?page=999").text
