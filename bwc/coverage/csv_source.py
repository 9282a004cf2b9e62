"""Rows of a city's export as rows of a documented file, cell by cell, by a mapping."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bwc.coverage.cells import NO_COLUMN, QUOTE, BadCell
from bwc.coverage.mapping import TIMES, FileMapping, localize

WRITE_AS_MAPPED = "Mend the cell, or `zone` and `time_format` in the mapping file"


class CsvSource:
    """Where one documented file is read from, and how."""

    def __init__(self, mapping: FileMapping, zone: str | None) -> None:
        """Know the mapping of one file; `zone` is how times without an offset are read."""
        self.mapping = mapping
        self._zone = None if zone is None else ZoneInfo(zone)
        self._positions: list[tuple[str, int | None]] = []
        self._width = 0

    def begin(self, heading: Sequence[str], known: Sequence[str]) -> list[str]:
        """Take the city's heading; returns the documented columns that can be made of it."""
        place = {name: index for index, name in enumerate(heading)}
        self._width = len(heading)
        self._positions = [
            (column, None if column in self.mapping.constants else place[self.named(column)])
            for column in known
            if column in self.mapping.constants or self.named(column) in place
        ]
        return [column for column, _ in self._positions]

    def named(self, column: str) -> str:
        """What the city calls a documented column."""
        return self.mapping.columns.get(column, column)

    def place(self, column: str) -> str:
        """A column for an error: the city's name, and what it is read as."""
        own = self.named(column)
        return own if own == column else f"{own} (read as {column})"

    def row(self, cells: Sequence[str]) -> list[str]:
        """One row of the documented columns.

        Raises:
            BadCell: a value that the mapping does not translate, a time that it cannot read.
        """
        if len(cells) != self._width:
            raise BadCell(
                NO_COLUMN,
                expected=f"{self._width} cells",
                got=f"{len(cells)} cells",
                advice=QUOTE,
            )
        return [
            self._cell(column, self.mapping.constants[column] if at is None else cells[at].strip())
            for column, at in self._positions
        ]

    def _cell(self, column: str, text: str) -> str:
        """One cell as the documented file has it."""
        meaning = self.mapping.meaning.get(column)
        if meaning is not None and column not in self.mapping.constants:
            if text in meaning:
                return meaning[text]
            if column not in self.mapping.keep:
                known = ", ".join(repr(one) for one in meaning)
                raise BadCell(
                    column,
                    expected=f"one of the mapping's {known}",
                    got=repr(text),
                    advice="Say in the mapping file what it means, or mend the cell",
                )
        if column in TIMES and text:
            try:
                return localize(text, self._zone, self.mapping.time_format).isoformat()
            except ValueError as exc:
                raise BadCell(
                    column, expected=str(exc), got=repr(text), advice=WRITE_AS_MAPPED
                ) from None
        return text
