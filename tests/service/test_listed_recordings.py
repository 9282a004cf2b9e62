"""What another evidence system lists is said to be there, with its name, and never to be held here."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.store import Catalog
from bwc.clock import iso
from bwc.coverage.existence import Answer
from bwc.coverage.findings import FindingKind
from bwc.coverage.importing import import_bundle, read_bundle
from bwc.coverage.mapping import load_mapping
from bwc.coverage.merging import Merged
from bwc.coverage.report import department_coverage
from bwc.coverage.should_exist import answer_none, footage_at, footage_of_call
from bwc.coverage.words import department_words
from bwc.errors import Conflict
from tests.roster import Stay, Town, at

HEADING = "id,camera,start,seconds,clock_offset_seconds,source"
VAULT = "Vault of the county"


def patrol(session: Session) -> Town:
    """A call of an hour from 10 on, by officer 7 with a camera, and by 8 without one."""
    town = Town(session)
    town.hand("cam-1", "7")
    town.shift("7", 8, 16)
    town.call("26-1", 9.9, Stay("7", 10, 11), Stay("8", 10, 11))
    return town


def line(number: str, start: float, seconds: int, *, camera: str = "cam-1") -> str:
    """One that began at `start` by a clock that is a minute ahead."""
    ahead = at(start + 1 / 60)
    return f"{number},{camera},{iso(ahead)},{seconds},60,{VAULT}"


def bring(session: Session, folder: Path, *lines: str) -> Merged:
    (folder / "recordings.csv").write_text("\n".join([HEADING, *lines]) + "\n")
    bundle = read_bundle(session, folder)
    return import_bundle(session, bundle, actor="test", at=at(50))["listed_recordings"]


def test_a_list_is_taken_in_once_and_changed_by_its_source_and_number(
    catalog: Catalog, tmp_path: Path
) -> None:
    with catalog.write() as session:
        patrol(session)
        rows = (line("A1", 10, 1800), line("A2", 10.5, 60))
        done = [bring(session, tmp_path, *rows) for _ in range(2)]
        assert [(one.added, one.changed, one.unchanged) for one in done] == [(2, 0, 0), (0, 0, 2)]
        again = bring(session, tmp_path, line("A1", 10, 600))
        assert (again.changed, again.before[0]["duration_us"]) == (1, 1_800_000_000)
        row = session.scalars(sa.select(tables.ListedRecording).filter_by(number="A1")).one()
        assert (row.started_at, row.source) == (at(10), VAULT)
        assert session.scalars(sa.select(tables.Recording)).all() == []


def test_bad_rows_are_named_and_an_export_is_read_by_a_mapping(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    with sqlite_catalog.write() as session:
        patrol(session)
        (tmp_path / "recordings.csv").write_text(
            f"{HEADING}\n{line('A', 1, 1, camera='no')}\nB,cam-1,x,1,,v\n"
        )
        errors = read_bundle(session, tmp_path).errors
        assert [(one.line, one.column) for one in errors] == [(2, "camera"), (3, "start")]
        (tmp_path / "export.csv").write_text(
            "Evidence,Device,Begin,Length\nA,cam-1,2026-03-02T10:00Z,5\n"
        )
        (tmp_path / "map.toml").write_text(
            f'[recordings]\nfile = "export.csv"\nconstants = {{ clock_offset_seconds = "0", source = "{VAULT}" }}\n'
            'columns = { id = "Evidence", camera = "Device", start = "Begin", seconds = "Length" }\n'
        )
        [one] = read_bundle(session, tmp_path, load_mapping(tmp_path / "map.toml")).listed
        assert (one.source, one.film.id, one.film.duration.total_seconds()) == (VAULT, "A", 5)


def test_what_is_listed_is_in_no_figure_and_no_call_of_it_is_lost(
    catalog: Catalog, tmp_path: Path
) -> None:
    with catalog.write() as session:
        patrol(session)
        before = department_coverage(session, at(0), at(24))
        assert FindingKind.MISSING_FOOTAGE in [one.kind for one in before.findings]
        bring(session, tmp_path, line("A1", 10, 1800))
        after = department_coverage(session, at(0), at(24))
        assert (after.tally, after.quality) == (before.tally, before.quality)
        mine, other = after.calls
        assert (mine.coverage.status.value, mine.existence.answer) == ("none", Answer.ELSEWHERE)
        document = mine.document()
        assert (document["covered_seconds"], document["elsewhere_seconds"]) == (0, 1800)
        assert document["elsewhere"] == [{"source": VAULT, "number": "A1"}]
        assert document["recordings"] == []
        assert (other.existence.answer, other.elsewhere.length.total_seconds()) == (Answer.NO, 0)
        assert after.document()["elsewhere"] == {"calls": 1, "seconds": 1800, "sources": [VAULT]}
        assert any(f"1800 s more are listed by {VAULT}" in one for one in department_words(after))
        kinds = {one.kind: one.why for one in after.findings if one.badge == "7"}
        assert FindingKind.MISSING_FOOTAGE not in kinds
        assert kinds[FindingKind.NO_VIDEO] == f"recorded by the list of {VAULT}, no file here"


def test_a_list_speaks_of_each_officer_while_the_camera_was_his(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    with sqlite_catalog.write() as session:
        town = Town(session)
        town.hand("cam-1", "7", until=10.5)
        town.hand("cam-1", "8", since=10.5)
        town.call("26-1", 9.9, Stay("7", 10, 11), Stay("8", 10, 11))
        town.film(10, 10.5, serial="cam-1")
        bring(session, tmp_path, line("A1", 10, 3600))
        lines = footage_of_call(session, "26-1").lines
        assert [(one.badge, one.existence.answer) for one in lines] == [
            ("7", Answer.YES),
            ("8", Answer.ELSEWHERE),
        ]


def test_nobody_may_write_that_there_is_none_and_nobody_is_told_it_is_here(
    catalog: Catalog, tmp_path: Path
) -> None:
    with catalog.write() as session:
        town = patrol(session)
        bring(session, tmp_path, line("A1", 10, 1800))
        why = f"{VAULT} lists recording A1 of that time; no file of it is here"
        for reply in (
            footage_of_call(session, "26-1", badge="7"),
            footage_at(session, "7", at(10.25)),
        ):
            assert [(one.existence.answer, one.existence.why) for one in reply.lines] == [
                (Answer.ELSEWHERE, why)
            ]
            with pytest.raises(Conflict, match="another evidence system"):
                answer_none(session, reply, by="aud", at=at(60))
        assert footage_at(session, "7", at(10.75)).answer is Answer.LOST
        film = town.film(10, 10.5, serial="cam-1")
        lines = footage_of_call(session, "26-1", badge="7").lines
        assert [(one.existence.answer, one.recordings) for one in lines] == [(Answer.YES, (film,))]
        [mine, _] = department_coverage(session, at(0), at(24)).calls
        assert mine.document()["elsewhere"] == []
