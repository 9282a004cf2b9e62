"""Complaining in a real Chromium: by keyboard, on a phone, without script and without a name."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.pages.portals import portal_of, serving
from tests.pages.test_desk import browser
from tests.records import CASES, PublicRecord, make_film

__all__ = ["browser"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("forms")
    record = PublicRecord(folder / "public", make_film(folder))
    record.open_inbox()
    name = record.publish()
    with serving(portal_of(folder / "public")) as url:
        yield f"{url}/releases/{name}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_complaint_about_a_video_is_sent_by_keyboard_without_script(
    page: Page, address: str
) -> None:
    page.goto(address)
    page.get_by_role("link", name="Complain about what an officer does").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=CASES[0][0])).to_be_visible()
    page.get_by_label("What happened?").focus()
    page.keyboard.type("He pushed my neighbour.")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Received")
    page.get_by_role("button", name="See where it stands").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Nothing is known under this number yet")


def test_what_is_wrong_is_said_and_can_be_read_by_everyone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address.split("/releases/", maxsplit=1)[0] + "/request")
    page.get_by_label("Which recordings?").fill("   ")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look at: description")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_label("Which recordings?").fill("The stop on Alder Street")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Received")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert context.cookies() == []
    context.close()
