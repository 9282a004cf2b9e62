"""Whole ways through both applications in a real Chromium: complaint to hold to receipt; the board."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from api.desk.app import create_app
from bwc.access.passwords import hash_password
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role, User
from bwc.vault.inbox import Inbox
from bwc.vault.open import open_inbox
from tests.desk_ids import CASE, PASSWORD
from tests.pages.portals import portal_of
from tests.pages.test_desk import PHONE, browser, desk, house, opened
from tests.release_room import NOW, ReleaseRoom
from tests.web import serving
from workers.schedule import ask_to_take_inbox
from workers.steps.requests import publish_key

__all__ = ["browser", "desk", "house"]

pytestmark = [pytest.mark.browser, pytest.mark.media]

PLAIN: dict[str, Any] = {"java_script_enabled": False, "viewport": PHONE}
WORDS = "He pushed my neighbour."
MOST_PAGES = 60
FOOTAGE = re.compile(r"^/(recordings|renderings|persons|shared|releases/[^/]+/captions)(/|$)")


@dataclass(frozen=True, slots=True)
class Town:
    """A department with one published release, its desk, its portal and the inbox between them."""

    room: ReleaseRoom
    inbox: Inbox
    portal: str
    desk: str
    release_id: str


@pytest.fixture
def town(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    monkeypatch.chdir(tmp_path)
    room = ReleaseRoom(tmp_path, sqlite_catalog)
    release_id = room.ready()
    room.approve(release_id, accept_draft=True)
    room.run()
    publish_key(room.house.public, room.house.settings)
    hashed = hash_password(PASSWORD)
    with room.catalog.write() as session:
        session.add_all(
            User(username=role.value, name=role.value, password_hash=hashed, role=role, created_at=NOW)
            for role in (Role.RECORDS, Role.SUPERVISOR)
        )  # fmt: skip
        session.commit()
    portal = portal_of(room.folder / "public", inbox=room.house.settings.inbox_folder)
    with serving(portal) as public, serving(create_app(house=room.house)) as staff:
        yield Town(room, open_inbox(room.house.settings), public, staff, release_id)


def test_a_complaint_becomes_a_hold_at_the_desk_and_its_receipt_follows(
    browser: Browser, town: Town
) -> None:
    context = browser.new_context(base_url=town.portal, **PLAIN)
    public = context.new_page()
    public.goto(f"/releases/{town.release_id}")
    public.get_by_role("link", name="Complain about what an officer does").press("Enter")
    public.get_by_label("What happened?").fill(WORDS)
    public.get_by_role("button", name="Send").press("Enter")
    expect(public.get_by_role("heading", level=1)).to_have_text("Received")
    receipt = public.locator("code").first.inner_text()
    ask_to_take_inbox(town.room.catalog, town.inbox, now=town.room.clock.now())
    town.room.run()

    with opened(browser, town.desk, Role.RECORDS, **PLAIN) as staff:
        staff.goto(f"/incidents/{town.room.incident_id}")
        expect(staff.get_by_text(WORDS)).to_be_visible()
        held = staff.get_by_role("listitem").filter(has_text="is not settled").first
        expect(held).to_contain_text("in force")

    expect_told(public, receipt, "cannot be deleted")
    with opened(browser, town.desk, Role.SUPERVISOR, **PLAIN) as staff:
        staff.goto(f"/incidents/{town.room.incident_id}")
        lift = staff.get_by_role("button", name=re.compile("^Lift"))
        for left in reversed(range(lift.count())):
            lift.first.press("Enter")
            expect(lift).to_have_count(left)
    town.room.run()
    expect_told(public, receipt, "the hold on the recordings was lifted")
    context.close()


def expect_told(page: Page, receipt: str, words: str) -> None:
    """That the page of a receipt says so."""
    page.goto("/receipt")
    page.get_by_label("Receipt number").fill(receipt)
    page.get_by_role("button", name="Ask").press("Enter")
    expect(page.get_by_role("group", name="Your letter")).to_contain_text(words)


def test_the_board_reads_what_is_withheld_and_finds_no_way_to_footage(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.OVERSIGHT) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Withheld and late")
        ways = ["/withheld", f"/incidents/{CASE.incident}", f"/releases/{CASE.release}"]
        seen: set[str] = set()
        while ways:
            way = ways.pop()
            if way in seen or len(seen) > MOST_PAGES:
                continue
            seen.add(way)
            page.goto(way)
            assert page.locator("video, audio").count() == 0, way
            found = page.locator("main [src], main a[href^='/']").evaluate_all(
                """all => all.map(one => one.getAttribute('src') || one.getAttribute('href'))
                    .map(way => new URL(way, location.href).pathname)"""
            )
            assert not [one for one in found if FOOTAGE.match(one)], way
            ways += [
                one for one in found if not one.startswith("/v1/") and not one.endswith(".csv")
            ]
        for closed in (
            f"/recordings/{CASE.own_recording}",
            f"/recordings/{CASE.own_recording}/proxy",
        ):
            answer = page.goto(closed)
            assert answer is not None
            assert answer.status == 403, closed
