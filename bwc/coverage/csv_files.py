"""Reading CSV files strictly: what cannot be used is named by file, line and column.

A file is UTF-8 (a byte order mark is allowed), its first line names the columns, in any order;
columns that nobody asks for are ignored; a line whose cells are all empty is no row. Bad rows are
collected, not raised, so that a person mends them all at once.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TextIO, TypeVar

from bwc.coverage.cells import BadCell, Cells, RowError, SameRow

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class CsvFile(Generic[Row]):
    """What a file is called, which columns it must have, and how a row is read from its cells.

    `when_empty` says for some columns what an empty cell is read as.
    """

    name: str
    columns: tuple[str, ...]
    read: Callable[[Cells], Row]
    when_empty: Mapping[str, str] = field(default_factory=dict)


def read_csv(folder: Path, file: CsvFile[Row], errors: list[RowError]) -> Iterator[Row]:
    """The good rows of one file; what is wrong is added to `errors`."""
    try:
        with (folder / file.name).open(
            encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as stream:
            yield from _read(stream, file, errors)
    except OSError as exc:
        problem = exc.strerror or "it cannot be read"
        errors.append(RowError(file.name, 0, "-", expected="a readable file", got=problem))


def _read(stream: TextIO, file: CsvFile[Row], errors: list[RowError]) -> Iterator[Row]:
    """The good rows of an open file."""
    line, cells = 0, None
    try:
        for line, row in _numbered(stream):
            if cells is None:
                cells = _heading(file, row, errors)
                if cells is None:
                    return
            elif any(map(str.strip, row)):
                try:
                    cells.turn_to(row)
                    yield file.read(cells)
                except SameRow:
                    continue
                except BadCell as bad:
                    errors.append(RowError(file.name, line, bad.column, bad.expected, bad.got))
    except csv.Error as exc:
        errors.append(RowError(file.name, line + 1, "-", "well-formed CSV", str(exc)))
    if cells is None:
        _heading(file, [], errors)


def _numbered(stream: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on, counted from 1."""
    lines = csv.reader(stream, strict=True)
    line = 1
    for row in lines:
        yield line, row
        line = lines.line_num + 1


def _heading(file: CsvFile[Row], names: list[str], errors: list[RowError]) -> Cells | None:
    """A reader of rows under this heading; None, and the reasons, where columns are wrong."""
    heading = [name.strip() for name in names]
    problems = _heading_problems(file, heading)
    errors += problems
    return None if problems else Cells(heading, file.when_empty)


def _heading_problems(file: CsvFile[Row], heading: list[str]) -> list[RowError]:
    """Columns that are missing or stand twice; those without a name are nobody's."""
    found = ", ".join(heading) or "an empty line"
    missing = [
        RowError(file.name, 1, name, expected="a column of this name", got=found)
        for name in file.columns
        if name not in heading
    ]
    twice = [
        RowError(file.name, 1, name, expected="each column once", got=found)
        for name in sorted({name for name in heading if name and heading.count(name) > 1})
    ]
    return missing + twice
