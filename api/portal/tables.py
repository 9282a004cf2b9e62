"""Tables as CSV (RFC 4180) for anybody to read: nothing is an empty cell, and no text a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from api.portal.documents import LogDay, LogEntry
from bwc.clock import iso

LOG_COLUMNS = (
    "at",
    "act",
    "release_id",
    "title",
    "reason",
    "manifest_sha256",
    "rule",
    "citation",
    "granted_by",
    "extensions",
    "until",
    "day",
    "chain_position",
    "chain_hash",
)
# A spreadsheet would compute a cell that starts so, whatever invisible goes before.
FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f\x7f-\x9f\u200b\ufeff]*[=+\-@]")


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows below their heading."""
    return csv_rows([columns]) + csv_rows(rows)


def csv_rows(rows: Iterable[Sequence[object]]) -> str:
    """Rows alone."""
    out = io.StringIO()
    table = csv.writer(out)
    for row in rows:
        table.writerow(["" if cell is None else _plain(str(cell)) for cell in row])
    return out.getvalue()


def log_heading() -> str:
    """The first line of the log as a table."""
    return csv_rows([LOG_COLUMNS])


def log_rows(days: Iterable[LogDay]) -> Iterator[tuple[object, ...]]:
    """A line for each act, with the chain's end of its day."""
    for day in days:
        for entry in day.entries:
            yield (
                *(iso(entry.at), entry.act, *_cells(entry)),
                *(day.date, day.custody.position, day.custody.hash),
            )


def _cells(entry: LogEntry) -> tuple[object, ...]:
    return (
        *(entry.release_id, entry.title, entry.reason, entry.manifest_sha256),
        *(entry.rule, entry.citation, entry.granted_by, entry.extensions, entry.until),
    )


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell
