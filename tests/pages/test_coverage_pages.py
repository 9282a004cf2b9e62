"""Every coverage page in a real Chromium: accessible, on a phone, by keyboard, without script."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.desk.app import create_app
from api.desk.pages import coverage
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.coverage import fresh_days, overview
from bwc.coverage.refreshing import refresh
from bwc.timeline import Span
from tests.desk_ids import NOW
from tests.desks import furnish, make_house
from tests.pages.test_desk import (
    PHONE,
    SCREEN,
    browser,
    faults_at_both_sizes,
    faults_of,
    opened,
    tab_to,
    violations,
)
from tests.precinct import settle
from tests.web import serving

__all__ = ["browser"]

pytestmark = pytest.mark.browser
BREAK = "break=2026-02-25%3Dnew+dispatch"
EMPTY = "first=2020-01-01&last=2020-01-31"
PAGES = [
    "/coverage",
    f"/coverage?{EMPTY}",
    "/coverage?print=1",
    "/coverage/units",
    "/coverage/unit?name=Patrol+North&by=day",
    f"/coverage/trend?by=week&{BREAK}",
    f"/coverage/trend?{EMPTY}",
    "/coverage/comparison",
    "/coverage/comparison?by=officer",
    "/coverage/equity",
    f"/coverage/equity?{EMPTY}",
    "/coverage/statutory",
    "/coverage/statutory?pack=us-dc",
    "/coverage/officers/1101",
    "/coverage/call?number=260311-001",
    "/findings",
    "/audits",
    "/footage?call=260311-001",
]

OF_SUMS = (
    "/coverage/units",
    "/coverage/unit?name=Patrol+North&by=day",
    "/coverage/trend?by=week",
    "/coverage/comparison",
    "/coverage/equity",
)


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a desk over four weeks of an invented department."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "catalog.db").write_bytes(sqlite_template.read_bytes())
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    house = make_house(catalog, folder)
    furnish(house)
    with house.catalog.write() as session:
        settle(session, weeks=4, calls_a_day=6)
        refresh(session, Span(NOW - timedelta(days=7), NOW), by="auditor", at=NOW)
        session.commit()
    with serving(create_app(house=house)) as address:
        yield address
    catalog.close()


def test_every_coverage_page_is_accessible_and_fits(browser: Browser, desk: str) -> None:
    faults = []
    with opened(browser, desk, Role.AUDITOR, viewport=PHONE) as page:
        for path in PAGES:
            faults += faults_at_both_sizes(page, path)
    assert faults == []


@pytest.mark.parametrize("measured", [0, 1_000], ids=["days are missing", "none is missing"])
def test_the_pages_of_a_large_department_are_accessible_and_fit_a_phone(
    browser: Browser, desk: str, monkeypatch: pytest.MonkeyPatch, measured: int
) -> None:
    monkeypatch.setattr(overview, "MEASURED_OFFICERS", 2)
    monkeypatch.setattr(fresh_days, "MEASURED_CALLS", measured)
    monkeypatch.setattr(coverage, "OFFICERS_SHOWN", 10)
    with opened(browser, desk, Role.AUDITOR, viewport=PHONE) as page:
        for path in ("/coverage", "/coverage?page=2", "/coverage?unit=Riverside&print=1"):
            assert faults_of(page, path, width=PHONE["width"]) == []
        for path in OF_SUMS:
            assert faults_of(page, path, width=PHONE["width"]) == []
            notes = page.get_by_role("note").filter(has_text="Not counted yet")
            expect(notes).to_have_count(0 if measured else 1)


def test_coverage_pages_are_accessible_in_the_dark(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.AUDITOR, viewport=SCREEN, color_scheme="dark") as page:
        for path in ("/coverage", f"/coverage/trend?{BREAK}", "/coverage/equity"):
            page.goto(path)
            assert violations(page) == []


def test_one_navigation_leads_through_all_coverage_pages_without_script(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.AUDITOR, java_script_enabled=False, viewport=PHONE) as page:
        page.goto("/coverage")
        names = (
            page.get_by_role("navigation", name="Coverage").get_by_role("link").all_inner_texts()
        )
        assert names == [
            "Overview", "Units", "Trend", "Comparison", "Equity",
            "Statutory report", "Findings", "Random audits", "Is there footage?",
        ]  # fmt: skip
        for name in names:
            bar = page.get_by_role("navigation", name="Coverage")
            bar.get_by_role("link", name=name).click()
            again = page.get_by_role("navigation", name="Coverage")
            expect(again.locator("[aria-current=page]")).to_have_text(name)
            assert again.get_by_role("link").all_inner_texts() == names


def test_an_auditor_goes_from_the_overview_to_a_call_by_keyboard(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.AUDITOR, viewport=SCREEN) as page:
        page.goto("/coverage")
        tab_to(page, page.get_by_role("link", name="D. Whitfield"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("D. Whitfield")
        tab_to(page, page.locator(".picture.wide a").first)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Call ")


def test_a_phone_shows_pictures_drawn_for_it(browser: Browser, desk: str) -> None:
    for size, shown, hidden in ((PHONE, "narrow", "wide"), (SCREEN, "wide", "narrow")):
        with opened(browser, desk, Role.AUDITOR, viewport=size) as page:
            for path in ("/coverage/trend", "/coverage/officers/1101"):
                page.goto(path)
                drawn = page.locator(f".picture.{shown} svg").all()
                assert drawn
                for picture in drawn:
                    expect(picture).to_be_visible()
                    place = picture.bounding_box()
                    assert place is not None
                    assert place["x"] + place["width"] <= size["width"]
                for picture in page.locator(f".picture.{hidden} svg").all():
                    expect(picture).to_be_hidden()


def test_a_break_is_named_in_the_form_without_script(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.AUDITOR, java_script_enabled=False, viewport=SCREEN) as page:
        page.goto("/coverage/trend")
        page.get_by_label("Since").fill("2026-02-25")
        page.get_by_label("What changed").fill("other cameras")
        page.get_by_role("button", name="Name a break").click()
        expect(page.get_by_role("row", name="Break A")).to_contain_text("other cameras")
        page.get_by_role("link", name="By month").click()
        expect(page.get_by_role("row", name="Break A")).to_contain_text("other cameras")
        page.get_by_role("link", name="Remove the break").click()
        expect(page.get_by_role("row", name="Break A")).to_have_count(0)


def test_a_supervisor_is_refused_the_equity_page_in_plain_words(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.SUPERVISOR, viewport=PHONE) as page:
        page.goto("/coverage")
        expect(page.get_by_role("link", name="Equity")).to_have_count(0)
        page.goto("/coverage/equity")
        expect(page.get_by_role("heading", name="Not permitted")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("may not see how figures differ")
        assert violations(page) == []
