"""From alert to release in a real Chromium: the second person signs a plan that is not rendered."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.desk.app import create_app
from bwc.access.passwords import hash_password
from bwc.catalog.release import ReleaseState
from bwc.catalog.store import Catalog
from bwc.catalog.user import Role, User
from bwc.settings import load_settings
from tests.clips import make_clip, needs_models
from tests.desk_ids import PASSWORD
from tests.pages.test_desk import PHONE, SCREEN, browser, faults_at_both_sizes, opened
from tests.release_room import NOW, ReleaseRoom
from tests.web import serving

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.media, needs_models]

PLAIN = {"java_script_enabled": False, "viewport": PHONE}


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    """A case that the rules let out, whose recording is a real clip of two faces."""
    monkeypatch.chdir(tmp_path)
    clip = make_clip(tmp_path / "faces.mp4", seconds=1.0)
    room = ReleaseRoom(tmp_path, sqlite_catalog, original=clip.path.read_bytes())
    settings = room.house.settings.model_copy(update={"models": load_settings().models_folder})
    room.house = replace(room.house, settings=settings)
    room.open_case()
    room.run()
    hashed = hash_password(PASSWORD)
    with room.catalog.write() as session:
        session.add_all(
            User(username=role.value, name=role.value, password_hash=hashed, role=role, created_at=NOW)
            for role in (Role.RECORDS, Role.SUPERVISOR)
        )  # fmt: skip
        session.commit()
    return room


@pytest.fixture
def desk(room: ReleaseRoom) -> Iterator[str]:
    with serving(create_app(house=room.house)) as address:
        yield address


def redact_and_review(page: Page, room: ReleaseRoom) -> None:
    """Order the redaction from the queue, then hide a place that nobody found."""
    page.goto("/queue")
    page.get_by_role("button", name=re.compile("^Redact .+")).click()
    expect(page.get_by_role("status")).to_contain_text("The redaction is ordered")
    page.goto("about:blank")  # the queue shows itself anew, which would break off the next step
    room.run()
    page.goto(f"/recordings/{room.recording_id}/review")
    page.get_by_text("Hide a place that stands still").click()
    form = page.get_by_role("form", name="Hide a place that stands still")
    for side, share in (("Left", "0"), ("Top", "0"), ("Right", "0.1"), ("Bottom", "0.1")):
        form.get_by_label(side).fill(share)
    form.get_by_label("From second").fill("0")
    form.get_by_label("To second").fill("0.5")
    form.get_by_role("button", name="Hide this place").click()
    expect(page.get_by_role("status")).to_contain_text("The change is kept")
    expect(page.get_by_text("not rendered")).to_be_visible()


def propose(page: Page, room: ReleaseRoom) -> None:
    page.goto(f"/recordings/{room.recording_id}#release")
    page.get_by_label("Title for the public").fill("Traffic stop on Alder Street")
    page.get_by_label("What it shows").fill("A driver is stopped and let go.")
    page.get_by_role("button", name="Propose release").click()
    expect(page.get_by_role("status")).to_contain_text("Another person must approve it")


def test_from_alert_to_release_with_a_second_person_who_signs_what_is_not_rendered(
    browser: Browser, desk: str, room: ReleaseRoom
) -> None:
    with opened(browser, desk, Role.RECORDS, **PLAIN) as page:
        redact_and_review(page, room)
        propose(page, room)
        release = page.url.partition("?")[0]
        page.goto(release)
        expect(page.get_by_role("button", name="Sign, render and verify")).to_have_count(0)
    with opened(browser, desk, Role.SUPERVISOR, **PLAIN) as page:
        page.goto("/queue")
        expect(
            page.get_by_text("the plan was changed: a second person must approve")
        ).to_be_visible()
        page.get_by_role("link", name=re.compile("^Approve")).click()
        expect(page.get_by_text("which is not rendered yet")).to_be_visible()
        page.get_by_role("button", name="Sign, render and verify").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Signed")
        expect(page.get_by_text("being rendered and verified")).to_be_visible()
        release = page.url.partition("?")[0]
        page.goto("/queue")
        expect(page.get_by_text("signed by supervisor").first).to_be_visible()
        room.run()
        page.goto(release)
        expect(page.get_by_role("heading", level=1)).to_contain_text("published")
    release_id = release.rpartition("/")[2]
    assert room.release(release_id).state is ReleaseState.PUBLISHED
    assert room.is_listed(release_id)


def test_each_state_of_a_signature_is_accessible_and_fits(
    browser: Browser, desk: str, room: ReleaseRoom
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        redact_and_review(page, room)
    release_id = room.propose()
    path = f"/releases/{release_id}"
    with opened(browser, desk, Role.SUPERVISOR, viewport=SCREEN) as page:
        assert faults_at_both_sizes(page, path) == []
        page.get_by_role("button", name="Sign, render and verify").click()
        expect(page.get_by_role("status")).to_contain_text("Signed")
        assert faults_at_both_sizes(page, path) == []
        page.get_by_role("button", name="Take the signature back").click()
        expect(page.get_by_role("status")).to_contain_text("taken back")
        assert faults_at_both_sizes(page, path) == []
