"""Is there footage? The desk's page, its JSON, its letter and the page of a call say the same."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from api.desk.app import create_app
from bwc.catalog.recording import RecordingState
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Role
from tests.desks import csrf_of, furnish, make_house, signed_in
from tests.roster import Stay, Town
from tests.web import serving

WRITE = "Write this answer down"
CASES = [
    pytest.param({"call": "26-1"}, "yes", "Footage exists.", id="cancelled and filmed"),
    pytest.param(
        {"badge": "7", "moment": "2026-03-02T12:30"},
        "quarantined",
        "A file exists in quarantine and cannot be read as yet.",
        id="in quarantine",
    ),
]


@pytest.fixture(scope="module")
def auditor(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """Officer 7 filmed a cancelled call at 10; a file of 12 is in quarantine, that of 15 is gone."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "catalog.db").write_bytes(sqlite_template.read_bytes())
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    house = make_house(catalog, folder)
    furnish(house)
    with house.catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7")
        town.shift("7", 8, 18)
        town.call("26-1", 9, Stay("7", 10, 11), cancelled=True)
        town.film(10, 11, serial="cam-1")
        town.film(12, 13, serial="cam-1", state=RecordingState.QUARANTINED)
        town.call("26-2", 15, Stay("7", 15, 16))
        town.film(15, 16, serial="cam-1", state=RecordingState.DISPOSED)
        session.commit()
    with ExitStack() as stack:
        desk = stack.enter_context(serving(create_app(house=house)))
        yield stack.enter_context(signed_in(desk, Role.AUDITOR))
    catalog.close()


@pytest.mark.parametrize(("asked", "answer", "meaning"), CASES)
def test_where_a_file_is_there_the_page_offers_no_letter_and_refuses_one(
    auditor: httpx.Client, asked: dict[str, str], answer: str, meaning: str
) -> None:
    page = auditor.get("/footage", params=asked).text
    assert meaning in page
    assert WRITE not in page
    document = auditor.get("/v1/footage", params=asked).json()
    assert (document["answer"], document["meaning"]) == (answer, meaning)
    token = {"x-csrf-token": csrf_of(auditor.get("/account").text)}
    letter = auditor.post("/footage/answers", data=asked, headers=token)
    assert letter.status_code == httpx.codes.CONFLICT


def test_what_was_disposed_of_existed(auditor: httpx.Client) -> None:
    page = auditor.get("/footage?call=26-2").text
    assert "Footage existed and was disposed of." in page
    assert WRITE in page
    assert auditor.get("/v1/footage?call=26-2").json()["answer"] == "disposed"


@pytest.mark.parametrize(("call", "answer"), [("26-1", "yes"), ("26-2", "disposed")])
def test_the_page_of_a_call_and_its_json_say_it_too(
    auditor: httpx.Client, call: str, answer: str
) -> None:
    [part] = auditor.get(f"/v1/coverage/call?number={call}").json()
    assert part["footage"] == answer
    page = auditor.get(f"/coverage/call?number={call}").text
    assert f'">{answer}</span>' in page
    assert part["footage_why"] in page
    assert 'href="/recordings/' in page
