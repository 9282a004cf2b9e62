"""Bad rows are named by file, line and column, with what was expected and what stood there."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bwc.cli.coverage import app
from bwc.coverage.cells import RowError
from bwc.coverage.csv_files import read_csv
from bwc.coverage.csv_heading import NAME_IT
from bwc.coverage.department import Department
from bwc.coverage.department_csv import read_department, shifts_file
from tests.departments import write_department

GOOD = {
    "officers.csv": "badge,name,unit,sworn\n7,Ann Lee,Patrol,true\n",
    "cameras.csv": "serial,model,pre_event_seconds\ncam-1,X1,30\n",
    "assignments.csv": "camera,badge,start,end\ncam-1,7,2026-03-01T06:00:00-07:00,\n",
    "shifts.csv": "badge,start,end\n7,2026-03-01T06:00:00-07:00,2026-03-01T16:00:00-07:00\n",
    "calls.csv": "number,type,priority,received,cancelled\n"
    "26-1,Traffic stop,1,2026-03-01T08:00:00-07:00,false\n",
    "call_units.csv": "call,badge,dispatched,arrived,cleared\n"
    "26-1,7,2026-03-01T08:01:00-07:00,2026-03-01T08:05:00-07:00,2026-03-01T08:25:00-07:00\n",
    "recordings.csv": "id,camera,start,seconds,clock_offset_seconds\n"
    "r1,cam-1,2026-03-01T08:06:30-07:00,1200.5,30\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The seven files of one officer, one call and one recording."""
    for name, text in GOOD.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_good_folder_has_no_errors_and_keeps_every_value(folder: Path) -> None:
    reading = read_department(folder)
    assert reading.errors == []
    [recording] = reading.department.recordings
    assert recording.duration == timedelta(seconds=1200.5)
    assert recording.began.isoformat() == "2026-03-01T15:06:00+00:00"
    assert reading.department.assignments[0].end is None


def test_measure_prints_one_object_per_call_and_badge(folder: Path) -> None:
    result = CliRunner().invoke(app, ["measure", "--from", str(folder), "--json"])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) == [
        {
            "call": "26-1",
            "badge": "7",
            "expected_seconds": 1200,
            "covered_seconds": 1140,
            "late_start_seconds": 60,
            "early_stop_seconds": 0,
            "gaps": [],
            "status": "partial",
        }
    ]


def test_measure_of_an_empty_department_prints_an_empty_list(tmp_path: Path) -> None:
    write_department(tmp_path, Department([], [], [], [], [], [], []))
    result = CliRunner().invoke(app, ["measure", "--from", str(tmp_path), "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_columns_may_stand_in_any_order_behind_a_byte_order_mark(folder: Path) -> None:
    text = "\ufeffsworn,rank,unit,name,badge\r\nNO,Sgt,Patrol,Ann Lee,7\r\n\r\n"
    (folder / "officers.csv").write_bytes(text.encode())
    reading = read_department(folder)
    assert reading.errors == []
    assert reading.department.officers[0].sworn is False


def test_what_measuring_can_do_without_may_be_empty(folder: Path) -> None:
    for name, row in {
        "officers.csv": "8,,,",
        "cameras.csv": "cam-2,,",
        "assignments.csv": "cam-2,8,2026-03-01T06:00:00Z,",
        "shifts.csv": "8,2026-03-01T06:00:00Z,",
        "calls.csv": "26-2,,High,,",
        "call_units.csv": "26-2,8,,2026-03-01T08:00:00Z,\n26-2,8,,,2026-03-01T08:00:09Z",
        "recordings.csv": "r2,cam-2,2026-03-01T08:00:00Z,9,",
    }.items():
        with (folder / name).open("a", encoding="utf-8") as stream:
            stream.write(f"{row}\n,\n\n")
    result = CliRunner().invoke(app, ["measure", "--from", str(folder), "--json"])
    assert result.exit_code == 0, result.stderr
    assert [line["status"] for line in json.loads(result.stdout)] == ["partial", "covered"]


def test_the_import_refuses_what_measuring_bears(folder: Path) -> None:
    (folder / "shifts.csv").write_text("badge,start,end\n7,2026-03-01T06:00:00Z,\n", "utf-8")
    errors: list[RowError] = []
    assert list(read_csv(folder, shifts_file({"7"}), errors)) == []
    assert [(error.line, error.column) for error in errors] == [(2, "end")]


def test_a_row_that_stands_twice_counts_once(folder: Path) -> None:
    for name in ("officers.csv", "cameras.csv", "calls.csv", "recordings.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text + text.splitlines()[1] + "\n", encoding="utf-8")
    reading = read_department(folder)
    assert reading.errors == []
    assert len(reading.department.officers) == len(reading.department.recordings) == 1


def test_columns_without_a_name_are_passed_over(folder: Path) -> None:
    lines = GOOD["shifts.csv"].splitlines()
    (folder / "shifts.csv").write_text("".join(f"{line},,,\n" for line in lines), "utf-8")
    assert read_department(folder).errors == []


@pytest.mark.parametrize(("text", "priority"), [("P1", 1), ("p 2", 2), ("3.0", 3), ("-1", -1)])
def test_a_priority_is_read_as_dispatch_systems_write_it(
    folder: Path, text: str, priority: int
) -> None:
    calls = GOOD["calls.csv"].replace("stop,1,", f"stop,{text},")
    (folder / "calls.csv").write_text(calls, encoding="utf-8")
    assert [call.priority for call in read_department(folder).department.calls] == [priority]


BAD_ROWS = {
    "an empty badge": ("officers.csv", ",Ann,Patrol,true", "badge", "an empty cell"),
    "a badge twice": ("officers.csv", "7,Bob,Patrol,true", "badge", "'7' again"),
    "sworn as perhaps": ("officers.csv", "8,Bob,Patrol,perhaps", "sworn", "'perhaps'"),
    "bytes that are no text": ("officers.csv", "8,B\udcffb,Patrol,yes", "name", "'B\\udcffb'"),
    "a negative buffer": ("cameras.csv", "cam-2,X1,-5", "pre_event_seconds", "-5"),
    "a buffer in words": ("cameras.csv", "cam-2,X1,half a minute", "pre_event_seconds", "'half"),
    "an unknown camera": ("assignments.csv", "cam-9,7,2026-03-01T06:00Z,", "camera", "'cam-9'"),
    "an unknown badge": ("shifts.csv", "9,2026-03-01T06:00Z,2026-03-01T07:00Z", "badge", "'9'"),
    "a shift that ends before it starts": (
        "shifts.csv", "7,2026-03-01T06:00Z,2026-03-01T05:00Z", "end", "'2026-03-01T05:00Z'",
    ),
    "a time without offset": (
        "calls.csv", "26-2,Alarm,2,2026-03-01T08:00:00,false", "received", "'2026-03-01T08:00:00'",
    ),
    "a day that does not exist": (
        "calls.csv", "26-2,Alarm,2,2026-02-30T08:00:00Z,false", "received", "'2026-02-30",
    ),
    "a time before all clocks": (
        "calls.csv", "26-2,Alarm,2,0001-01-01T00:00:00+05:00,false", "received", "'0001-01-01",
    ),
    "cancelled as perhaps": (
        "calls.csv", "26-2,Alarm,2,2026-03-01T08:00:00Z,perhaps", "cancelled", "'perhaps'",
    ),
    "an unknown call": ("call_units.csv", "26-9,7,,,", "call", "'26-9'"),
    "too few cells": ("call_units.csv", "26-1,7,", "arrived", "3 cells"),
    "too many cells": ("call_units.csv", "26-1,7,,,,,", "cleared", "7 cells"),
    "a recording of negative length": (
        "recordings.csv", "r2,cam-1,2026-03-01T08:00Z,-1,0", "seconds", "'-1'",
    ),
    "a recording of infinite length": (
        "recordings.csv", "r2,cam-1,2026-03-01T08:00Z,inf,0", "seconds", "'inf'",
    ),
    "a length left open": ("recordings.csv", "r2,cam-1,2026-03-01T08:00Z,,0", "seconds", "''"),
    "an arrival without offset": (
        "call_units.csv", "26-1,7,,2026-03-01T08:05:00,", "arrived", "'2026-03-01T08:05:00'",
    ),
    "a recording without offset": (
        "recordings.csv", "r2,cam-1,2026-03-01 08:05:00,5,0", "start", "'2026-03-01 08:05:00'",
    ),
    "an id for another recording": (
        "recordings.csv", "r1,cam-1,2026-03-01T09:00Z,5,0", "id", "'r1' again",
    ),
    "a NUL within a name": ("officers.csv", "8,B\0b,Patrol,yes", "name", "'B\\x00b'"),
    "a second after the last": (
        "calls.csv", "26-2,Alarm,2,2026-03-01T24:00:01Z,false", "received", "'2026-03-01T24:00:01Z'",
    ),
    "a quote that never ends": ("recordings.csv", 'r2,"cam-1', "-", "unexpected end of data"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_named(folder: Path, case: str) -> None:
    name, row, column, got = BAD_ROWS[case]
    with (folder / name).open("a", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(row)
    [error] = read_department(folder).errors
    assert (error.file, error.line, error.column) == (name, 3, column)
    assert got in error.got
    assert error.expected
    assert error.advice


def test_every_bad_row_is_named_and_measure_exits_with_2(folder: Path) -> None:
    (folder / "shifts.csv").write_text("badge,start,end\n7,now,later\n8,,\n", encoding="utf-8")
    (folder / "calls.csv").unlink()
    result = CliRunner().invoke(app, ["measure", "--from", str(folder), "--json"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "shifts.csv, line 2, column start: expected an ISO 8601 time with offset, got 'now'" in (
        result.stderr
    )
    assert "shifts.csv, line 3" in result.stderr
    assert "calls.csv" in result.stderr


def test_what_no_figure_rests_on_may_be_absent_and_is_said(folder: Path) -> None:
    args = ["measure", "--from", str(folder), "--json"]
    before = CliRunner().invoke(app, args).stdout
    for name in ("officers.csv", "cameras.csv", "shifts.csv"):
        (folder / name).unlink()
    result = CliRunner().invoke(app, args)
    assert (result.exit_code, result.stdout) == (0, before)
    assert "cameras.csv is not there: what it lists is not checked" in result.stderr


def test_a_missing_column_is_named_and_its_rows_are_not_read(folder: Path) -> None:
    (folder / "shifts.csv").write_text("badge,begin,end\n7,x,y\n", encoding="utf-8")
    assert read_department(folder).errors == [
        RowError("shifts.csv", 1, "start", "a column of this name", "badge, begin, end", NAME_IT)
    ]


def test_a_row_that_runs_over_lines_is_named_by_its_first(folder: Path) -> None:
    text = 'badge,name,unit,sworn\n7,"Ann\nLee",Patrol,true\n8,Bob,Patrol,maybe\n'
    (folder / "officers.csv").write_text(text, encoding="utf-8")
    assert [error.line for error in read_department(folder).errors] == [4]
