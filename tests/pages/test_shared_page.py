"""A recipient's page in a real Chromium on a phone: accessible, without script, and the film plays."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from tests.link_room import RECIPIENT, LinkRoom
from tests.pages.test_desk import PHONE, browser, violations
from tests.web import serving

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.media]

SAID = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Officer>Step out &amp; wait.\n"


def test_a_recipient_gives_his_code_on_a_phone_and_watches_his_marked_copy(
    browser: Browser, sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    room = LinkRoom(tmp_path, sqlite_catalog)
    issued = room.issue(room.approved(captions=SAID))
    path = f"/shared/{issued.token}"
    with serving(create_app(house=room.house)) as address:
        plain = browser.new_context(base_url=address, viewport=PHONE, java_script_enabled=False)
        page = plain.new_page()
        page.goto(path)
        page.keyboard.press("Tab")  # the way past the header
        page.get_by_label("Code").fill(issued.code)
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"For {RECIPIENT} only")).to_be_visible()
        expect(page.get_by_role("link", name="Download")).to_have_count(0)
        expect(page.get_by_text("Officer: Step out & wait.")).to_be_visible()
        plain.close()
        context = browser.new_context(base_url=address, viewport=PHONE)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(path)
        assert violations(page) == []
        page.get_by_label("Code").fill("1" if issued.code != "1" * 8 else "2")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_role("alert")).to_contain_text("wrong")
        assert violations(page) == []
        page.get_by_label("Code").fill(f"{issued.code[:4]} {issued.code[4:]}")
        page.get_by_role("button", name="Open").click()
        expect(page.locator("video")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        page.locator("video").evaluate(
            "one => new Promise(done => {"
            " one.addEventListener('ended', () => done(true), { once: true });"
            " one.muted = true; one.play(); })"
        )
        heard = "one => one.textTracks[0].cues[0].getCueAsHTML().textContent"
        assert page.locator("video").evaluate(heard) == "Step out & wait."
        assert [one for one in said if "403" not in one] == []
        context.close()
    assert room.said_of_links().count(("link viewed", "stream")) == 1
