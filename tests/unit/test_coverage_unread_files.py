"""A file that cannot be read at all is one error that says why, and what to do about it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bwc.cli.coverage import app
from bwc.coverage.cells import RowError
from bwc.coverage.csv_files import read_csv
from bwc.coverage.department_csv import calls_file, read_department
from bwc.coverage.importing import FILES
from bwc.coverage.mapping import localize
from tests.unit.test_coverage_files import GOOD, folder

__all__ = ["folder"]

OFFICERS = GOOD["officers.csv"]
UNREAD = {
    "an empty file": (b"", ("line 1:", "badge, name, unit, sworn", "an empty file")),
    "a blank first line": (b"\n7,Ann,Patrol,true\n", ("line 1:", "an empty file or first line")),
    "semicolons": (
        OFFICERS.replace(",", ";").encode(),
        ("separated by a semicolon", 'delimiter = ";"', "--mapping"),
    ),
    "tabs": (OFFICERS.replace(",", "\t").encode(), ("separated by a tab", r'delimiter = "\t"')),
    "UTF-16": (
        OFFICERS.encode("utf-16"),
        ("expected UTF-8 text", "UTF-16", 'encoding = "utf-16"'),
    ),
    "UTF-16 without its mark": (OFFICERS.encode("utf-16-le"), ('encoding = "utf-16-le"',)),
    "UTF-16 the other way round": (OFFICERS.encode("utf-16-be"), ('encoding = "utf-16-be"',)),
    "UTF-32": (OFFICERS.encode("utf-32"), ('encoding = "utf-32"',)),
}


@pytest.mark.parametrize("case", UNREAD)
def test_a_file_that_cannot_be_read_is_one_error_with_the_reason(folder: Path, case: str) -> None:
    text, words = UNREAD[case]
    (folder / "officers.csv").write_bytes(text)
    [error] = read_department(folder).errors
    message = error.message()
    assert message.startswith("officers.csv")
    assert all(word in message for word in words), message
    assert message.isascii()


def test_a_missing_file_is_named_without_a_line_and_with_where_to_put_it(folder: Path) -> None:
    (folder / "calls.csv").unlink()
    result = CliRunner().invoke(app, ["measure", "--from", str(folder)])
    assert result.exit_code == 2
    assert result.stderr == (
        "calls.csv: expected a readable file, got No such file or directory."
        " Put it beside the others, or name another in a mapping file\n"
    )


def test_a_heading_that_is_no_text_is_shown_escaped(folder: Path) -> None:
    (folder / "officers.csv").write_bytes(b"badge,n\xe4me,unit,sworn\n7,Ann,Patrol,true\n")
    [error] = read_department(folder).errors
    assert error.message().isascii()
    assert error.column == "name"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-03-01T24:00:00Z", "2026-03-02T00:00:00Z"),
        ("2026-02-28T24:00-07:00", "2026-03-01T00:00:00-07:00"),
        ("20261231T240000.000Z", "2027-01-01T00:00:00Z"),
    ],
)
def test_the_end_of_a_day_is_the_next_days_midnight(folder: Path, text: str, same: str) -> None:
    rows = GOOD["call_units.csv"].splitlines()
    starts = []
    for moment in (text, same):
        (folder / "call_units.csv").write_text(f"{rows[0]}\n26-1,7,,{moment},\n", "utf-8")
        reading = read_department(folder)
        assert reading.errors == []
        starts.append(reading.department.call_units[0].arrived)
    assert starts[0] == starts[1]
    assert localize(text, None, None) == starts[1]


def test_the_import_needs_a_priority_and_the_time_of_a_call(folder: Path) -> None:
    assert "calls.csv" in FILES
    (folder / "calls.csv").write_text(
        "number,type,priority,received,cancelled\n"
        "1,Alarm,High,2026-03-01T08:00:00Z,false\n2,Alarm,1,,false\n",
        "utf-8",
    )
    errors: list[RowError] = []
    assert list(read_csv(folder, calls_file(set()), errors)) == []
    assert [(error.line, error.column) for error in errors] == [(2, "priority"), (3, "received")]
