"""Reports as CSV that a spreadsheet opens without running anything."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

from bwc.coverage.measure import seconds
from bwc.coverage.rates import rounded
from bwc.coverage.report import DepartmentReport, OfficerLine, OfficerReport

# What spreadsheets run or split, also behind blanks and control characters, which some pass over
# (OWASP, CSV Injection).
FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f\x7f-\x9f\u200b\ufeff]*[=+\-@]")

OFFICER_COLUMNS = (
    "badge",
    "name",
    "unit",
    "sworn",
    "calls",
    "with_video",
    "with_video_share",
    "with_video_low",
    "with_video_high",
    "covered",
    "partial",
    "without_video",
    "excluded",
    "expected_seconds",
    "covered_seconds",
    "recorded_share",
    "late_calls",
    "late_seconds",
    "early_calls",
    "early_seconds",
    "gaps",
    "buffer_complete",
    "buffer_partial",
    "buffer_absent",
    "with_audio",
    "muted",
)
CALL_COLUMNS = (
    "call",
    "type",
    "priority",
    "received",
    "status",
    "expected_seconds",
    "covered_seconds",
    "late_start_seconds",
    "early_stop_seconds",
    "gaps",
    "buffer",
    "buffer_held_seconds",
    "audio",
    "muted_seconds",
    "exclusion",
    "expected_by",
    "shift",
    "outside_shift_seconds",
    "footage",
    "footage_why",
)


def write_department_csv(report: DepartmentReport, stream: TextIO) -> None:
    """One line per officer. Shares of few calls are left empty."""
    write_officers_csv(report.officers, stream)


def write_officers_csv(officers: Iterable[OfficerLine], stream: TextIO) -> None:
    """The same of some officers, such as those of a unit."""
    write_rows(stream, OFFICER_COLUMNS, (_officer_cells(line) for line in officers))


def write_officer_csv(report: OfficerReport, stream: TextIO) -> None:
    """One line per call."""
    documents = (part.document() for part in report.calls)
    write_rows(
        stream,
        CALL_COLUMNS,
        (
            [len(part.coverage.gaps) if name == "gaps" else document[name] for name in CALL_COLUMNS]
            for part, document in zip(report.calls, documents, strict=True)
        ),
    )


def write_rows(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A heading and rows; what a spreadsheet would run is escaped."""
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)


def _officer_cells(line: OfficerLine) -> list[object]:
    """One officer's figures in the order of the columns."""
    figures, officer, rate = line.tally, line.officer, line.tally.with_video
    low, high = rate.shown_interval
    return [
        officer.badge,
        officer.name,
        officer.unit,
        officer.sworn,
        figures.calls,
        rate.part,
        rounded(rate.shown_share),
        rounded(low),
        rounded(high),
        figures.covered_fully,
        figures.partial,
        figures.without_video,
        figures.excluded,
        seconds(figures.expected),
        seconds(figures.covered),
        rounded(figures.shown_recorded_share),
        figures.late_calls,
        seconds(figures.late),
        figures.early_calls,
        seconds(figures.early),
        figures.gaps,
        *line.quality.counts().values(),
    ]


def _cell(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers are no text."""
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value
