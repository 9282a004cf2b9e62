"""CSV that a spreadsheet opens without running anything."""

import csv
import io

import pytest

from bwc.coverage.export import write_rows

ESCAPED = [
    "=1",
    "+1",
    "-1",
    "@a",
    "\t1",
    "\r1",
    "\n1",
    " =1",
    "\n=1",
    "\x00@a",
    "\xa0-1",
    "\ufeff=1",
]
KEPT = ["'=1", "a=1", "26-1", "a\n=1", " a", "", -5, -0.5, None]


def written(value: object) -> str:
    """The cell as a spreadsheet reads it."""
    stream = io.StringIO(newline="")
    write_rows(stream, ("value", "other"), [(value, "x")])
    return list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1][0]


@pytest.mark.parametrize("text", ESCAPED, ids=repr)
def test_a_cell_that_could_run_or_break_the_row_is_escaped(text: str) -> None:
    assert written(text) == f"'{text}"


@pytest.mark.parametrize("value", KEPT, ids=repr)
def test_what_is_no_formula_stays_as_it_is(value: object) -> None:
    assert written(value) == ("" if value is None else str(value))
