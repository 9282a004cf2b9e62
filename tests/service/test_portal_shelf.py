"""The list, sent again as it was made: never older than without that, and with the same headers."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.pages.portals import portal_of, serving
from tests.records import Film, PublicRecord

pytestmark = pytest.mark.service


@pytest.fixture
def record(tmp_path: Path) -> PublicRecord:
    return PublicRecord(tmp_path / "public", Film(b"video", b"poster"))


@pytest.fixture
def app(record: PublicRecord, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """A portal that looks at the store when a test says so."""
    app = portal_of(record.folder)
    monkeypatch.setattr(app.state.index, "_look_seconds", 1e9)
    return app


@pytest.fixture
def portal(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as url, httpx.Client(base_url=url) as client:
        yield client


def look(app: FastAPI) -> None:
    """Have the next question look at the store."""
    app.state.index._looked = float("-inf")


def made(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that are rendered from now on."""
    rendered: list[str] = []
    pages = app.state.pages
    real = pages.render

    def noted(request: object, template: str, **more: object) -> object:
        rendered.append(template)
        return real(request, template, **more)

    monkeypatch.setattr(type(pages), "render", lambda _, *some, **more: noted(*some, **more))
    return rendered


def test_a_page_is_made_once_for_each_question(
    app: FastAPI, portal: httpx.Client, record: PublicRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.publish_many(30)
    rendered = made(app, monkeypatch)
    pages = [
        portal.get(path) for path in ("/", "/?page=2", "/?q=fall", "/", "/?page=2", "/?q=fall")
    ]
    assert rendered == ["front.html"] * 3
    assert [page.text for page in pages[:3]] == [page.text for page in pages[3:]]
    assert len({page.text for page in pages}) == 3
    names = [sorted(set(page.headers) - {"x-request-id"}) for page in (pages[0], pages[3])]
    assert names[0] == names[1]
    assert len(portal.get("/").headers.raw) == len(pages[0].headers.raw)
    assert portal.head("/").headers["etag"] == pages[0].headers["etag"]


def test_a_reader_who_has_the_page_is_told_so(portal: httpx.Client, record: PublicRecord) -> None:
    record.publish()
    etag = portal.get("/").headers["etag"]
    assert portal.get("/", headers={"if-none-match": etag}).status_code == 304
    assert portal.get("/", headers={"if-none-match": '"other"'}).status_code == 200


def test_no_list_outlives_a_look_at_the_store(
    app: FastAPI, portal: httpx.Client, record: PublicRecord
) -> None:
    gone = record.publish(title="Chase over the bridge")
    assert "Chase over the bridge" in portal.get("/").text
    record.withdraw(gone)
    record.publish(title="Stop at the mill")
    look(app)
    page = portal.get("/").text
    assert "Chase over the bridge" not in page
    assert "Stop at the mill" in page


def test_another_question_that_learns_of_a_change_makes_the_list_old(
    app: FastAPI, portal: httpx.Client, record: PublicRecord
) -> None:
    gone = record.publish(title="Chase over the bridge")
    assert "Chase over the bridge" in portal.get("/").text
    record.withdraw(gone)
    look(app)
    assert portal.get("/v1/releases").json()["items"] == []
    assert "Chase over the bridge" not in portal.get("/").text


def test_addresses_are_as_each_reader_typed_them(
    portal: httpx.Client, record: PublicRecord
) -> None:
    record.publish()
    for host in ("one.example", "two.example", "one.example"):
        page = portal.get("/", headers={"host": host}).text
        assert page.count("one.example") == 0 or host == "one.example"
