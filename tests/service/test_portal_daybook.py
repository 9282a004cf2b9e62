"""The public log is read once, whatever its length, and told as it is at the last look."""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import httpx
import pytest
from typing_extensions import override

from api.portal.daybook import MOST_KEPT, Daybook
from api.portal.documents import LogDay
from api.portal.library import Library
from bwc.canonical import Json, JsonObject
from bwc.errors import NotFound
from bwc.vault.local import LocalPublicStore
from tests.pages.portals import portal_of, serving
from tests.records import HASH

RELEASE = "01a22717-3b37-728e-a00f-385e46d97d50"


class Shelves:
    """A public store of days, and how often each was read."""

    def __init__(self, folder: Path) -> None:
        self.store = LocalPublicStore(folder)
        self.reads = Counter[str]()
        self.library = Counting(self.store, self.reads)

    def day(self, date: str, *acts: str) -> None:
        entries: list[Json] = [
            {"act": act, "at": f"{date}T{n % 24:02}:00:00Z", "title": f'{act} {n}, ä "x"\n=1',
             "release_id": RELEASE}
            for n, act in enumerate(acts)
        ]  # fmt: skip
        document: JsonObject = {
            "format": "bwc-log/1",
            "date": date,
            "entries": entries,
            "custody": {"position": 7, "hash": HASH},
        }
        key = f"log/{date}.json"
        self.store.replace(key, json.dumps(document).encode(), content_type="application/json")


class Counting(Library):
    """A library that counts the days it reads."""

    __slots__ = ("reads",)

    def __init__(self, store: LocalPublicStore, reads: Counter[str]) -> None:
        super().__init__(store)
        object.__setattr__(self, "reads", reads)

    @override
    def log_day(self, key: str) -> LogDay:
        self.reads[key] += 1  # type: ignore[attr-defined]
        return super().log_day(key)


@pytest.fixture
def shelves(tmp_path: Path) -> Shelves:
    shelves = Shelves(tmp_path / "public")
    for number in range(1, 8):
        shelves.day(f"2026-03-0{number}", "published", "extended", "withdrawn")
    return shelves


def table_of(daybook: Daybook) -> bytes:
    table = daybook.read().table()
    whole = b"".join(table.read(0, table.size_bytes))
    assert len(whole) == table.size_bytes
    return whole


def test_days_that_are_over_are_read_once(shelves: Shelves) -> None:
    daybook = Daybook(shelves.library, look_seconds=0)
    whole = [table_of(daybook) for _ in range(5)]
    assert set(whole) == {whole[0]}
    assert shelves.reads["log/2026-03-01.json"] == 1
    assert shelves.reads["log/2026-03-07.json"] == shelves.reads["log/2026-03-06.json"] == 5
    days = [row["day"] for row in csv.DictReader(io.StringIO(whole[0].decode()))]
    assert days == [f"2026-03-0{n}" for n in range(7, 0, -1) for _ in range(3)]


def test_between_two_looks_nothing_is_read(shelves: Shelves) -> None:
    daybook = Daybook(shelves.library, look_seconds=1e9)
    first = daybook.read()
    shelves.day("2026-03-08", "published")
    assert daybook.read() is first
    assert set(shelves.reads.values()) == {1}


def test_what_changes_is_told_at_the_next_look(shelves: Shelves) -> None:
    daybook = Daybook(shelves.library, look_seconds=0)
    before = daybook.read().table().etag
    shelves.day("2026-03-07", "published", "withdrawn", "withdrawn")
    assert daybook.read().table().etag != before
    assert daybook.read().withdrawn.total == 8
    shelves.day("2026-03-08", "withdrawn")
    assert daybook.read().withdrawn.total == 9, "a new day, and what was new is past"
    shelves.store.remove("log/2026-03-01.json")
    assert b"2026-03-01" not in table_of(daybook)
    again = Daybook(shelves.library, look_seconds=0, reread_seconds=0)
    again.read()
    shelves.day("2026-03-02", "published")
    assert table_of(again).count(b"2026-03-02,7") == 1, "a store that was restored is seen"


def test_any_part_of_the_table_can_be_had(shelves: Shelves) -> None:
    daybook = Daybook(shelves.library)
    table, whole = daybook.read().table(), table_of(daybook)
    for start in range(0, len(whole), 61):
        for length in (1, 7, 500):
            got = b"".join(table.read(start, min(length, len(whole) - start)))
            assert got == whole[start : start + length]


def test_memory_holds_the_newest_and_the_number_of_all(shelves: Shelves) -> None:
    shelves.day("2026-02-01", *["extended"] * (MOST_KEPT + 500))
    told = Daybook(shelves.library).read().extended
    assert (told.total, len(told.entries)) == (MOST_KEPT + 507, MOST_KEPT)
    times = [entry.at for entry in told.entries]
    assert times[:7] == sorted(times[:7], reverse=True)


def test_a_log_with_a_hole_in_it_is_not_told(shelves: Shelves) -> None:
    shelves.store.replace("log/2026-03-03.json", b"{}", content_type="application/json")
    with pytest.raises(NotFound):
        Daybook(shelves.library).read()


def test_page_and_table_come_out_of_it(shelves: Shelves, tmp_path: Path) -> None:
    with serving(portal_of(tmp_path / "public")) as url, httpx.Client(base_url=url) as portal:
        whole = portal.get("/log.csv")
        assert whole.headers["content-disposition"] == 'attachment; filename="public-log.csv"'
        kept = {"if-none-match": whole.headers["etag"]}
        assert portal.get("/log.csv", headers=kept).status_code == 304
        part = portal.get("/log.csv", headers={"range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole.content[10:20])
        assert int(portal.head("/log.csv").headers["content-length"]) == len(whole.content)
        told = portal.get("/v1/withheld").json()
        assert (told["extended_total"], told["withdrawn_total"]) == (7, 7)
        assert len(told["withdrawn"]) == 7
        assert "extended 7 times" in portal.get("/withheld").text
