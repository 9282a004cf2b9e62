"""Errors over HTTP: every class of ours has a status, and nothing typed is sent back."""

from collections.abc import Iterator
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Form

from api.problems import MEDIA_TYPE, STATUS, RequestIds, install_problems, problem_of
from bwc import errors
from bwc.errors import BwcError, MediaError, TransientError
from tests.web import serving

CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    app = FastAPI()
    install_problems(app)
    app.add_middleware(RequestIds)

    @app.get("/raise/{name}")
    def fail(name: str) -> None:
        raise getattr(errors, name)("it broke", where="here", advice="Mend it")

    @app.get("/crash")
    def crash() -> None:
        raise RuntimeError("secret detail")

    @app.post("/number")
    def number(number: Annotated[int, Form()]) -> int:
        return number

    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_class_has_a_status_of_its_own_or_of_its_parent(kind: type[BwcError]) -> None:
    known = [ancestor for ancestor in kind.__mro__ if ancestor in STATUS]
    assert known[0] is not BwcError or kind is BwcError
    assert problem_of(kind("it broke"), request_id="x").status == STATUS[known[0]]


def test_a_problem_names_code_sentence_and_request(client: httpx.Client) -> None:
    answer = client.get("/raise/NotFound")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": "urn:bwc:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "here: it broke. Mend it",
        "instance": f"urn:uuid:{answer.headers['x-request-id']}",
    }


def test_a_failure_of_the_moment_says_when_to_try_again(client: httpx.Client) -> None:
    answer = client.get(f"/raise/{TransientError.__name__}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_subclass_keeps_its_own_code(client: httpx.Client) -> None:
    assert client.get(f"/raise/{MediaError.__name__}").json()["type"].endswith("media")


def test_a_crash_tells_nothing_of_its_inside(client: httpx.Client) -> None:
    answer = client.get("/crash")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_wrong_field_is_named_and_what_was_typed_is_not_sent_back(client: httpx.Client) -> None:
    answer = client.post("/number", data={"number": "hunter2"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.number"
    assert "hunter2" not in answer.text


def test_a_path_that_is_not_there_is_a_problem_too(client: httpx.Client) -> None:
    answer = client.get("/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)
