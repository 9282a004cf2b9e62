"""A city's own export is read by a mapping file, and what that does not say is refused by name."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bwc.catalog import tables
from bwc.catalog.coverage_sum import CoveragePeriod, CoverageSpanKind
from bwc.catalog.store import Catalog
from bwc.cli.coverage import app
from bwc.clock import parse_time
from bwc.coverage.importing import import_bundle, read_bundle
from bwc.coverage.mapping import load_mapping
from bwc.errors import InvalidInput

NOW = parse_time("2026-03-05T12:00:00Z")
MAPPING = """
zone = "America/Denver"

[officers]
file = "roster.txt"
delimiter = ";"
encoding = "cp1252"
columns = { badge = "Emp No", name = "Full Name", unit = "Division", sworn = "Type" }
[officers.values.sworn]
true = ["S"]
false = ["C", ""]

[calls]
file = "cad.csv"
time_format = "%m/%d/%Y %H:%M:%S"
keep = ["type"]
columns = { number = "Incident", type = "Nature", priority = "Pri", received = "Recv" }
constants = { cancelled = "false", district = "North" }
[calls.values]
priority = { 1 = ["EMERG"], 2 = ["URGENT", "SOON"] }
type = { "traffic stop" = ["TSTOP", "T/S"] }

[call_units]
file = "cad.csv"
time_format = "%m/%d/%Y %H:%M:%S"
columns = { call = "Incident", badge = "Unit", dispatched = "Disp", arrived = "Arr", cleared = "Clr" }
"""
ROSTER = "Emp No;Full Name;Division;Type\n7;Ana Núñez;Patrol;S\nC1;Clerk;Desk;\n"
CAD = (
    "Incident,Nature,Pri,Recv,Unit,Disp,Arr,Clr\n"
    "26-1,TSTOP,EMERG,03/01/2026 08:00:00,7,03/01/2026 08:01:00,03/01/2026 08:05:00,\n"
    "26-1,TSTOP,EMERG,03/01/2026 08:00:00,C1,03/01/2026 08:02:00,,03/01/2026 08:25:00\n"
    "26-2,Alarm,SOON,03/08/2026 03:00:00,7,,,\n"
)


def lay(folder: Path, *, mapping: str = MAPPING, cad: str = CAD) -> Path:
    """The export of a city and its mapping file; the path of that."""
    (folder / "roster.txt").write_bytes(ROSTER.encode("cp1252"))
    (folder / "cad.csv").write_text(cad, encoding="utf-8")
    (folder / "map.toml").write_text(mapping, encoding="utf-8")
    return folder / "map.toml"


def test_an_export_comes_in_and_again_changes_nothing(catalog: Catalog, tmp_path: Path) -> None:
    mapping = load_mapping(lay(tmp_path))
    for added in ({"officers": 2, "calls": 2, "call_units": 3}, {}):
        with catalog.write() as session:
            bundle = read_bundle(session, tmp_path, mapping)
            assert bundle.errors == []
            merged = import_bundle(session, bundle, actor="test", at=NOW)
            session.commit()
        assert {name: done.added for name, done in merged.items() if done.added} == added
        assert not any(done.changed for done in merged.values())
    with catalog.read() as session:
        officer = session.scalars(sa.select(tables.Officer).order_by(tables.Officer.badge)).first()
        assert officer is not None
        assert (officer.name, officer.sworn) == ("Ana Núñez", True)
        first, second = session.scalars(sa.select(tables.Call).order_by(tables.Call.number))
        assert (first.type, first.priority, first.district) == ("traffic stop", 1, "North")
        assert first.received_at == parse_time("2026-03-01T08:00:00-07:00")
        assert second.type == "Alarm"
        assert second.received_at == parse_time("2026-03-08T03:00:00-06:00")


BAD_ROWS = {
    "a time that the clocks leapt over": (
        ("03/08/2026 03:00:00", "03/08/2026 02:30:00"),
        ("cad.csv", 4, "Recv (read as received)", "the clocks leapt over it"),
    ),
    "a time that happened twice": (
        ("03/08/2026 03:00:00", "11/01/2026 01:30:00"),
        ("cad.csv", 4, "Recv (read as received)", "happened once in America/Denver"),
    ),
    "a value that nobody translated": (
        ("SOON", "LATER"),
        ("cad.csv", 4, "Pri (read as priority)", "'EMERG', 'URGENT', 'SOON'"),
    ),
    "a time of another form": (
        ("03/08/2026 03:00:00", "2026-03-08"),
        ("cad.csv", 4, "Recv (read as received)", "a time like %m/%d/%Y %H:%M:%S"),
    ),
    "a column that is not there": (
        ("Nature", "Kind"),
        ("cad.csv", 1, "Nature", "a column of this name"),
    ),
    "a row that is cut off": (
        ("26-2,Alarm,SOON,03/08/2026 03:00:00,7,,,", "26-2,Alarm"),
        ("cad.csv", 4, "-", "8 cells"),
    ),
    "an officer whom nobody knows": (
        ("03/08/2026 03:00:00,7,", "03/08/2026 03:00:00,9,"),
        ("cad.csv", 4, "Unit (read as badge)", "one that stands in officers.csv"),
    ),
}


@pytest.mark.parametrize(
    ("change", "place"), BAD_ROWS.values(), ids=[name.replace(" ", "-") for name in BAD_ROWS]
)
def test_a_bad_row_is_named_by_the_citys_file_line_and_column(
    sqlite_catalog: Catalog,
    tmp_path: Path,
    change: tuple[str, str],
    place: tuple[str, int, str, str],
) -> None:
    mapping = load_mapping(lay(tmp_path, cad=CAD.replace(*change)))
    with sqlite_catalog.read() as session:
        errors = read_bundle(session, tmp_path, mapping).errors
    file, line, column, expected = place
    assert any(
        (one.file, one.line, one.column) == (file, line, column) and expected in one.expected
        for one in errors
    ), [one.message() for one in errors]


BAD_MAPPINGS = {
    "an unknown key": (("delimiter =", "separator ="), "officers.separator", "delimiter"),
    "an unknown file": (("[calls]\n", "[staff]\n[calls]\n"), "staff", "call_units"),
    "an unknown column": (("number =", "nummer ="), "", "nummer"),
    "an unknown zone": (("America/Denver", "Denver"), "", "no time zone is called 'Denver'"),
    "a value that means two things": (('["C", ""]', '["C", "S"]'), "officers", "two things"),
    "a column that is a constant too": (
        ('cancelled = "false"', 'cancelled = "false", type = "x"'),
        "calls",
        "both a column and a constant",
    ),
    "an unknown encoding": (("cp1252", "cp-1252-x"), "officers", "no encoding is called"),
    "no TOML": (("[calls]", "[calls"), "", "TOML"),
}


@pytest.mark.parametrize(
    ("change", "place", "words"),
    BAD_MAPPINGS.values(),
    ids=[name.replace(" ", "-") for name in BAD_MAPPINGS],
)
def test_a_bad_mapping_is_named_with_what_would_be_right(
    tmp_path: Path, change: tuple[str, str], place: str, words: str
) -> None:
    path = lay(tmp_path, mapping=MAPPING.replace(*change))
    with pytest.raises(InvalidInput) as caught:
        load_mapping(path)
    assert str(path) in str(caught.value)
    assert place in str(caught.value)
    assert words in str(caught.value)
    assert "docs/coverage.md" in str(caught.value)


def test_a_time_without_offset_needs_a_zone(sqlite_catalog: Catalog, tmp_path: Path) -> None:
    mapping = load_mapping(lay(tmp_path, mapping=MAPPING.replace('zone = "America/Denver"', "")))
    with sqlite_catalog.read() as session:
        errors = read_bundle(session, tmp_path, mapping).errors
    assert any("a `zone` in the mapping" in one.expected for one in errors)


def test_a_dry_run_shows_good_and_bad_rows_and_keeps_nothing(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    path = lay(tmp_path, cad=CAD.replace("26-1,TSTOP,EMERG", "26-1,TSTOP,NEVER"))
    arguments = ["import", str(tmp_path), "--mapping", str(path), "--dry-run", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert document["officers"]["added"] == 2
    assert document["calls"] == {"added": 1, "changed": 0, "unchanged": 0}
    assert {(one["file"], one["line"]) for one in document["errors"]} == {
        ("cad.csv", 2),
        ("cad.csv", 3),
    }
    with sqlite_catalog.read() as session:
        assert session.scalars(sa.select(tables.Officer)).first() is None


def test_the_same_mapping_measures_from_files(tmp_path: Path) -> None:
    path = lay(tmp_path)
    (tmp_path / "assignments.csv").write_text("camera,badge,start,end\n")
    (tmp_path / "recordings.csv").write_text("id,camera,start,seconds,clock_offset_seconds\n")
    arguments = ["measure", "--from", str(tmp_path), "--mapping", str(path), "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    found = [(one["call"], one["badge"], one["status"]) for one in json.loads(result.stdout)]
    assert found == [
        ("26-1", "7", "excluded"),
        ("26-1", "C1", "excluded"),
        ("26-2", "7", "excluded"),
    ]


def test_what_an_import_changes_is_summed_again(catalog: Catalog, tmp_path: Path) -> None:
    mapping = load_mapping(lay(tmp_path))
    days = ("2026-02-20", "2026-03-01", "2026-03-08", "2026-03-20")
    with catalog.write() as session:
        for day in days:
            session.add(CoveragePeriod(kind=CoverageSpanKind.DAY, period=day, as_of=NOW))
        session.flush()
        import_bundle(session, read_bundle(session, tmp_path, mapping), actor="test", at=NOW)
        query = sa.select(CoveragePeriod.period).where(CoveragePeriod.is_stale)
        assert sorted(session.scalars(query)) == ["2026-03-01", "2026-03-08"]
