"""Withheld and late: numbers by rule, from the decision to the page, and nothing that tells who."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.portal.documents import UpcomingCase
from api.portal.withholding import late_cases
from bwc.canonical import JsonObject
from bwc.catalog.store import Catalog
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from tests.pages.portals import portal_of, serving
from tests.records import CASES, PublicRecord, make_film
from tests.release_room import ReleaseRoom

pytestmark = [pytest.mark.service, pytest.mark.media]

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture
def room(sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseRoom:
    monkeypatch.chdir(tmp_path)
    room = ReleaseRoom(tmp_path, sqlite_catalog)
    room.write_pack(outcome="WITHHOLD", modality="MUST_NOT")
    return room


@pytest.fixture
def record(tmp_path_factory: pytest.TempPathFactory) -> PublicRecord:
    folder = tmp_path_factory.mktemp("withheld")
    return PublicRecord(folder / "public", make_film(folder))


@pytest.fixture
def portal(record: PublicRecord) -> Iterator[httpx.Client]:
    with serving(portal_of(record.folder)) as url, httpx.Client(base_url=url) as client:
        yield client


def told_by(room: ReleaseRoom) -> JsonObject:
    with room.catalog.write() as session:
        enqueue(session, JobKind.PUBLISH_LOG, requested_by="test", at=room.clock.now())
        session.commit()
    room.run()
    document = json.loads(b"".join(room.house.public.read("upcoming/withheld.json")))
    assert isinstance(document, dict)
    return document


def test_a_withheld_case_is_a_number_under_its_rule_and_nothing_more(room: ReleaseRoom) -> None:
    room.open_case()
    told = told_by(room)
    assert told["cases"] == 1
    rows = told["rows"]
    assert isinstance(rows, list)
    (row,) = rows
    assert isinstance(row, dict)
    assert (row["outcome"], row["cases"]) == ("WITHHOLD", 1)
    assert str(row["rule"]).startswith("test.")
    assert str(row["citation"]).startswith("T.S.")
    assert set(row) == {"outcome", "cases", "rule", "title", "citation", "status"}
    assert room.incident_id not in json.dumps(told)


def test_a_case_that_a_rule_puts_off_is_kept_as_long_as_that(room: ReleaseRoom) -> None:
    room.write_pack(outcome="DELAY", modality="MAY")
    room.open_case()
    rows = told_by(room)["rows"]
    assert isinstance(rows, list)
    assert [(row["outcome"], row["cases"]) for row in rows if isinstance(row, dict)] == [
        ("DELAY", 1)
    ]


def test_what_no_rule_keeps_is_not_called_withheld(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    room = ReleaseRoom(tmp_path, sqlite_catalog)
    room.open_case()
    told = told_by(room)
    assert (told["cases"], told["rows"]) == (0, [])


def test_a_case_is_late_from_its_moment_on() -> None:
    due = [NOW - timedelta(days=9, hours=1), NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)]
    cases = [UpcomingCase(due=d, reason="RELEASE", waiting_for="approval") for d in due]
    no_day = UpcomingCase(due=None, reason="DELAY", waiting_for="facts")
    assert [c.days_late for c in late_cases([*cases, no_day], now=NOW)] == [9, 0]


def test_page_and_data_show_withheld_late_and_taken_back(
    portal: httpx.Client, record: PublicRecord
) -> None:
    record.furnish()
    page = portal.get("/withheld").text
    for part in (
        "3 cases are kept from the public",
        "An open investigation",
        "C.R.S. §\N{NO-BREAK SPACE}24-31-902(2)(c)",
        "No rule decides alone",
        "Notice time",
        "A court order seals this recording.",
    ):
        assert part in page, part
    told = portal.get("/v1/withheld").json()
    assert [row["cases"] for row in told["withheld"]["rows"]] == [2, 1]
    assert told["late"][0]["waiting_for"] == "notice_time"
    assert [entry["title"] for entry in told["withdrawn"]] == [CASES[1][0]]
    assert portal.get("/v1/upcoming").json()["cases"][0]["reason"] == "RELEASE_REDACTED"


def test_an_empty_store_says_that_nothing_is_known_yet(portal: httpx.Client) -> None:
    page = portal.get("/withheld").text
    assert "has not published these numbers yet" in page
    assert "No release is late" in page


def test_reindex_reads_the_public_store_alone_and_names_what_it_cannot_read(
    record: PublicRecord, tmp_path: Path
) -> None:
    own = {"BWC_HOME": str(tmp_path / "home"), "BWC_PUBLIC__FOLDER": str(record.folder)}

    def reindex() -> tuple[int, JsonObject]:
        command = [sys.executable, "-c", "from bwc.cli.main import run; run()", "portal", "reindex"]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | own
        done = subprocess.run(
            [*command, "--json"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode, json.loads(done.stdout)

    record.publish_many(2)
    assert reindex() == (0, {"releases": 2, "unread": []})
    bad = new_id()
    record.state(f"releases/{bad}/manifest.json", {"format": "bwc-release/1", "id": bad})
    assert reindex() == (1, {"releases": 2, "unread": [bad]})
    assert not (tmp_path / "home").exists()
