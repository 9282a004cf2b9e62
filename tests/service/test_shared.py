"""What a recipient, and whoever got hold of his address, meets at a link."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bwc.in_force import packs_in_force
from bwc.release.links import issue_link
from bwc.release.withdraw import withdraw
from bwc.requests.holds import place_hold
from tests.link_room import RECIPIENT, LinkRoom, Prepared, actor, enter, prepare, words_of
from tests.release_room import ROSA, SAM

pytestmark = [pytest.mark.service, pytest.mark.media]

PLAYER = {"sec-fetch-dest": "video"}


@pytest.fixture(scope="module")
def to_watch(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(sqlite_template, tmp_path_factory.mktemp("watch"), outcome="VIEW_ONLY")


@pytest.fixture(scope="module")
def to_keep(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(sqlite_template, tmp_path_factory.mktemp("keep"), outcome="RELEASE_REDACTED")


@pytest.fixture
def room(to_watch: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LinkRoom]:
    """A room whose recipient may watch and not keep."""
    monkeypatch.chdir(tmp_path)
    room = to_watch.reopened(tmp_path)
    yield room
    room.catalog.close()


@pytest.fixture
def browser(room: LinkRoom) -> Iterator[httpx.Client]:
    with room.browser() as one:
        yield one


def test_the_address_alone_shows_a_form_and_tells_nothing(
    browser: httpx.Client, to_watch: Prepared, room: LinkRoom
) -> None:
    page = browser.get(f"/shared/{to_watch.issued.token}")
    assert page.status_code == 200
    for secret in (RECIPIENT, "The stop that you asked for", to_watch.release_id, "<video"):
        assert secret not in page.text
    for path in ("video", "copy"):
        assert browser.get(f"/shared/{to_watch.issued.token}/{path}").status_code == 403
    assert room.said_of_links() == [("link refused", "the code was not given")] * 2


def test_with_the_code_it_is_watched_marked_and_each_look_is_written_down(
    browser: httpx.Client, to_watch: Prepared, room: LinkRoom
) -> None:
    path = f"/shared/{to_watch.issued.token}"
    opened = enter(browser, to_watch.issued)
    assert (opened.status_code, opened.headers["location"]) == (303, path)
    cookie = opened.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert f"path={path.lower()}" in cookie
    page = browser.get(path)
    assert RECIPIENT in words_of(page.text)
    assert "/copy" not in page.text, "nothing to download"
    assert "nodownload" in page.text
    assert page.headers["cache-control"] == "no-store"
    whole = browser.get(f"{path}/video", headers=PLAYER)
    assert whole.status_code == 200
    assert whole.headers["content-disposition"] == "inline"
    assert whole.headers["cache-control"] == "no-store"
    copy = room.link(to_watch.issued.link_id).copy_sha256
    assert whole.headers["etag"] == f'"{copy}"', "his own copy and no other"
    for wanted, bytes_of in (("bytes=0-99", whole.content[:100]), ("bytes=-9", whole.content[-9:])):
        part = browser.get(f"{path}/video", headers=PLAYER | {"range": wanted})
        assert (part.status_code, part.content) == (206, bytes_of)
    assert browser.head(f"{path}/video", headers=PLAYER).content == b""
    assert room.said_of_links() == [("link viewed", "page"), ("link viewed", "stream")]
    room.clock.move(timedelta(minutes=31))
    browser.get(f"{path}/video", headers=PLAYER | {"range": "bytes=500-"})
    browser.get(path)
    browser.get(f"{path}/video", headers=PLAYER | {"range": "bytes=1-"})
    assert [seen for _, seen in room.said_of_links()[2:]] == ["stream", "page", "stream"]
    link = room.link(to_watch.issued.link_id)
    assert (link.views, link.viewed_at) == (2, room.clock.now())


def test_what_may_be_watched_cannot_be_fetched_as_a_file(
    browser: httpx.Client, to_watch: Prepared, room: LinkRoom
) -> None:
    path = f"/shared/{to_watch.issued.token}"
    enter(browser, to_watch.issued)
    for method in ("GET", "HEAD"):
        for place, headers in (
            ("copy", {}),
            ("copy", {"range": "bytes=0-1"}),
            ("video", {"sec-fetch-dest": "document"}),
            ("video", {"sec-fetch-dest": "empty"}),
        ):
            answer = browser.request(method, f"{path}/{place}", headers=headers)
            assert answer.status_code == 403
            assert answer.headers["content-type"].startswith("text/html")
    kept, asked = "it may be seen and not kept", "it was not asked for by the player of its page"
    assert [why for _, why in room.said_of_links()] == [kept, kept, asked, asked] * 2


def take_back(room: LinkRoom, made: Prepared) -> None:
    room.revoke(made.issued.link_id)


def withdraw_it(room: LinkRoom, made: Prepared) -> None:
    with room.catalog.write() as session:
        withdraw(session, made.release_id, reason="In error", by=SAM, at=room.clock.now())
        session.commit()


def hold(room: LinkRoom, made: Prepared) -> None:
    with room.catalog.write() as session:
        place_hold(
            session,
            room.incident_id,
            kind="criminal",
            reason="A letter of Prosecutor Smith",
            blocks_release=True,
            by=ROSA,
            at=room.clock.now(),
        )
        session.commit()


def let_it_expire(room: LinkRoom, made: Prepared) -> None:
    """The code is given in the last minute; then the clock passes the end."""
    room.clock.move(timedelta(days=7))


def forbid(room: LinkRoom, made: Prepared) -> None:
    """The rules change; nobody has decided anew yet."""
    room.write_pack(outcome="WITHHOLD", modality="MUST_NOT", version="2")


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        (take_back, 410, "taken this link back"),
        (withdraw_it, 410, "withdrawn"),
        (hold, 403, "on hold"),
        (let_it_expire, 410, "expired"),
        (forbid, 403, "looked at again"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_link_that_closed_while_it_was_watched_serves_nothing_more_and_says_why(
    browser: httpx.Client,
    to_watch: Prepared,
    room: LinkRoom,
    end: Callable[[LinkRoom, Prepared], None],
    status: int,
    said: str,
) -> None:
    path = f"/shared/{to_watch.issued.token}"
    room.clock.move(timedelta(days=7, seconds=-1) if end is let_it_expire else timedelta())
    enter(browser, to_watch.issued)
    assert RECIPIENT in browser.get(path).text
    if end is not forbid:  # what began stays open until a decision; a new look asks the rules
        assert browser.get(f"{path}/video", headers=PLAYER).status_code == 200
    end(room, to_watch)
    for method, place in (("GET", "/video"), ("HEAD", "/video"), ("GET", "/copy"), ("GET", "")):
        answer = browser.request(method, path + place, headers=PLAYER)
        assert answer.status_code == (403 if place == "/copy" and status == 403 else status)
        assert not answer.headers["content-type"].startswith("video")
    page = browser.get(path)
    assert said in words_of(page.text)
    for secret in (RECIPIENT, "Smith", "The stop that you asked for"):
        assert secret not in page.text
    again = enter(browser, to_watch.issued)
    assert again.status_code == status
    assert [act for act, _ in room.said_of_links()].count("link refused") == 6


def test_wrong_codes_are_counted_lock_the_link_and_are_written_down(
    browser: httpx.Client, to_watch: Prepared, room: LinkRoom
) -> None:
    path, issued = f"/shared/{to_watch.issued.token}", to_watch.issued
    wrong = "00000000" if issued.code != "00000000" else "11111111"
    for _ in range(5):
        refused = browser.post(path, data={"code": wrong})
        assert refused.status_code == 403
        assert "is wrong" in words_of(refused.text)
    locked = enter(browser, issued)
    assert locked.status_code == 403, "even the right one, while it is locked"
    assert browser.get(f"{path}/video").status_code == 403
    assert [why for _, why in room.said_of_links()[:6]] == ["the code is wrong"] * 5 + [
        "too many wrong codes"
    ]
    room.clock.move(timedelta(minutes=16))
    assert enter(browser, issued).status_code == 303


def test_guessing_addresses_is_refused_written_down_and_slowed(
    browser: httpx.Client, room: LinkRoom
) -> None:
    tries = [browser.get(f"/shared/{'x' * number}").status_code for number in range(1, 30)]
    assert tries[:20] == [404] * 20
    assert set(tries[20:]) == {429}
    assert room.said_of_links() == [("link refused", "there is no such link")] * 20


def test_no_trick_with_the_path_leads_to_a_byte(browser: httpx.Client, to_watch: Prepared) -> None:
    token = to_watch.issued.token
    enter(browser, to_watch.issued)
    for path in (
        "/shared/",
        "/shared/..",
        "/shared/../releases",
        "/shared/%2e%2e/video",
        f"/shared/{token}/../video",
        f"/shared/{token}/video/../copy",
        f"/shared/{token}/video%2f..%2fcopy",
        f"/shared/{token}/original",
        f"/shared/{token}%00/video",
        f"/shared/{token.swapcase()}/video",
        f"/shared/{token}//video",
    ):
        answer = browser.get(path)
        assert answer.status_code in {401, 403, 404}, path
        assert not answer.headers["content-type"].startswith("video")


def test_a_visit_is_good_for_its_own_link_one_browser_and_two_hours(
    browser: httpx.Client, to_watch: Prepared, room: LinkRoom
) -> None:
    path = f"/shared/{to_watch.issued.token}"
    enter(browser, to_watch.issued)
    secret = browser.cookies["bwc_visit"]
    room.clock.move(timedelta(hours=1))
    with httpx.Client(base_url=browser.base_url, timeout=60) as other:
        enter(other, to_watch.issued)
        assert browser.get(f"{path}/video", headers=PLAYER).status_code == 403, "the older one ends"
        assert other.get(f"{path}/video", headers=PLAYER).status_code == 200
    newer = room.issue(to_watch.release_id)
    for token in (newer.token, to_watch.issued.token):
        stolen = {"cookie": f"bwc_visit={secret}"} | PLAYER
        assert httpx.get(f"{browser.base_url}/shared/{token}/video", headers=stolen).status_code in {403, 410}  # fmt: skip
    assert enter(browser, newer).status_code == 303
    room.clock.move(timedelta(hours=2))
    assert browser.get(f"/shared/{newer.token}/video", headers=PLAYER).status_code == 403


def test_a_code_of_another_link_opens_nothing(
    browser: httpx.Client, to_watch: Prepared, room: LinkRoom
) -> None:
    newer = room.issue(to_watch.release_id)
    answer = browser.post(f"/shared/{newer.token}", data={"code": to_watch.issued.code})
    assert answer.status_code == 403


def test_before_his_copy_is_marked_nothing_is_shown(
    to_watch: Prepared, room: LinkRoom, browser: httpx.Client
) -> None:
    with room.catalog.write() as session:
        packs = packs_in_force(session, room.house.settings.department)
        fresh = issue_link(
            session, to_watch.release_id, days=1, by=actor(), packs=packs, at=room.clock.now()
        )
        session.commit()
    answer = enter(browser, fresh)
    assert answer.status_code == 503
    assert "being prepared" in words_of(answer.text)


def test_what_the_law_gives_him_is_watched_and_downloaded_unmarked(
    to_keep: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    room = to_keep.reopened(tmp_path)
    path = f"/shared/{to_keep.issued.token}"
    with room.browser() as browser:
        enter(browser, to_keep.issued)
        assert f"{path}/copy" in browser.get(path).text
        file = browser.get(f"{path}/copy")
        assert file.content == room.film
        assert file.headers["content-disposition"].startswith("attachment")
        part = browser.get(f"{path}/copy", headers={"range": "bytes=5-9"})
        assert (part.status_code, part.content) == (206, room.film[5:10])
        beyond = browser.get(f"{path}/copy", headers={"range": "bytes=999999999-"})
        assert beyond.status_code == 416
    assert [seen for act, seen in room.said_of_links()][:2] == ["page", "copy"]
    room.catalog.close()
