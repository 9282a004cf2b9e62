"""The player of a review in a real Chromium: the picture it names is the picture that is seen."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.house import House
from bwc.redaction.drawn import extend
from bwc.redaction.revise import Revision, revise
from bwc.redaction.view_review import newest_plan_of
from tests.desk_ids import CASE
from tests.numbered import BITS, HEIGHT, UNEVEN, WIDTH
from tests.pages.test_desk import PHONE, SCREEN, browser, faults_of, opened
from tests.studios import make_studio
from tests.web import serving

__all__ = ["browser"]

pytestmark = pytest.mark.browser

PAGE = f"/recordings/{CASE.own_recording}/review"
COUNT = len(UNEVEN)
READ = """one => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [%d, %d];
  const brush = canvas.getContext("2d");
  brush.drawImage(one, 0, 0, canvas.width, canvas.height);
  const row = brush.getImageData(0, canvas.height / 2, canvas.width, 1).data;
  let number = 0;
  for (let bit = 0; bit < %d; bit += 1) {
    if (row[4 * Math.floor((bit + 0.5) * canvas.width / %d)] > 128) number += 1 << bit;
  }
  return number;
}""" % (WIDTH, HEIGHT, BITS, BITS)  # noqa: UP031 - braces of JavaScript
COVERED = """one => {
  const data = one.getContext("2d").getImageData(0, 0, one.width, one.height).data;
  let [x0, y0, x1, y1] = [one.width, one.height, 0, 0];
  for (let at = 3; at < data.length; at += 4) {
    if (!data[at]) continue;
    const x = ((at - 3) / 4) % one.width, y = Math.floor((at - 3) / 4 / one.width);
    x0 = Math.min(x0, x); y0 = Math.min(y0, y); x1 = Math.max(x1, x + 1); y1 = Math.max(y1, y + 1);
  }
  return [x0, y0, x1, y1];
}"""


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    return make_studio(sqlite_catalog, tmp_path)


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    with serving(create_app(house=house)) as address:
        yield address


def expect_picture(page: Page, number: int) -> None:
    """The page names picture `number`, from 0, and the player shows it."""
    expect(page.locator("[data-moment]")).to_contain_text(f"Picture {number + 1} of {COUNT}")
    assert page.locator(".stage video").evaluate(READ) == number


def jump(page: Page, number: int) -> None:
    """Go to picture `number`, from 0, by keys."""
    page.keyboard.press("g")
    page.keyboard.type(str(number + 1))
    page.keyboard.press("Enter")
    page.locator("[name=picture]").evaluate("one => { one.value = ''; one.blur(); }")


def test_every_step_and_jump_shows_the_very_picture_that_the_page_names(
    browser: Browser, desk: str
) -> None:
    """Uneven times, sound that begins before the first picture, a first time that is not zero."""
    dice = random.Random(6)
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(f"{PAGE}?picture=30")
        expect_picture(page, 29)
        here = 29
        for _ in range(10):
            key, move = dice.choice([(".", 1), (",", -1), (">", 10), ("<", -10)])
            page.keyboard.press(key)
            here = min(max(here + move, 0), COUNT - 1)
            expect_picture(page, here)
        for here in dice.sample(range(COUNT), 4):
            jump(page, here)
            expect_picture(page, here)
        for _ in range(3):  # faster than pictures arrive
            page.keyboard.press("<")
        expect_picture(page, max(0, here - 30))


def test_a_plan_is_seen_and_heard_before_it_is_rendered(
    browser: Browser, desk: str, house: House
) -> None:
    with house.catalog.read() as session:
        found = newest_plan_of(session, CASE.own_recording)
    assert found is not None
    plan = found[1]
    start = plan.original.first_pts
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(PAGE)
        page.keyboard.press("p")
        expect(page.locator("[data-preview-note]")).to_contain_text("What counts is the rendering")
        assert page.locator("canvas.masks").evaluate(COVERED) == [0, 0, 2, 2], "all, at first"
        page.goto(f"{PAGE}?picture=9")
        expect(page.locator("[data-moment]")).to_contain_text("Picture 9")
        for number in (0, 17, 25, 55):
            jump(page, number)
            pts = start + round(UNEVEN[number] * 90_000)
            expect(page.locator("canvas.masks")).to_have_attribute("data-pts", str(pts))
            boxes = [
                (r.x0 - r.x0 % 2, r.y0 - r.y0 % 2, r.x1 + r.x1 % 2, r.y1 + r.y1 % 2)
                for r in plan.regions(pts)
            ]
            hidden = page.locator("canvas.masks").evaluate(COVERED)
            edges = list(zip(*boxes, strict=True)) or [(256,), (144,), (0,), (0,)]
            assert hidden == [*(min(e) for e in edges[:2]), *(max(e) for e in edges[2:])], number
            is_muted = page.locator(".stage video").evaluate("one => one.muted")
            assert is_muted == (1.0 <= UNEVEN[number] < 1.5)
        page.goto(PAGE)  # as after a change: the same moment, still as it would be released
        expect(page.locator("[data-moment]")).to_contain_text("Picture 56")
        expect(page.locator("canvas.masks")).to_be_visible()


def test_a_preview_that_could_not_be_asked_for_covers_all_and_is_asked_for_again(
    browser: Browser, desk: str
) -> None:
    """The line broke once; whoever had silenced the player stays with a silent one."""
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.route("**/plan/masks*", lambda route: route.abort(), times=1)
        page.goto(f"{PAGE}?picture=9")
        expect_picture(page, 8)
        page.locator(".stage video").evaluate("one => { one.muted = true; }")
        page.keyboard.press("p")
        expect(page.locator("[data-preview-note]")).to_contain_text("covers everything")
        assert page.locator("canvas.masks").evaluate(COVERED) == [0, 0, 2, 2]
        jump(page, 9)
        expect(page.locator("canvas.masks")).to_have_attribute("data-pts", re.compile(r"\d+"))
        assert page.locator(".stage video").evaluate("one => one.muted")


def test_a_press_on_a_strip_and_arrows_in_a_lane_show_that_moment(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(f"{PAGE}?from=0&to=2")
        expect(page.locator("[data-exact]")).to_be_visible()
        strip = page.locator("[data-strip]").first
        place = strip.bounding_box()
        assert place is not None
        strip.click(position={"x": place["width"] / 2, "y": 5})
        expect(page.locator("[data-moment]")).to_contain_text("0:00.9")
        page.keyboard.press("t")
        page.keyboard.press("Home")
        expect_picture(page, 5)
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("link", name="Track 1 face")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(page.locator("[data-moment]")).to_contain_text("0:01.2")


def test_a_reader_is_told_of_another_who_comes_and_of_what_he_changes(
    browser: Browser, desk: str, house: House
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(PAGE)
        with opened(browser, desk, Role.SUPERVISOR, viewport=SCREEN) as other:
            other.goto(PAGE)
        other_hand = Revision(CASE.own_recording, "supervisor")
        with house.catalog.write() as session:
            revise(
                session,
                other_hand,
                lambda plan: extend(plan, 2, before=0.1, after=0.0, by="supervisor"),
                at=house.clock.now(),
            )
            session.commit()
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        told = page.locator("[data-presence-at]")
        expect(told).to_contain_text("Supervisor Person has this review open now")
        expect(told).to_contain_text("The plan was changed meanwhile")


def test_the_page_is_whole_on_a_phone_and_links_seek_without_script(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=PHONE) as page:
        assert faults_of(page, PAGE, width=PHONE["width"]) == []
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN, java_script_enabled=False) as page:
        page.goto(PAGE)
        page.get_by_role("link", name="Track 1 face").click()
        expect(page.locator(".stage video")).to_have_attribute("src", re.compile("#t=0"))
