"""What a list of releases can be narrowed by, and how many there are of each. Pure.

A release has a kind, a district and the month of its incident. The number beside a value is how
many would be shown if that value were chosen and the other choices stayed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
YEAR = len("2026")


class Cell(NamedTuple):
    """Where a release is counted; `month` as in `2026-03`."""

    kind: str
    district: str
    month: str


class Query(NamedTuple):
    """What a reader looks for; empty fields match everything. `date` is a year or a month."""

    text: str = ""
    kind: str = ""
    district: str = ""
    date: str = ""


class Choice(NamedTuple):
    """A value that can be chosen and how many releases it would leave."""

    value: str
    releases: int


class Facets(NamedTuple):
    """Every choice: kinds and districts by name, years and the months of the year chosen, newest first."""

    kinds: list[Choice]
    districts: list[Choice]
    years: list[Choice]
    months: list[Choice]


@dataclass(frozen=True, slots=True)
class Column:
    """One property of every release, as the place of its value in `values`."""

    values: list[str]
    codes: Numbers

    @classmethod
    def of(cls, words: Sequence[str]) -> "Column":
        """The column of these values, one for each release."""
        values = sorted(set(words))
        place = {value: number for number, value in enumerate(values)}
        return cls(values, np.fromiter((place[word] for word in words), np.int64, len(words)))

    def having(self, beginning: str) -> Flags:
        """Which releases have a value that begins so."""
        chosen = np.array([value.startswith(beginning) for value in self.values], np.bool_)
        return chosen[self.codes]

    def being(self, value: str) -> Flags:
        """Which releases have this value; every one where none is asked for."""
        if not value:
            return np.ones(len(self.codes), np.bool_)
        code = self.values.index(value) if value in self.values else -1
        same: Flags = self.codes == code
        return same

    def choices(self, which: Flags) -> list[Choice]:
        """How many of `which` have each value that any of them has."""
        counted = np.bincount(self.codes[which], minlength=len(self.values)).tolist()
        return [Choice(v, n) for v, n in zip(self.values, counted, strict=True) if n]


class Columns:
    """Every release, newest first, ready to be narrowed and counted."""

    def __init__(self, rows: Sequence[int], cells: Sequence[Cell]) -> None:
        """The releases in `rows` of the index, each in its cell."""
        self.rows = np.array(rows, np.int64)
        self._place = np.full(max(rows, default=0) + 1, -1, np.int64)
        self._place[self.rows] = np.arange(len(rows))
        self._kind = Column.of([cell.kind for cell in cells])
        self._district = Column.of([cell.district for cell in cells])
        self._month = Column.of([cell.month for cell in cells])
        self._year = Column.of([cell.month[:YEAR] for cell in cells])

    def among(self, hits: Numbers) -> Flags:
        """Which releases are in the rows `hits`; rows that are no release's do not count."""
        places = self._place[hits[hits < len(self._place)]]
        flags = np.zeros(len(self.rows), np.bool_)
        flags[places[places >= 0]] = True
        return flags

    def narrowed(self, query: Query, found: Flags) -> Numbers:
        """Which of `found` the choices of `query` leave: their rows, newest first."""
        kind, district, date = self._chosen(query)
        return self.rows[found & kind & district & date]

    def facets(self, query: Query, found: Flags) -> Facets:
        """The choices beside `query` among `found`."""
        kind, district, date = self._chosen(query)
        of_year = self._month.having(query.date[:YEAR]) if query.date else np.zeros_like(found)
        dated = found & kind & district
        return Facets(
            kinds=self._kind.choices(found & district & date),
            districts=self._district.choices(found & kind & date),
            years=self._year.choices(dated)[::-1],
            months=self._month.choices(dated & of_year)[::-1],
        )

    def _chosen(self, query: Query) -> tuple[Flags, Flags, Flags]:
        date = self._month.having(query.date)
        return self._kind.being(query.kind), self._district.being(query.district), date
