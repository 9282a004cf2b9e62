"""Roster and dispatch come in once, change with their reasons kept, and never half."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner

from bwc.catalog import tables
from bwc.catalog.store import Catalog
from bwc.cli.coverage import app
from bwc.clock import parse_time
from bwc.coverage.catalog_source import read_period
from bwc.coverage.department import Department
from bwc.coverage.importing import import_bundle, read_bundle
from bwc.coverage.merging import Merged
from bwc.custody.acts import Act
from bwc.errors import InvalidInput
from bwc.timeline import Span
from tests.departments import MIDNIGHT, departments, write_department

NOW = parse_time("2026-03-05T12:00:00Z")
ROSTER = {
    "officers.csv": ("badge,name,unit,sworn", "7,Ann Lee,Patrol,true", "8,Bo Cruz,Traffic,true"),
    "cameras.csv": ("serial,model,pre_event_seconds", "cam-1,X1,30"),
    "assignments.csv": ("camera,badge,start,end", "cam-1,7,2026-03-01T06:00:00-07:00,"),
    "shifts.csv": ("badge,start,end", "7,2026-03-01T06:00:00-07:00,2026-03-01T16:00:00-07:00"),
}
DISPATCH = {
    "calls.csv": (
        "number,type,priority,received,cancelled,district",
        "26-1,alarm,1,2026-03-01T08:00:00-07:00,false,North",
    ),
    "call_units.csv": (
        "call,badge,dispatched,arrived,cleared",
        "26-1,7,2026-03-01T08:01:00-07:00,2026-03-01T08:05:00-07:00,",
    ),
}


def lay(folder: Path, files: Mapping[str, Sequence[str]]) -> Path:
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def bring(catalog: Catalog, folder: Path) -> dict[str, Merged]:
    """Import and commit."""
    with catalog.write() as session:
        merged = import_bundle(session, read_bundle(session, folder), actor="test", at=NOW)
        session.commit()
    return merged


def imports(catalog: Catalog) -> list[tables.CustodyEntry]:
    with catalog.read() as session:
        query = sa.select(tables.CustodyEntry).where(tables.CustodyEntry.act == Act.IMPORT.value)
        return list(session.scalars(query.order_by(tables.CustodyEntry.position)))


def test_a_folder_is_taken_in_and_written_into_custody(catalog: Catalog, tmp_path: Path) -> None:
    merged = bring(catalog, lay(tmp_path, {**ROSTER, **DISPATCH}))
    assert {name: done.added for name, done in merged.items()} == {
        "officers": 2,
        "cameras": 1,
        "assignments": 1,
        "shifts": 1,
        "calls": 1,
        "call_units": 1,
        "listed_recordings": 0,
    }
    with catalog.read() as session:
        call = session.scalars(sa.select(tables.Call)).one()
        assert (call.district, call.received_at) == ("North", parse_time("2026-03-01T15:00:00Z"))
    [entry] = imports(catalog)
    assert entry.detail["officers"] == {"added": 2, "changed": 0, "unchanged": 0}
    assert len(str(entry.detail["files"]["calls.csv"])) == 64  # type: ignore[index,call-overload]


def test_the_same_folder_twice_changes_nothing(catalog: Catalog, tmp_path: Path) -> None:
    lay(tmp_path, {**ROSTER, **DISPATCH})
    bring(catalog, tmp_path)
    again = bring(catalog, tmp_path)
    assert {(done.added, done.changed) for done in again.values()} == {(0, 0)}
    assert imports(catalog)[1].before is None


def test_a_changed_row_is_changed_and_custody_keeps_what_it_was(
    catalog: Catalog, tmp_path: Path
) -> None:
    lay(tmp_path, {**ROSTER, **DISPATCH})
    bring(catalog, tmp_path)
    heading, row = DISPATCH["call_units.csv"]
    lay(tmp_path, {"call_units.csv": (heading, row + "2026-03-01T08:25:00-07:00")})
    merged = bring(catalog, tmp_path)
    assert (merged["call_units"].changed, merged["call_units"].added) == (1, 0)
    with catalog.read() as session:
        stay = session.scalars(sa.select(tables.CallUnit)).one()
        assert stay.cleared_at == parse_time("2026-03-01T15:25:00Z")
    before = imports(catalog)[1].before
    assert before == {"call_units": [{"id": stay.id, "cleared_at": None}]}


def test_calls_alone_may_name_officers_that_came_before(catalog: Catalog, tmp_path: Path) -> None:
    first, second = tmp_path / "roster", tmp_path / "calls"
    first.mkdir()
    second.mkdir()
    bring(catalog, lay(first, ROSTER))
    assert bring(catalog, lay(second, DISPATCH))["call_units"].added == 1


def test_a_column_that_is_absent_takes_nothing_away(catalog: Catalog, tmp_path: Path) -> None:
    lay(tmp_path, {**ROSTER, **DISPATCH})
    bring(catalog, tmp_path)
    heading, row = DISPATCH["calls.csv"]
    cut = (heading.removesuffix(",district"), row.removesuffix(",North"))
    lay(tmp_path, {"calls.csv": cut})
    assert bring(catalog, tmp_path)["calls"].unchanged == 1


def test_one_bad_row_refuses_the_whole_import(catalog: Catalog, tmp_path: Path) -> None:
    lay(tmp_path, {**ROSTER, **DISPATCH, "shifts.csv": ("badge,start,end", "99,x,y")})
    with catalog.write() as session:
        bundle = read_bundle(session, tmp_path)
        assert [(e.file, e.line, e.column) for e in bundle.errors] == [("shifts.csv", 2, "start")]
        with pytest.raises(InvalidInput, match="nothing was imported"):
            import_bundle(session, bundle, actor="test", at=NOW)
    with catalog.read() as session:
        assert session.scalar(sa.select(sa.func.count(tables.Officer.id))) == 0


def test_two_rows_that_cannot_be_told_apart_are_refused(catalog: Catalog, tmp_path: Path) -> None:
    heading, row = ROSTER["shifts.csv"]
    lay(tmp_path, {**ROSTER, "shifts.csv": (heading, row, row)})
    with catalog.read() as session:
        [error] = read_bundle(session, tmp_path).errors
    assert (error.line, error.column) == (3, "start")


def test_an_incident_that_is_not_known_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    heading, row = DISPATCH["calls.csv"]
    lay(tmp_path, {**ROSTER, "calls.csv": (f"{heading},incident", f"{row},I-9")})
    with catalog.read() as session:
        [error] = read_bundle(session, tmp_path).errors
    assert (error.column, error.got) == ("incident", "'I-9'")


def test_an_empty_folder_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    with catalog.read() as session, pytest.raises(InvalidInput, match="nothing to import"):
        read_bundle(session, tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(department=departments())
def test_what_is_imported_is_what_is_read_back(
    sqlite_catalog: Catalog, tmp_path: Path, department: Department
) -> None:
    write_department(tmp_path, department)
    with sqlite_catalog.write() as session:
        bundle = read_bundle(session, tmp_path)
        if bundle.errors:
            return  # rows that cannot be told apart
        import_bundle(session, bundle, actor="test", at=NOW)
        read = read_period(session, Span(MIDNIGHT, MIDNIGHT + timedelta(days=1)))
        assert sorted(read.call_units, key=repr) == sorted(bundle.call_units, key=repr)
        assert {o.badge for o in read.officers} == {o.badge for o in bundle.officers}


def test_a_dry_run_from_the_command_line_changes_nothing(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    lay(tmp_path, {**ROSTER, **DISPATCH})
    dry = CliRunner().invoke(app, ["import", str(tmp_path), "--dry-run", "--json"])
    assert json.loads(dry.stdout)["officers"] == {"added": 2, "changed": 0, "unchanged": 0}
    assert imports(sqlite_catalog) == []
    assert CliRunner().invoke(app, ["import", str(tmp_path)]).exit_code == 0
    assert len(imports(sqlite_catalog)) == 1
    report = CliRunner().invoke(
        app, ["report", "--since", "2026-03-01", "--until", "2026-03-01", "--json"]
    )
    assert json.loads(report.stdout)["equipment"]["equipped"]["part"] == 1
    one = CliRunner().invoke(
        app,
        ["report", "--badge", "7", "--since", "2026-03-01", "--until", "2026-03-02",
         "--csv", str(tmp_path / "calls-of-7.csv")],
    )  # fmt: skip
    assert "Ann Lee" in one.stdout
    assert (tmp_path / "calls-of-7.csv").read_text().startswith("call,type,")


def test_a_bad_row_from_the_command_line_is_named_and_ends_with_2(
    sqlite_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_CATALOG__URL", sqlite_catalog.url)
    lay(tmp_path, {"cameras.csv": ("serial,model,pre_event_seconds", "cam-1,X1,soon")})
    result = CliRunner().invoke(app, ["import", str(tmp_path)])
    assert result.exit_code == 2
    assert "cameras.csv, line 2, column pre_event_seconds" in result.stderr
