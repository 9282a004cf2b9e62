"""Cells of a CSV row, each read as what its column must hold, or refused with the reason."""

import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from sys import intern

from bwc.canonical import JsonObject
from bwc.clock import parse_time
from bwc.coverage.years import EXPECTED, FIRST_YEAR, LAST_YEAR
from bwc.errors import InvalidInput

YES = frozenset({"true", "1", "yes", "y", "t"})
NO = frozenset({"false", "0", "no", "n", "f"})
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"([+-]?\d{1,15})(\.0*)?", re.ASCII)  # tables with holes write 2 as 2.0
PRIORITY = re.compile(r"(?:[Pp] ?(?=\d))?" + WHOLE.pattern, re.ASCII)
MEND = "Mend the cell"
FILL = "Fill the cell, or take the row out"
WRITE_TIME = (
    "Write it as 2026-03-01T08:05:00-07:00, or name `zone` and `time_format` in a mapping file"
    " (--mapping)"
)
WRITE_NUMBER = "Write a plain number such as 1200.5, a point before decimals and nothing else"
WRITE_FLAG = "Write true or false, yes or no, 1 or 0"
RENUMBER = "Take one of the two rows out, or give it a value of its own"
SAVE_AS_UTF8 = "Save the file as UTF-8, or name its `encoding` in a mapping file (--mapping)"
QUOTE = "Put text that holds the delimiter between double quotes; leave what did not happen empty"


NO_LINE, NO_COLUMN = 0, "-"  # where the file itself, or the whole row, is wrong


@dataclass(frozen=True, slots=True)
class RowError:
    """One cell that cannot be used. `line` counts from 1; `column` is its name in the heading."""

    file: str
    line: int
    column: str
    expected: str
    got: str
    advice: str

    def message(self) -> str:
        """One line for a person, with what to do."""
        where = self.file
        if self.line != NO_LINE:
            where += f", line {self.line}"
        if self.column != NO_COLUMN:
            where += f", column {self.column}"
        return f"{where}: expected {self.expected}, got {self.got}. {self.advice}"

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "expected": self.expected,
            "got": self.got,
            "advice": self.advice,
        }


class BadCell(Exception):
    """A cell that its reader refuses."""

    def __init__(self, column: str, *, expected: str, got: str, advice: str = MEND) -> None:
        """Keep which column, what would have been right, what stood there and what to do."""
        super().__init__(column)
        self.column, self.expected, self.got, self.advice = column, expected, got, advice


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
            raise BadCell(
                column, expected=f"{len(names)} cells", got=f"{len(row)} cells", advice=QUOTE
            )
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
            raise BadCell(column, expected="a value", got="an empty cell", advice=FILL)
        if "\0" in value:
            raise BadCell(
                column,
                expected="text without NUL",
                got=ascii(value),
                advice="Take the NUL out; the export may be damaged",
            )
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadCell(column, expected="UTF-8 text", got=ascii(value), advice=SAVE_AS_UTF8)
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
            raise BadCell(
                column,
                expected="a value not used before",
                got=f"{value!r} again",
                advice=RENUMBER,
            )
        seen.add(value)
        self._rows[value] = row
        return value

    def known(self, column: str, names: Container[str], *, where: str) -> str:
        """A value that stands in `names`; `where` says which list that is."""
        value = intern(self.text(column))  # one badge stands in a million rows
        if value not in names:
            raise BadCell(
                column,
                expected=f"one that stands in {where}",
                got=repr(value),
                advice=f"Add it to {where}, or mend the cell",
            )
        return value

    def flag(self, column: str) -> bool:
        """Yes or no; an empty cell is neither."""
        word = self.raw(column).lower()
        if word in YES:
            return True
        if word in NO:
            return False
        raise BadCell(column, expected="true or false", got=repr(word), advice=WRITE_FLAG)

    def whole(self, column: str) -> int:
        """A whole number."""
        value = self.raw(column)
        match = WHOLE.fullmatch(value)
        if not match:
            raise BadCell(column, expected="a whole number", got=repr(value), advice=WRITE_NUMBER)
        return int(match[1])

    def priority(self, column: str) -> int:
        """The priority of a call, 1 before 2; dispatch systems write `P1` too."""
        value = self.raw(column)
        match = PRIORITY.fullmatch(value)
        if not match:
            raise BadCell(
                column,
                expected="a whole number, or P and one",
                got=repr(value),
                advice="Write 1 to 9, or translate the city's words in a mapping file (--mapping)",
            )
        return int(match[1])

    def count(self, column: str) -> int:
        """A whole number that is not negative."""
        number = self.whole(column)
        if number < 0:
            raise BadCell(column, expected="0 or more", got=str(number), advice=WRITE_NUMBER)
        return number

    def seconds(self, column: str, *, least: timedelta, most: timedelta) -> timedelta:
        """A length of time in seconds, kept to the microsecond."""
        value = self.raw(column)
        number = float(value) if NUMBER.fullmatch(value) else math.nan
        if least.total_seconds() <= number <= most.total_seconds():
            return timedelta(seconds=number)
        expected = f"seconds from {least.total_seconds():.0f} to {most.total_seconds():.0f}"
        raise BadCell(column, expected=expected, got=repr(value), advice=WRITE_NUMBER)

    def time(self, column: str) -> datetime:
        """An ISO 8601 time with offset, in UTC."""
        value = self.raw(column)
        try:
            moment = parse_time(value)
        except InvalidInput:
            raise BadCell(
                column,
                expected="an ISO 8601 time with offset",
                got=repr(value),
                advice=WRITE_TIME,
            ) from None
        if not FIRST_YEAR <= moment.year < LAST_YEAR:
            raise BadCell(column, expected=EXPECTED, got=repr(value), advice=WRITE_TIME)
        return moment

    def optional_time(self, column: str) -> datetime | None:
        """A time, or None for an empty cell."""
        return self.time(column) if self.raw(column) else None

    def time_from(self, column: str, start: datetime) -> datetime:
        """A time that is not before `start`."""
        moment = self.time(column)
        if moment < start:
            raise BadCell(
                column,
                expected="not before start",
                got=repr(self.raw(column)),
                advice="Mend start or end; they may be the wrong way round",
            )
        return moment
