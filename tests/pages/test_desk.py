"""The desk in a real Chromium: accessible on a phone and a screen, by keyboard, without script."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from api.desk.app import create_app
from bwc.catalog.job import Job, JobState
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.coverage.refreshing import refresh
from bwc.coverage.rule_book import ALWAYS_ON_SCENE
from bwc.house import House
from bwc.timeline import Span
from tests.clips import make_clip
from tests.desk_ids import BADGE, CASE, DAY, NOW, PASSWORD
from tests.desks import furnish, make_house
from tests.web import chromium, serving

pytestmark = pytest.mark.browser

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE = ViewportSize(width=390, height=844)
SCREEN = ViewportSize(width=1440, height=900)
PERIOD = "first=2026-03-01&last=2026-03-12"
PAGES = [
    (Role.OFFICER, "/mine"),
    (Role.SUPERVISOR, "/decisions"),
    (Role.SUPERVISOR, f"/decisions/{CASE.incident}"),
    (Role.AUDITOR, "/overview"),
    (Role.OVERSIGHT, "/withheld"),
    (Role.ADMIN, "/administration"),
    (Role.ADMIN, "/imports"),
    (Role.ADMIN, "/retention"),
    (Role.ADMIN, "/account/second-factor"),
    (Role.SUPERVISOR, "/queue"),
    (Role.SUPERVISOR, "/incidents"),
    (Role.SUPERVISOR, f"/incidents/{CASE.incident}"),
    (Role.SUPERVISOR, f"/releases/{CASE.release}"),
    (Role.SUPERVISOR, "/releases"),
    (Role.SUPERVISOR, "/coverage/publication?first=2026-03-02&last=2026-03-08"),
    (Role.RECORDS, "/recordings"),
    (Role.RECORDS, f"/recordings/{CASE.own_recording}"),
    (Role.RECORDS, f"/recordings/{CASE.quarantined}"),
    (Role.RECORDS, "/jobs"),
    (Role.RECORDS, "/requests"),
    (Role.RECORDS, f"/incidents/{CASE.incident}/letters/public/acknowledgement"),
    (Role.AUDITOR, f"/coverage?{PERIOD}"),
    (Role.AUDITOR, f"/coverage/officers/{BADGE}?{PERIOD}"),
    (Role.AUDITOR, "/custody"),
    (Role.OFFICER, "/recordings"),
    (Role.OFFICER, "/queue"),
    (Role.ADMIN, "/users"),
    (Role.ADMIN, "/cameras"),
    (Role.ADMIN, "/policy"),
    (Role.ADMIN, "/account"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    """A house whose recording is a real clip."""
    clip = tmp_path / "clip.mp4"
    make_clip(clip)
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house, video=clip.read_bytes())
    return house


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    """The address of a desk over it."""
    with serving(create_app(house=house)) as address:
        yield address


@contextmanager
def opened(browser: Browser, desk: str, role: Role, **options: Any) -> Iterator[Page]:
    """A page of a fresh browser in which `role` has signed in by the form."""
    context = browser.new_context(base_url=desk, **options)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("User name").fill(role.value)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("sign-in"))
    yield page
    context.close()


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def faults_of(page: Page, path: str, *, width: int) -> list[str]:
    """What is wrong with one page: its accessibility, its width, what the console says."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(path)
    found = violations(page) + _overflow(page, width)
    refused = "status of 403"  # said of the page that an officer may not see
    return [f"{path}: {fault}" for fault in found + said if refused not in fault]


def faults_at_both_sizes(page: Page, path: str) -> list[str]:
    """The same on a phone, and whether the page fits a screen as well."""
    page.set_viewport_size(PHONE)
    faults = faults_of(page, path, width=PHONE["width"])
    page.set_viewport_size(SCREEN)
    return faults + [f"{path}: {fault}" for fault in _overflow(page, SCREEN["width"])]


def _overflow(page: Page, width: int) -> list[str]:
    """Whether the page has to be pushed sideways."""
    wide = int(page.evaluate("document.documentElement.scrollWidth"))
    return [f"wider than {width} pixels"] if wide > width else []


@pytest.mark.parametrize("role", sorted({role for role, _ in PAGES}))
def test_every_page_is_accessible_and_fits(browser: Browser, desk: str, role: Role) -> None:
    faults: list[str] = []
    with opened(browser, desk, role, viewport=PHONE) as page:
        for path in [path for whose, path in PAGES if whose is role]:
            faults += faults_at_both_sizes(page, path)
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_is_accessible_in_both_schemes(
    browser: Browser, desk: str, scheme: Any
) -> None:
    context = browser.new_context(base_url=desk, color_scheme=scheme, viewport=PHONE)
    page = context.new_page()
    page.goto("/sign-in")
    assert violations(page) == []
    expect(page.get_by_label("User name")).to_be_focused()
    context.close()


def test_the_dark_queue_and_release_are_accessible(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.SUPERVISOR, color_scheme="dark", viewport=SCREEN) as page:
        for path in ("/queue", f"/incidents/{CASE.incident}", f"/releases/{CASE.release}"):
            page.goto(path)
            assert violations(page) == []


def test_a_release_goes_from_queue_to_approval_without_script(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.SUPERVISOR, java_script_enabled=False, viewport=PHONE) as page:
        page.goto("/queue")
        page.get_by_role("link", name=re.compile("^Prove")).click()
        page.get_by_placeholder("How it was met").fill("Letter 2026-17, called on 12 March")
        page.get_by_role("button", name="Write down the proof").click()
        expect(page.get_by_role("status")).to_contain_text("proof is written down")
        page.get_by_role("link", name="Queue", exact=True).click()
        page.get_by_role("link", name=re.compile("^Approve")).click()
        expect(page.get_by_text("approve that Arrest on Colfax Avenue")).to_be_visible()
        page.get_by_label(re.compile("no lawyer has")).check()
        page.get_by_role("button", name="Approve release").click()
        expect(page.get_by_role("status")).to_contain_text("Approved")
        expect(page.get_by_role("heading", level=1)).to_contain_text("approved")


def test_a_request_is_closed_by_keyboard_without_script(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.RECORDS, java_script_enabled=False, viewport=PHONE) as page:
        page.goto(f"/incidents/{CASE.incident}")
        close = page.locator("summary", has_text="Close REQ-2026-0001")
        close.focus()
        page.keyboard.press("Enter")
        page.get_by_label("How it ended").select_option("withdrawn")
        page.get_by_label("Letter, copy or ground").fill("Letter of 12 March")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("request is closed")
        expect(page.get_by_role("region", name="Requests")).to_contain_text("closed by records")


def test_a_letter_is_opened_from_its_incident_and_one_not_borne_is_refused(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.RECORDS, java_script_enabled=False, viewport=PHONE) as page:
        page.goto(f"/incidents/{CASE.incident}")
        page.get_by_role("link", name="acknowledgement").click()
        expect(page.get_by_role("article")).to_contain_text(
            "We received your request REQ-2026-0001"
        )
        expect(page.get_by_role("article")).to_contain_text("An answer is due by March 17, 2026")
        page.goto(f"/incidents/{CASE.incident}/letters/public/delay")
        expect(page.get_by_role("alert")).to_contain_text("delays nothing")


def test_two_people_change_the_rules_without_script(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.ADMIN, java_script_enabled=False, viewport=PHONE) as page:
        page.goto("/policy")
        page.get_by_text("Propose a change").click()
        page.get_by_label("Packs, separated").fill("us-co, us-ca")
        page.get_by_role("button", name="Propose").click()
        expect(page.get_by_role("status")).to_contain_text("Another person must activate")
        expect(page.get_by_text("You proposed it, so another person")).to_be_visible()
        expect(page.get_by_role("button", name="Activate")).to_have_count(0)
    with opened(browser, desk, Role.SUPERVISOR, viewport=SCREEN) as page:
        page.goto("/policy")
        assert violations(page) == []
    with opened(browser, desk, Role.SUPERVISOR, java_script_enabled=False, viewport=PHONE) as page:
        page.goto("/policy")
        page.get_by_role("button", name="Activate PLC-2026-0001").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("The rules are in force")
        expect(page.get_by_role("region", name="In force")).to_contain_text("us-ca")


@pytest.mark.parametrize("size", [PHONE, SCREEN], ids=["phone", "screen"])
def test_the_forms_of_an_incident_are_accessible_when_open(
    browser: Browser, desk: str, size: ViewportSize
) -> None:
    with opened(browser, desk, Role.SUPERVISOR, viewport=size) as page:
        page.goto(f"/incidents/{CASE.incident}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_redaction_is_ordered_and_its_job_waits_with_a_reason(
    browser: Browser, desk: str
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(f"/recordings/{CASE.own_recording}")
        page.get_by_role("button", name="Redact again").click()
        expect(page.get_by_role("button", name="Redaction is at work")).to_be_disabled()
        expect(page.get_by_text("waits for another job: analyse")).to_be_visible()


def test_the_footage_plays_and_seeks_and_leaves_a_trace(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(f"/recordings/{CASE.own_recording}")
        seconds = page.evaluate(
            """async () => {
                const video = document.querySelector("video");
                video.preload = "auto";
                video.load();
                await new Promise((done, fail) => {
                    video.onloadeddata = done;
                    video.onerror = () => fail(video.error.message);
                });
                const sought = new Promise((done) => { video.onseeked = done; });
                video.currentTime = 1.5;
                await sought;
                return video.currentTime;
            }"""
        )
        assert seconds == pytest.approx(1.5, abs=0.1)
        page.reload()
        expect(page.locator(".custody")).to_contain_text("viewing by records")


def test_progress_moves_by_itself_and_a_finished_job_is_shown(
    browser: Browser, desk: str, house: House
) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto("/jobs")
        row = page.locator(f"#job-{CASE.running_job}")
        expect(row).to_contain_text("42 %")
        change_job(house, progress=0.87, stage="encoding")
        expect(row).to_contain_text("87 % encoding")
        change_job(house, state=JobState.DONE, finished_at=house.clock.now())
        expect(row.locator("[data-state]")).to_have_text("done")


def test_a_wrong_password_is_told_to_screen_readers(browser: Browser, desk: str) -> None:
    page = browser.new_page(base_url=desk)
    page.goto("/sign-in")
    page.get_by_label("User name").fill("records")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("wrong, or the account is locked")
    assert violations(page) == []
    page.close()


def test_the_desk_is_used_by_keyboard_alone(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.RECORDS, viewport=SCREEN) as page:
        page.goto(f"/recordings/{CASE.untied}")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        correct = page.locator("summary", has_text="Correct")
        tab_to(page, correct)
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_label("Incident"))
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("the officer named the incident")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("tied anew")
        tags = page.get_by_role("region", name="Belongs to")
        expect(tags).to_contain_text("the officer named the incident")


def test_an_error_is_a_page_with_a_way_back(browser: Browser, desk: str) -> None:
    with opened(browser, desk, Role.OFFICER, viewport=PHONE) as page:
        page.goto("/queue")
        expect(page.get_by_role("heading", name="Not permitted")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("the role officer may not see the queue")
        page.get_by_role("link", name="To the start page").click()
        expect(page.get_by_role("heading", name="Your day")).to_be_visible()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"{wanted} cannot be reached by Tab")


def change_job(house: House, **values: object) -> None:
    with house.catalog.write() as session:
        session.execute(sa.update(Job).where(Job.id == CASE.running_job).values(**values))
        session.commit()


def test_an_administrator_imports_by_keyboard_without_script(
    browser: Browser, desk: str, tmp_path: Path
) -> None:
    file = tmp_path / "officers.csv"
    file.write_text(
        "badge,name,unit,sworn\n9001,A. Brook,Patrol 3,true\n9002,B. Reed,Patrol 3,so\n"
    )
    with opened(browser, desk, Role.ADMIN, java_script_enabled=False, viewport=PHONE) as page:
        page.goto("/imports")
        page.get_by_label(re.compile("^Files")).set_input_files(file)
        page.get_by_role("button", name="See what would change").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("1 row is bad")
        expect(page.get_by_role("region", name="Bad rows")).to_contain_text("officers.csv, line 3")
        expect(page.get_by_role("button", name="Import this")).to_have_count(0)
        file.write_text(file.read_text().replace(",so", ",true"))
        page.get_by_role("link", name="Other files").click()
        page.get_by_label(re.compile("^Files")).set_input_files(file)
        page.get_by_role("button", name="See what would change").press("Enter")
        page.get_by_role("button", name="Import this").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Imported")


def test_an_officer_explains_a_gap_on_his_telephone_without_script(
    browser: Browser, desk: str, house: House
) -> None:
    with house.catalog.write() as session:
        refresh(session, Span(NOW - 20 * DAY, NOW), by="auditor", at=NOW, rules=ALWAYS_ON_SCENE)
        session.commit()
    with opened(browser, desk, Role.OFFICER, java_script_enabled=False, viewport=PHONE) as page:
        due = page.get_by_role("list", name=re.compile("^Due from you"))
        before = due.get_by_role("listitem").count()
        due.locator("summary", has_text="Explain").first.press("Enter")
        due.get_by_label("Reason").first.select_option("battery empty")
        due.get_by_role("button", name="Send the explanation").first.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("A supervisor decides")
        expect(due.get_by_role("listitem")).to_have_count(before - 1)
        expect(page.get_by_role("list", name="Explained and decided")).to_contain_text("battery")
