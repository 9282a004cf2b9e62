"""The portal in a real Chromium: accessible, without script, on a phone, and under its own policy."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.pages.portals import portal_of, serving
from tests.pages.test_desk import browser
from tests.records import PublicRecord, make_film

PHONE, DESKTOP = (390, 844), (1440, 900)
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NAMES = (
    "/",
    "/?q=zebra",
    "/upcoming",
    "/policy",
    "/log",
    "/verify",
    "/withheld",
    "/coverage",
    "/complaint",
    "/request",
    "/receipt",
    "/nothing",
    "release",
    "gone",
)

__all__ = ["browser"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of every page of a portal that has something on each."""
    folder = tmp_path_factory.mktemp("record")
    record = PublicRecord(folder / "public", make_film(folder))
    released = record.furnish()[-1]
    gone = record.publish()
    record.withdraw(gone)
    record.open_inbox()
    with serving(portal_of(folder / "public")) as url:
        found = {name: url + name for name in NAMES if name.startswith("/")}
        yield found | {"release": f"{url}/releases/{released}", "gone": f"{url}/releases/{gone}"}


def open_page(
    browser: Browser,
    url: str,
    size: tuple[int, int],
    *,
    script: bool = True,
    scheme: Literal["light", "dark"] = "light",
) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=script,
        color_scheme=scheme,
    )
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_accessible(
    browser: Browser, places: dict[str, str], name: str, scheme: Literal["light", "dark"]
) -> None:
    """On a phone by day, on a desk by night: colours do not depend on the size."""
    page = open_page(browser, places[name], PHONE if scheme == "light" else DESKTOP, scheme=scheme)
    for details in page.locator("details").all():
        details.locator("summary").click()
    found = Axe().run(page, options=WCAG)
    assert found.response["passes"], "axe looked at nothing"
    assert found.violations_count == 0, found.generate_report()
    page.context.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_wider_than_a_phone(browser: Browser, places: dict[str, str], name: str) -> None:
    page = open_page(browser, places[name], PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]
    page.context.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_page_breaks_its_own_policy_or_asks_elsewhere(
    browser: Browser, places: dict[str, str], name: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Failed to load resource" not in message.text:  # the page itself may be a 404 or 410
            said.append(message.text)

    page.on("console", hear)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(places[name])
    page.wait_for_load_state("networkidle")
    host = places[name].split("/")[2]
    assert said == []
    assert {url.split("/")[2] for url in asked} == {host}
    assert context.cookies() == []
    context.close()


def test_the_video_plays_and_seeks_with_captions_on(
    browser: Browser, places: dict[str, str]
) -> None:
    page = open_page(browser, places["release"], DESKTOP)
    video = page.locator("video")
    video.evaluate("v => { v.muted = true; return v.play() }")
    video.evaluate(
        "v => new Promise(done => { v.ontimeupdate = () => v.currentTime > 0.2 && done() })"
    )
    video.evaluate("v => new Promise(done => { v.onseeked = done; v.currentTime = 3 })")
    assert video.evaluate("v => v.textTracks[0].mode") == "showing"
    assert video.evaluate("v => v.error") is None
    page.context.close()


def test_finding_and_reading_a_release_works_by_keyboard_without_script(
    browser: Browser, places: dict[str, str]
) -> None:
    page = open_page(browser, places["/"], DESKTOP, script=False)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_label("Search", exact=True).focus()
    page.keyboard.type("bicycle")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 releases for")
    page.get_by_role("link", name="Fall from a bicycle after a foot chase", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Fall from a bicycle after a foot chase"
    )
    expect(page.get_by_role("heading", name="Why it is public")).to_be_visible()
    page.context.close()


def test_a_withdrawn_video_says_why(browser: Browser, places: dict[str, str]) -> None:
    page = open_page(browser, places["gone"], PHONE)
    expect(page.get_by_text("A court order of 4 March seals this recording.")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
    page.context.close()
