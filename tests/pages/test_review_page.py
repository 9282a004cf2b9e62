"""The review of a redaction in a real Chromium: by keyboard, with a box drawn on the picture."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Recording, Role
from bwc.house import House
from bwc.redaction.keep import keep_plan
from bwc.redaction.keys import Region
from bwc.redaction.plan import Kind
from tests.clips import make_clip
from tests.desk_ids import CASE, NOW
from tests.desks import furnish, make_house
from tests.pages.test_desk import PHONE, SCREEN, browser, faults_of, opened, violations
from tests.plans import make_plan, still
from tests.service.test_review import write_plan
from tests.web import serving

__all__ = ["browser"]

pytestmark = pytest.mark.browser

PAGE = f"/recordings/{CASE.own_recording}/review"


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    """A house whose recording has a plan that verification refused."""
    clip = tmp_path / "clip.mp4"
    make_clip(clip)
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house, video=clip.read_bytes())
    write_plan(house)
    with house.catalog.write() as session:
        session.get_one(Recording, CASE.own_recording).duration_us = 1_111_111  # as its plan
        session.commit()
    return house


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    """The address of a desk over it."""
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


def test_a_box_is_drawn_on_the_picture_and_sound_on_the_strip_and_a_phone_shows_it_all(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(PAGE)
        page.get_by_role("button", name="Go there").first.click()
        page.locator(".stage video").evaluate(
            "one => one.readyState > 0 || new Promise("
            "done => one.addEventListener('loadedmetadata', () => done(true), { once: true }))"
        )
        page.get_by_role("button", name="Draw on the picture").click()
        middle = middle_of(page.locator(".stage video"))
        dragged(page, middle, (middle[0] + 60, middle[1] + 40))
        form = page.get_by_role("form", name="Hide it and follow it")
        expect(form.get_by_label("Left")).to_have_value(re.compile(r"0\.50"))
        expect(form.get_by_label("At second")).not_to_have_value("")
        form.get_by_role("button").click()
        expect(page.get_by_role("status")).to_contain_text("the tracker carries it now")
        expect(page.get_by_role("region", name="The tracker")).to_contain_text("carry")
        page.wait_for_load_state()
        strip = page.locator("[data-timestrip]")
        strip.scroll_into_view_if_needed()
        middle = middle_of(strip)
        dragged(page, middle, (middle[0] + 100, middle[1]))
        sound = page.get_by_role("form", name="Take sound out")
        expect(sound.get_by_label("From second")).to_have_value(re.compile(r"0\.5"))
        sound.get_by_role("button").click()
        expect(page.get_by_role("status")).to_contain_text("The change is kept")
        page.wait_for_load_state()
        stretch = page.locator("[data-timestrip] > span").first
        stretch.scroll_into_view_if_needed()
        box = stretch.bounding_box()
        assert box is not None
        end = (box["x"] + box["width"], box["y"] + 10)
        dragged(page, end, (end[0] + 50, end[1]))
        page.get_by_role("button", name="Keep the stretch so").click()
        expect(page.get_by_role("status")).to_contain_text("The change is kept")
        assert faults_of(page, PAGE, width=SCREEN["width"]) == []
    with opened(browser, desk, Role.RECORDS, viewport=PHONE) as page:
        assert faults_of(page, PAGE, width=PHONE["width"]) == []
        drawn = page.get_by_role("region", name="Drawn by hand")
        drawn.get_by_text("1 key box").click()
        assert violations(page) == []
        drawn.get_by_label("Why nothing need be hidden here").fill("Drawn on the wrong recording")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("The change is kept")
        expect(drawn).to_have_count(0)
        expect(page.get_by_role("region", name="The tracker")).to_have_count(0)


def test_a_track_that_ends_in_the_midst_is_extended_there_by_one_key(
    browser: Browser, desk: str, house: House
) -> None:
    face = still(1, Kind.FACE, Region(200, 100, 260, 160), last=80_000, seen=(0, 30_000))
    plan = make_plan(face.model_copy(update={"sightings": 9}))
    with house.catalog.write() as session:
        keep_plan(session, plan, recording_id=CASE.own_recording, author="b", job_id=None, at=NOW)
        session.commit()
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(PAGE)
        for _ in range(2):  # what verification found comes first
            page.keyboard.press("j")
        expect(page.locator("li.here")).to_contain_text("ends in the midst of the picture")
        page.keyboard.press("e")
        expect(page.get_by_role("status")).to_contain_text("The change is kept")
        expect(page.get_by_text("ends in the midst of the picture")).to_have_count(0)
        expect(page.get_by_text("track 1 extended by 0 s before and 0.5 s after")).to_be_visible()


def middle_of(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def dragged(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end)
    page.mouse.up()
