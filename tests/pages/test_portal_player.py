"""The video page in a real Chromium: the transcript seeks, a press on a mask shows the law."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.portals import portal_of, serving
from tests.pages.test_desk import browser
from tests.records import PublicRecord, make_film

CAPTIONS = (
    b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nStep out of the car, please.\n\n"
    b"00:00:02.500 --> 00:00:03.500\nWhy?\n"
)
CURRENT_TIME = "document.querySelector('video').currentTime"

__all__ = ["browser"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("player")
    record = PublicRecord(folder / "public", make_film(folder))
    name = record.publish(captions=CAPTIONS)
    with serving(portal_of(folder / "public")) as url:
        yield f"{url}/releases/{name}"


@pytest.fixture(params=[(390, 844), (1440, 900)], ids=["phone", "desktop"])
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("document.querySelector('video').readyState > 0")
    yield page
    context.close()


def test_a_line_of_the_transcript_seeks_by_keyboard_and_is_marked(page: Page) -> None:
    page.get_by_role("link", name="Why?").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"{CURRENT_TIME} === 2.5")
    expect(page.locator("[data-transcript] [aria-current]")).to_contain_text("Why?")
    assert "?t=" not in page.url


def test_a_line_opens_the_video_at_its_moment_without_script(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("button", name="What is hidden here?")).to_be_hidden()
    page.get_by_role("link", name="Why?").click()
    assert page.locator("source").get_attribute("src", timeout=5000).endswith("/video.mp4#t=2.5")
    context.close()


def test_a_press_on_a_mask_shows_the_law_and_beside_it_nothing(page: Page) -> None:
    box = page.locator("video").bounding_box()
    assert box is not None
    told = page.locator("[data-law] [role=status]")
    scale = min(box["width"] / 640, box["height"] / 360)
    left = (box["width"] - 640 * scale) / 2
    page.locator("video").click(position={"x": left + 600 * scale, "y": 60 * scale})
    expect(told).to_be_empty()
    page.locator("video").evaluate("v => v.pause()")
    page.locator("video").evaluate("v => { v.currentTime = 1.2 }")
    page.locator("video").click(position={"x": left + 180 * scale, "y": 100 * scale})
    expect(told).to_contain_text("Hidden here: face. Reason: personal privacy")
    expect(told).to_contain_text("The law: C.R.S.")


def test_what_is_hidden_at_a_moment_can_be_asked_by_keyboard(page: Page) -> None:
    ask = page.get_by_role("button", name="What is hidden here?")
    told = page.locator("[data-law] [role=status]")
    page.locator("video").evaluate("v => { v.currentTime = 1.2 }")
    ask.focus()
    page.keyboard.press("Enter")
    for words in ("Hidden here: face", "Hidden here: head", "Hidden here: sound"):
        expect(told).to_contain_text(words)
    page.locator("video").evaluate("v => { v.currentTime = 3.5 }")
    page.keyboard.press("Enter")
    expect(told).to_have_text("Nothing is hidden at this moment.")
