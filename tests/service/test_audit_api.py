"""Audits through the JSON API: drawn with a seed as by command, reviewed, and written down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from bwc.catalog.tables import CustodyEntry, Role
from bwc.house import House
from tests.desks import SignIn, bearing_tokens, csrf_of, furnish, make_house, signed_in
from tests.web import serving

DAYS = {"first": "2026-03-01", "last": "2026-03-12"}
REVIEW = dict.fromkeys(("activation", "notice", "deescalation", "intervention", "tag"), "yes")


@pytest.fixture
def house(catalog: Catalog, tmp_path: Path) -> House:
    built = make_house(catalog, tmp_path / "house")
    furnish(built)
    return built


@pytest.fixture
def desk(house: House) -> Iterator[str]:
    with serving(create_app(house=house)) as address:
        yield address


@pytest.fixture
def sign_in(desk: str) -> Iterator[SignIn]:
    """Clients that send a bearer token, as programs do."""
    with bearing_tokens(desk) as sign_in:
        yield sign_in


def calls(audit: Any) -> list[str]:
    return [line["call"] for line in audit["draws"]]


def test_one_seed_draws_the_same_by_program_and_by_form(desk: str, sign_in: SignIn) -> None:
    auditor = sign_in(Role.AUDITOR)
    answer = auditor.post("/v1/audits", json={**DAYS, "size": 2, "seed": "s"})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["seed"], made["drawn"]) == ("s", 2)
    assert auditor.get(answer.headers["location"]).json() == made
    with signed_in(desk, Role.AUDITOR) as browser:
        form = {**DAYS, "size": "2", "seed": "s", "csrf": csrf_of(browser.get("/audits").text)}
        place = browser.post("/audits", data=form).headers["location"]
    number = place.removeprefix("/audits/").partition("?")[0]
    other = auditor.get(f"/v1/audits/{number}").json()
    assert number != made["number"]
    assert (calls(other), other["frame_sha256"]) == (calls(made), made["frame_sha256"])
    made_up = auditor.post("/v1/audits", json={**DAYS, "size": 2}).json()
    assert len(made_up["seed"]) == 32


@pytest.mark.parametrize(
    "wrong",
    [{"seed": ""}, {"seed": "  "}, {"seed": "x" * 65}, {"size": 0}, {"size": 201}, {"sed": "s"}],
)
def test_a_draw_that_cannot_be_is_refused(sign_in: SignIn, wrong: dict[str, object]) -> None:
    auditor = sign_in(Role.AUDITOR)
    assert auditor.post("/v1/audits", json={**DAYS, **wrong}).status_code == 422
    assert auditor.get("/v1/audits").json() == []


def test_a_form_with_a_blank_seed_of_spaces_is_refused(desk: str) -> None:
    with signed_in(desk, Role.AUDITOR) as browser:
        form = {**DAYS, "size": "2", "seed": "  ", "csrf": csrf_of(browser.get("/audits").text)}
        assert browser.post("/audits", data=form).status_code == 422


def test_a_review_by_program_stands_in_custody(house: House, sign_in: SignIn) -> None:
    auditor, supervisor = sign_in(Role.AUDITOR), sign_in(Role.SUPERVISOR)
    made = auditor.post("/v1/audits", json={**DAYS, "size": 2, "seed": "s"}).json()
    path = f"/v1/audits/draws/{made['draws'][0]['id']}/reviews"
    assert auditor.post(path, json={**REVIEW, "tag": "perhaps"}).status_code == 422
    assert auditor.post(path, json=REVIEW).json()["reviewed"] == 1
    assert auditor.post(path, json=REVIEW).status_code == 409
    answer = supervisor.post(path, json={**REVIEW, "notice": "no"})
    assert (answer.status_code, answer.json()["reviewed_twice"]) == (201, 1)
    assert answer.json()["questions"]["notice"]["agreement"]["same"] == 0
    assert auditor.post("/v1/audits/draws/nothing/reviews", json=REVIEW).status_code == 404
    with house.catalog.read() as session:
        query = sa.select(CustodyEntry.actor).where(CustodyEntry.act == "audit reviewed")
        assert list(session.scalars(query)) == ["auditor", "supervisor"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OVERSIGHT, Role.RECORDS, Role.OFFICER])
def test_only_an_auditor_draws(sign_in: SignIn, role: Role) -> None:
    assert sign_in(role).post("/v1/audits", json=DAYS).status_code == 403
