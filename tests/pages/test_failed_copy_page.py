"""A marked copy that failed, on its release's page: why, and tried again by keyboard without script."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role
from tests.desk_ids import PASSWORD
from tests.link_room import BROKEN, UNREADABLE, LinkRoom
from tests.pages.test_desk import PHONE, browser, violations
from tests.web import serving

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.media]


def test_a_failed_copy_is_tried_again_on_a_phone_without_script(
    browser: Browser, sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    room = LinkRoom(tmp_path, sqlite_catalog)
    room.open_accounts(Role.RECORDS)
    place = f"/releases/{room.approved()}"
    room.issue(place.rpartition("/")[2], steps=BROKEN)
    with serving(create_app(house=room.house)) as address:
        for has_script in (True, False):
            context = browser.new_context(
                base_url=address, viewport=PHONE, java_script_enabled=has_script
            )
            page = context.new_page()
            page.goto(f"/sign-in?next={place}")
            page.get_by_label("User name").fill("records")
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_text(f"its copy could not be made. {UNREADABLE}")).to_be_visible()
            if has_script:
                assert violations(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
            else:
                page.get_by_role("button", name="Try again to make the copy").focus()
                page.keyboard.press("Enter")
                expect(page.get_by_text("copy being made")).to_be_visible()
                assert page.url.startswith(f"{address}{place}")
            context.close()
