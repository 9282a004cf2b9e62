"""Cells of a CSV row, each read as what its column must hold, or refused with the reason."""

import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from sys import intern

from bwc.canonical import JsonObject
from bwc.clock import parse_time
from bwc.errors import InvalidInput

YES = frozenset({"true", "1", "yes", "y", "t"})
NO = frozenset({"false", "0", "no", "n", "f"})
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"([+-]?\d{1,15})(\.0*)?", re.ASCII)  # tables with holes write 2 as 2.0
PRIORITY = re.compile(r"(?:[Pp] ?(?=\d))?" + WHOLE.pattern, re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2200  # a clock that lost its date says 1970; beyond this is a slip


@dataclass(frozen=True, slots=True)
class RowError:
    """One cell that cannot be used. `line` counts from 1; `column` is its name in the heading."""

    file: str
    line: int
    column: str
    expected: str
    got: str

    def message(self) -> str:
        """One line for a person."""
        where = f"{self.file}, line {self.line}, column {self.column}"
        return f"{where}: expected {self.expected}, got {self.got}"

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "expected": self.expected,
            "got": self.got,
        }


class BadCell(Exception):
    """A cell that its reader refuses."""

    def __init__(self, column: str, *, expected: str, got: str) -> None:
        """Keep which column, what would have been right and what stood there."""
        super().__init__(column)
        self.column, self.expected, self.got = column, expected, got


class SameRow(Exception):
    """A row that stood in the file before, cell for cell."""


class Cells:
    """One row at a time, read cell by cell by the name of the column."""

    def __init__(self, heading: list[str], when_empty: Mapping[str, str]) -> None:
        """Know where each column stands, and what an empty cell of it is read as."""
        self._heading = heading
        self._position = {name: index for index, name in enumerate(heading)}
        self._when_empty = when_empty
        self._row: list[str] = []
        self._rows: dict[str, int] = {}  # hashes: a million rows would not fit

    def turn_to(self, row: list[str]) -> None:
        """Read from `row` from now on."""
        if len(row) != len(self._heading):
            names = self._heading
            column = names[len(row)] if len(row) < len(names) else names[-1]
            raise BadCell(column, expected=f"{len(names)} cells", got=f"{len(row)} cells")
        self._row = row

    def has(self, column: str) -> bool:
        """Whether the file has that column."""
        return column in self._position

    def raw(self, column: str) -> str:
        """The cell without surrounding blanks; it may be empty."""
        value = self._row[self._position[column]].strip()
        return value or self._when_empty.get(column, "")

    def text(self, column: str) -> str:
        """A cell that may not be empty."""
        value = self.raw(column)
        if not value:
            raise BadCell(column, expected="a value", got="an empty cell")
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadCell(column, expected="UTF-8 text", got=ascii(value))
        return value

    def fresh(self, column: str, seen: set[str]) -> str:
        """A value that no other row has; it is added to `seen`.

        Raises:
            SameRow: the row with this value came before, and all of it is the same.
        """
        value, row = intern(self.text(column)), hash(tuple(self._row))
        if value in seen:
            if self._rows.get(value) == row:
                raise SameRow
            raise BadCell(column, expected="a value not used before", got=f"{value!r} again")
        seen.add(value)
        self._rows[value] = row
        return value

    def known(self, column: str, names: Container[str], *, where: str) -> str:
        """A value that stands in `names`; `where` says which list that is."""
        value = intern(self.text(column))  # one badge stands in a million rows
        if value not in names:
            raise BadCell(column, expected=f"one that stands in {where}", got=repr(value))
        return value

    def flag(self, column: str) -> bool:
        """Yes or no; an empty cell is neither."""
        word = self.raw(column).lower()
        if word in YES:
            return True
        if word in NO:
            return False
        raise BadCell(column, expected="true or false", got=repr(word))

    def whole(self, column: str) -> int:
        """A whole number."""
        value = self.raw(column)
        match = WHOLE.fullmatch(value)
        if not match:
            raise BadCell(column, expected="a whole number", got=repr(value))
        return int(match[1])

    def priority(self, column: str) -> int:
        """The priority of a call, 1 before 2; dispatch systems write `P1` too."""
        value = self.raw(column)
        match = PRIORITY.fullmatch(value)
        if not match:
            raise BadCell(column, expected="a whole number, or P and one", got=repr(value))
        return int(match[1])

    def count(self, column: str) -> int:
        """A whole number that is not negative."""
        number = self.whole(column)
        if number < 0:
            raise BadCell(column, expected="0 or more", got=str(number))
        return number

    def seconds(self, column: str, *, least: timedelta, most: timedelta) -> timedelta:
        """A length of time in seconds, kept to the microsecond."""
        value = self.raw(column)
        number = float(value) if NUMBER.fullmatch(value) else math.nan
        if least.total_seconds() <= number <= most.total_seconds():
            return timedelta(seconds=number)
        expected = f"seconds from {least.total_seconds():.0f} to {most.total_seconds():.0f}"
        raise BadCell(column, expected=expected, got=repr(value))

    def time(self, column: str) -> datetime:
        """An ISO 8601 time with offset, in UTC."""
        value = self.raw(column)
        try:
            moment = parse_time(value)
        except (InvalidInput, OverflowError):
            raise BadCell(
                column, expected="an ISO 8601 time with offset", got=repr(value)
            ) from None
        if not FIRST_YEAR <= moment.year < LAST_YEAR:
            expected = f"a year from {FIRST_YEAR} to {LAST_YEAR - 1}"
            raise BadCell(column, expected=expected, got=repr(value))
        return moment

    def optional_time(self, column: str) -> datetime | None:
        """A time, or None for an empty cell."""
        return self.time(column) if self.raw(column) else None

    def time_from(self, column: str, start: datetime) -> datetime:
        """A time that is not before `start`."""
        moment = self.time(column)
        if moment < start:
            raise BadCell(column, expected="not before start", got=repr(self.raw(column)))
        return moment
