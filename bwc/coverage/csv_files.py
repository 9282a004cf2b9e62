"""Reading CSV files strictly: what cannot be used is named by file, line and column.

A file is UTF-8 (a byte order mark is allowed), its first line names the columns, in any order;
columns that nobody asks for are ignored; a line whose cells are all empty is no row. Bad rows are
collected, not raised, so that a person mends them all at once.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TextIO, TypeVar

from bwc.coverage.cells import NO_COLUMN, NO_LINE, BadCell, Cells, RowError, SameRow
from bwc.coverage.csv_heading import heading_problems, wide_encoding, wrong_encoding
from bwc.coverage.csv_source import CsvSource
from bwc.coverage.mapping import Mapping as ExportMapping

Row = TypeVar("Row")

UTF_8 = "utf-8-sig"
CLOSE_QUOTES = "Close the quote that opens a cell, and write two for one within it"


@dataclass(frozen=True, slots=True)
class CsvFile(Generic[Row]):
    """What a file is called, which columns it must have, and how a row is read from its cells.

    `when_empty` says for some columns what an empty cell is read as, `optional` which columns it
    may have beside; with a `source` it is read from a file of a city's export.
    """

    name: str
    columns: tuple[str, ...]
    read: Callable[[Cells], Row]
    when_empty: Mapping[str, str] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    source: CsvSource | None = None

    @property
    def path(self) -> str:
        """The name of the file that is read."""
        return self.name if self.source is None else self.source.mapping.file


def mapped(file: CsvFile[Row], mapping: ExportMapping | None) -> CsvFile[Row]:
    """The same file, read from a city's export where the mapping says so."""
    part = None if mapping is None else mapping.of(file.name)
    if mapping is None or part is None:
        return file
    return replace(file, source=CsvSource(part, mapping.zone))


def read_csv(folder: Path, file: CsvFile[Row], errors: list[RowError]) -> Iterator[Row]:
    """The good rows of one file; what is wrong is added to `errors`."""
    path = folder / file.path
    encoding = UTF_8 if file.source is None else file.source.mapping.encoding
    try:
        wide = wide_encoding(path) if encoding == UTF_8 else None
        if wide is not None:
            errors.append(wrong_encoding(file.path, wide))
            return
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as stream:
            yield from _read(stream, file, errors)
    except OSError as exc:
        problem = exc.strerror or "it cannot be read"
        advice = "Put it beside the others, or name another in a mapping file"
        errors.append(RowError(file.path, NO_LINE, NO_COLUMN, "a readable file", problem, advice))


def _read(stream: TextIO, file: CsvFile[Row], errors: list[RowError]) -> Iterator[Row]:
    """The good rows of an open file."""
    line, cells = 0, None
    try:
        for line, row in _numbered(stream, file):
            if cells is None:
                cells = _heading(file, row, errors)
                if cells is None:
                    return
            elif any(map(str.strip, row)):
                try:
                    cells.turn_to(row if file.source is None else file.source.row(row))
                    yield file.read(cells)
                except SameRow:
                    continue
                except BadCell as bad:
                    column = bad.column if file.source is None else file.source.place(bad.column)
                    errors.append(
                        RowError(file.path, line, column, bad.expected, bad.got, bad.advice)
                    )
    except csv.Error as exc:
        errors.append(
            RowError(file.path, line + 1, NO_COLUMN, "well-formed CSV", str(exc), CLOSE_QUOTES)
        )
    if cells is None:
        _heading(file, [], errors)


def _numbered(stream: TextIO, file: CsvFile[Row]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on, counted from 1."""
    delimiter = "," if file.source is None else file.source.mapping.delimiter
    lines = csv.reader(stream, strict=True, delimiter=delimiter)
    line = 1
    for row in lines:
        yield line, row
        line = lines.line_num + 1


def _heading(file: CsvFile[Row], names: list[str], errors: list[RowError]) -> Cells | None:
    """A reader of rows under this heading; None, and the reasons, where columns are wrong."""
    heading = [name.strip() for name in names]
    problems = _heading_problems(file, heading)
    errors += problems
    if problems:
        return None
    if file.source is not None:
        heading = file.source.begin(heading, (*file.columns, *file.optional))
    return Cells(heading, file.when_empty)


def _heading_problems(file: CsvFile[Row], heading: list[str]) -> list[RowError]:
    """What is wrong with the first line, by the names that the file's columns have there."""
    source = file.source
    if source is None:
        return heading_problems(file.path, heading, file.columns, delimiter=",")
    named = {*file.columns, *source.mapping.columns} - source.mapping.constants.keys()
    wanted = dict.fromkeys(source.named(one) for one in sorted(named))
    return heading_problems(file.path, heading, wanted, delimiter=source.mapping.delimiter)
