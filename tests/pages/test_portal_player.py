"""The video page in a real Chromium: the transcript seeks, a press on a mask shows the law."""

import base64
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clips import Face, draw
from tests.pages.portals import portal_of, serving
from tests.pages.test_desk import browser
from tests.records import PLAN, PublicRecord, make_film

CAPTIONS = (
    b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nStep out of the car, please.\n\n"
    b"00:00:02.500 --> 00:00:03.500\nWhy?\n"
)
# Promises, since the site's policy lets no test evaluate its words again and again.
LOADED = "v => v.readyState > 0 || new Promise((r) => { v.onloadedmetadata = r; })"
SOUGHT = "v => !v.seeking || new Promise((r) => { v.onseeked = r; })"
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
    page.locator("video").evaluate(LOADED)
    yield page
    context.close()


def test_a_line_of_the_transcript_seeks_by_keyboard_and_is_marked(page: Page) -> None:
    page.get_by_role("link", name="Why?").focus()
    page.keyboard.press("Enter")
    page.locator("video").evaluate(SOUGHT)
    assert page.evaluate(CURRENT_TIME) == 2.5
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
    expect(told).to_contain_text("The law: C.R.S. §\N{NO-BREAK SPACE}24-31-902(2)(b)(II)")
    expect(told).not_to_contain_text("24-72-204")
    assert (
        told.get_by_role("link", name="C.R.S.").first.get_attribute("href").startswith("https://")
    )


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


PICTURE = """v => { const c = document.createElement("canvas");
  [c.width, c.height] = [v.videoWidth, v.videoHeight];
  c.getContext("2d").drawImage(v, 0, 0); return c.toDataURL("image/png"); }"""
STILL = Face(start=(80.0, 60.0), height=60, velocity=(0.0, 0.0))  # so that up can be told from down
QUARTERS = {0: 0, 90: 1, 180: 2, 270: 3}


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_press_on_a_film_that_is_shown_turned_meets_the_mask_that_is_seen(
    browser: Browser, tmp_path: Path, rotation: int
) -> None:
    record = PublicRecord(
        tmp_path / "public", make_film(tmp_path, rotation=rotation, faces=[STILL])
    )
    track = {
        "kind": "face",
        "exemption": "x",
        "keys": [[0, 200, 90, 280, 150], [3900, 200, 90, 280, 150]],
    }
    original = {**PLAN["original"], "rotation": rotation}
    name = record.publish(plan={**PLAN, "original": original, "tracks": [track], "sound": []})
    stored = np.zeros((360, 640), np.uint8)
    stored[90:150, 200:280] = 1  # above the browser's controls, however it is turned
    mask = np.rot90(stored, QUARTERS[rotation])  # counter-clockwise
    with serving(portal_of(record.folder)) as url:
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        page = context.new_page()
        page.goto(f"{url}/releases/{name}")
        video = page.locator("video")
        video.evaluate(LOADED)
        video.evaluate("v => new Promise((r) => { v.onseeked = r; v.currentTime = 1; })")
        png = base64.b64decode(video.evaluate(PICTURE).partition(",")[2])
        seen = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
        upright, _ = draw(1.0, size=(640, 360), faces=[STILL])
        turned = [np.rot90(upright, QUARTERS[r]) for r in QUARTERS if r % 180 == rotation % 180]
        apart = [float(np.abs(seen.astype(int) - one).mean()) for one in turned]
        right = [r for r in QUARTERS if r % 180 == rotation % 180].index(rotation)
        assert apart.index(min(apart)) == right, "the browser turns it another way"
        told = page.locator("[data-law] [role=status]")
        rows, columns = np.nonzero(mask)
        corners = ((columns.min(), rows.min(), -1), (columns.max(), rows.max(), 1))
        for x, y, outwards in corners:
            told.evaluate("one => one.replaceChildren()")
            _press(page, mask.shape, x + 8 * outwards, y + 8 * outwards)
            expect(told).to_be_empty()
            _press(page, mask.shape, x - 8 * outwards, y - 8 * outwards)
            expect(told).to_contain_text("Hidden here: face. Reason: x")
        context.close()


def _press(page: Page, shape: tuple[int, ...], x: int, y: int) -> None:
    """Press on a pixel of the picture as it is shown; `shape` is its height and width."""
    box = page.locator("video").bounding_box()
    assert box is not None
    height, width = shape
    scale = min(box["width"] / width, box["height"] / height)
    left, top = (box["width"] - width * scale) / 2, (box["height"] - height * scale) / 2
    page.locator("video").click(position={"x": left + x * scale, "y": top + y * scale})
    page.locator("video").evaluate("v => v.pause()")
