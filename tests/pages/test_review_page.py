"""The review of a redaction in a real Chromium: by keyboard, with a box drawn on the picture."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from tests.clips import make_clip
from tests.desk_ids import CASE
from tests.desks import furnish, make_house
from tests.pages.test_desk import PHONE, SCREEN, browser, faults_of, opened
from tests.service.test_review import write_plan
from tests.web import serving

__all__ = ["browser"]

pytestmark = pytest.mark.browser

PAGE = f"/recordings/{CASE.own_recording}/review"


@pytest.fixture
def desk(sqlite_catalog: Catalog, tmp_path: Path) -> Iterator[str]:
    """The address of a desk whose recording has a plan that verification refused."""
    clip = tmp_path / "clip.mp4"
    make_clip(clip)
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house, video=clip.read_bytes())
    write_plan(house)
    with serving(create_app(house=house)) as address:
        yield address


def test_a_reviewer_hides_what_was_found_by_keys_alone_and_takes_it_back(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        assert faults_of(page, PAGE, width=SCREEN["width"]) == []
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("f")
        expect(page.get_by_role("status")).to_contain_text("The change is kept")
        expect(page.get_by_text("not rendered")).to_be_visible()
        page.keyboard.press("u")
        expect(page.get_by_role("status")).to_contain_text("taken back")
        page.wait_for_load_state()
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.get_by_role("heading", name="Where to look")).to_contain_text("1 accepted")


def test_a_box_is_drawn_on_the_picture_and_a_phone_shows_the_page_whole(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=PHONE) as page:
        assert faults_of(page, PAGE, width=PHONE["width"]) == []
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(PAGE)
        page.get_by_role("button", name="Go there").first.click()
        page.locator(".stage video").evaluate(
            "one => one.readyState > 0 || new Promise("
            "done => one.addEventListener('loadedmetadata', () => done(true), { once: true }))"
        )
        page.get_by_role("button", name="Draw on the picture").click()
        place = page.locator(".stage video").bounding_box()
        assert place is not None
        middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + 60, middle[1] + 40)
        page.mouse.up()
        expect(page.get_by_label("Left")).to_have_value(re.compile(r"0\.50"))
        page.get_by_role("button", name="Hide it").click()
        expect(page.get_by_role("status")).to_contain_text("The change is kept")
