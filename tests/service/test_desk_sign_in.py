"""Signing in over HTTP: lock, throttle, idle lock, and what a browser is given."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api.desk.app import create_app
from api.desk.security import LARGEST_BODY, SIGN_INS_PER_MINUTE
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from bwc.clock import FixedClock
from bwc.house import House
from tests.desk_ids import PASSWORD
from tests.desks import csrf_of, furnish, make_house, signed_in
from tests.web import serving


@pytest.fixture
def house(sqlite_catalog: Catalog, tmp_path: Path) -> House:
    """A furnished house."""
    house = make_house(sqlite_catalog, tmp_path / "house")
    furnish(house)
    return house


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    """The address of a desk over it."""
    with serving(create_app(house=house)) as address:
        yield address


@pytest.fixture
def browser(desk: str) -> Iterator[httpx.Client]:
    """A client that keeps cookies and asks for pages."""
    with httpx.Client(base_url=desk, headers={"accept": "text/html"}) as client:
        yield client


def attempt(
    browser: httpx.Client, password: str, username: str = "records", **more: str
) -> httpx.Response:
    token = csrf_of(browser.get("/sign-in").text)
    form = {"username": username, "password": password, "csrf": token} | more
    return browser.post("/sign-in", data=form)


def move(house: House, by: timedelta) -> None:
    assert isinstance(house.clock, FixedClock)
    house.clock.move(by)


def test_the_session_cookie_is_for_this_site_and_no_script(browser: httpx.Client) -> None:
    cookie = attempt(browser, PASSWORD).headers["set-cookie"].lower()
    assert cookie.startswith("bwc_desk=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_over_https_the_cookie_is_secure_and_tied_to_the_host(house: House) -> None:
    settings = house.settings.model_copy(
        update={"desk": house.settings.desk.model_copy(update={"secure_cookies": True})}
    )
    secure = House(settings, house.catalog, house.vault, house.public, house.clock)
    with serving(create_app(house=secure)) as address:
        answer = httpx.get(f"{address}/sign-in")
    assert answer.headers["set-cookie"].startswith("__Host-bwc_desk_form=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_stranger_is_sent_to_sign_in_and_back_to_where_he_wanted(browser: httpx.Client) -> None:
    sent = browser.get("/incidents")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=/incidents")
    assert attempt(browser, PASSWORD, target="/incidents").headers["location"] == "/incidents"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_nobody_is_sent_off_the_desk(browser: httpx.Client, target: str) -> None:
    assert attempt(browser, PASSWORD, target=target).headers["location"] == "/"


def test_a_refusal_is_the_same_for_known_and_unknown_names(browser: httpx.Client) -> None:
    known = attempt(browser, "wrong")
    unknown = attempt(browser, "wrong", username="nobody")
    assert (known.status_code, known.text) == (403, unknown.text)


def test_the_lock_holds_over_http_and_opens_by_itself(browser: httpx.Client, house: House) -> None:
    for _ in range(house.settings.desk.login_attempts):
        attempt(browser, "wrong")
    assert attempt(browser, PASSWORD).status_code == 403
    move(house, timedelta(minutes=house.settings.desk.login_lock_minutes))
    assert attempt(browser, PASSWORD).status_code == 303


def test_one_address_cannot_try_endlessly(desk: str, house: House) -> None:
    body = {"username": "nobody", "password": "wrong"}
    answers = [httpx.post(f"{desk}/v1/sessions", json=body) for _ in range(SIGN_INS_PER_MINUTE + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [403, 429]
    assert answers[-1].headers["retry-after"] == "60"
    move(house, timedelta(minutes=1))
    assert httpx.post(f"{desk}/v1/sessions", json=body).status_code == 403


def test_an_idle_session_locks_and_a_page_that_reloads_itself_does_not_keep_it(
    desk: str, house: House
) -> None:
    with signed_in(desk, Role.RECORDS) as client:
        for _ in range(2):
            move(house, timedelta(minutes=14))
            assert client.get("/jobs?refresh").status_code == 200
        move(house, timedelta(minutes=3))
        assert client.get("/jobs").status_code == 401


def test_a_used_session_stays_open(desk: str, house: House) -> None:
    with signed_in(desk, Role.RECORDS) as client:
        for _ in range(4):
            move(house, timedelta(minutes=29))
            assert client.get("/jobs").status_code == 200


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(desk: str) -> None:
    with signed_in(desk, Role.RECORDS) as client:
        copied = dict(client.cookies)
        token = csrf_of(client.get("/account").text)
        assert client.post("/sign-out", data={"csrf": token}).status_code == 303
        assert httpx.get(f"{desk}/jobs", cookies=copied).status_code == 401


def test_changing_the_password_needs_the_old_one_and_ends_every_session(desk: str) -> None:
    fresh = "another maple lantern"
    with signed_in(desk, Role.RECORDS) as client:
        token = csrf_of(client.get("/account").text)
        wrong = {"csrf": token, "current": "wrong", "password": fresh}
        assert client.post("/account/password", data=wrong).status_code == 422
        assert (
            client.post("/account/password", data=wrong | {"current": PASSWORD}).status_code == 303
        )
        assert client.get("/jobs").status_code == 401


def test_a_bearer_token_needs_no_form_token_and_a_cookie_does_not_stand_in_for_it(
    desk: str,
) -> None:
    body = {"username": "records", "password": PASSWORD}
    token = httpx.post(f"{desk}/v1/sessions", json=body).json()["token"]
    ended = httpx.delete(
        f"{desk}/v1/sessions/current", headers={"authorization": f"Bearer {token}"}
    )
    assert ended.status_code == 204
    with signed_in(desk, Role.RECORDS) as client:
        answer = client.get("/v1/jobs", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path", ["/sign-in", "/nowhere", "/healthz", "/v1/jobs", "/static/desk.css"]
)
def test_every_answer_carries_the_strict_headers(browser: httpx.Client, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"]
    assert ("no-store" in headers["cache-control"]) == (not path.startswith("/static"))


def test_a_body_that_is_too_large_is_refused_unread(desk: str) -> None:
    answer = httpx.post(f"{desk}/v1/sessions", content=b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413


def test_a_typed_password_never_comes_back(desk: str) -> None:
    answer = httpx.post(
        f"{desk}/v1/sessions", json={"username": ["a"], "password": "hunter2 hunter2"}
    )
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


def test_ready_means_the_catalog_stands_at_the_newest_revision(desk: str, tmp_path: Path) -> None:
    assert httpx.get(f"{desk}/readyz").json() == {"status": "ready"}
    empty = make_house(Catalog(f"sqlite:///{tmp_path / 'empty.db'}"), tmp_path)
    with serving(create_app(house=empty)) as address:
        answer = httpx.get(f"{address}/readyz")
    empty.catalog.close()
    assert answer.status_code == 503
    assert "bwc db upgrade" in answer.json()["detail"]


def test_what_changes_arrives_as_events(desk: str) -> None:
    with (
        signed_in(desk, Role.RECORDS) as client,
        client.stream("GET", "/jobs/events", headers={"accept": "text/event-stream"}) as answer,
    ):
        lines = answer.iter_lines()
        data = next(line for line in lines if line.startswith("data:"))
    assert '"percent": 42' in data
