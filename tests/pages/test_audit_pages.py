"""Findings, audits and the should-exist search in a real Chromium, from finding to answer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.coverage.audits import draw_audit
from bwc.coverage.refreshing import refresh
from bwc.house import House
from bwc.timeline import Span
from tests.desk_ids import NOW
from tests.desks import furnish, make_house
from tests.pages.test_desk import PHONE, SCREEN, browser, faults_at_both_sizes, faults_of, opened
from tests.web import serving

__all__ = ["browser"]

pytestmark = pytest.mark.browser
MARCH = Span(NOW - timedelta(days=11), NOW)
PERIOD = "first=2026-03-01&last=2026-03-12"
PAGES = [
    (Role.AUDITOR, f"/findings?{PERIOD}"),
    (Role.SUPERVISOR, f"/findings?{PERIOD}"),
    (Role.OFFICER, f"/findings?{PERIOD}"),
    (Role.OVERSIGHT, f"/findings?{PERIOD}&state=open"),
    (Role.AUDITOR, "/coverage/call?number=C-104"),
    (Role.OFFICER, "/coverage/call?number=C-101"),
    (Role.AUDITOR, "/footage"),
    (Role.AUDITOR, "/footage?call=C-101"),
    (Role.AUDITOR, "/footage?call=C-999"),
    (Role.AUDITOR, "/audits"),
    (Role.AUDITOR, "/audits/AUD-2026-0001"),
    (Role.SUPERVISOR, "/audits/AUD-2026-0001"),
    (Role.AUDITOR, "/audits/AUD-2026-0001/redraw"),
    (Role.AUDITOR, f"/coverage?{PERIOD}"),
]


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    """A furnished house whose findings are up to date and which drew one audit."""
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    with house.catalog.write() as session:
        refresh(session, MARCH, by="auditor", at=NOW)
        draw_audit(session, MARCH, size=3, seed="s", by="auditor", at=NOW)
        session.commit()
    return house


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    """The address of a desk over it."""
    with serving(create_app(house=house)) as address:
        yield address


def test_every_audit_page_is_accessible_and_fits(browser: Browser, desk: str) -> None:
    faults = []
    for role in sorted({role for role, _ in PAGES}):
        with opened(browser, desk, role, viewport=PHONE) as page:
            for path in [path for who, path in PAGES if who is role]:
                faults += faults_at_both_sizes(page, path)
    assert faults == []


def test_an_officer_explains_and_a_supervisor_excuses_without_script(
    browser: Browser,
    desk: str,
) -> None:
    with opened(browser, desk, Role.OFFICER, java_script_enabled=False) as page:
        page.goto(f"/findings?{PERIOD}")
        row = page.locator("li.row", has_text="Explain call without video, call C-101")
        row.locator("summary").click()
        row.get_by_label("Reason").select_option("battery empty")
        row.get_by_role("button", name="Send the explanation").click()
        expect(page.get_by_role("status")).to_contain_text("A supervisor decides")
        expect(page.get_by_role("button", name="Excuse")).to_have_count(0)
    with opened(browser, desk, Role.SUPERVISOR, java_script_enabled=False) as page:
        page.goto(f"/findings?{PERIOD}&state=explained")
        row = page.locator("li.row", has_text="Decide call without video, call C-101")
        row.locator("summary").click()
        row.get_by_label("Why").fill("battery was replaced")
        row.get_by_role("button", name="Excuse").click()
        page.goto(f"/findings?{PERIOD}&state=excused")
        expect(page.get_by_text("battery was replaced")).to_be_visible()


def test_an_auditor_asks_for_footage_and_writes_that_there_is_none(
    browser: Browser,
    desk: str,
) -> None:
    with opened(browser, desk, Role.AUDITOR) as page:
        page.goto("/footage")
        page.get_by_label("Call number").fill("C-101")
        page.get_by_role("button", name="Look").click()
        expect(page.get_by_text("Footage should exist and was not found.")).to_be_visible()
        page.get_by_role("button", name="Write this answer down").click()
        expect(page.get_by_role("heading", name="Answer NF-2026-0001")).to_be_visible()


def test_an_auditor_draws_an_audit_and_reviews_a_call(
    browser: Browser,
    desk: str,
) -> None:
    with opened(browser, desk, Role.AUDITOR) as page:
        page.goto("/audits")
        page.get_by_label("How many").fill("2")
        page.get_by_role("button", name="Draw").click()
        expect(page.get_by_role("heading", name="Audit AUD-2026-0002")).to_be_visible()
        watched = page.get_by_role("link", name="watch it").first.get_attribute("href")
        assert watched is not None
        assert faults_of(page, watched, width=SCREEN["width"]) == []
        page.goto("/audits/AUD-2026-0002")
        row = page.locator("li.row").first
        row.locator("summary").click()
        for select in row.locator("select").all():
            select.select_option("yes")
        row.get_by_role("button", name="Write the review").click()
        expect(page.get_by_text("reviewed by you")).to_be_visible()
