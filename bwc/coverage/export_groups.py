"""Trend, units, comparison, equity, statutory report, calls and findings as CSV."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from bwc.canonical import canonical_bytes
from bwc.clock import iso
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.compare import Adjusted
from bwc.coverage.equity import Table
from bwc.coverage.export import write_rows
from bwc.coverage.finding_list import FindingLine
from bwc.coverage.rates import Rate, rounded
from bwc.coverage.statutory import StatutoryReport
from bwc.coverage.tally import Tally
from bwc.coverage.trend import Point
from bwc.coverage.units import UnitLine

RATE_COLUMNS = ("calls", "with_video", "share", "low", "high")
TALLY_COLUMNS = (
    *RATE_COLUMNS,
    "complete",
    "without_video",
    "late_calls",
    "early_calls",
    "gap_calls",
    "excluded",
)


def write_trend_csv(points: Iterable[Point], stream: TextIO) -> None:
    """One line per day, week, month or quarter that has calls."""
    rows = (
        [point.group.name, *_tally(point.group.tally), "; ".join(point.breaks)] for point in points
    )
    write_rows(stream, ("period", *TALLY_COLUMNS, "break"), rows)


def write_units_csv(units: Iterable[UnitLine], stream: TextIO) -> None:
    """One line per unit."""
    rows = (
        [
            one.name,
            one.officers,
            one.equipped.whole,
            one.equipped.part,
            *_tally(one.tally),
        ]
        for one in units
    )
    write_rows(stream, ("unit", "officers", "on_duty", "with_camera", *TALLY_COLUMNS), rows)


def write_comparison_csv(groups: Iterable[Adjusted], stream: TextIO) -> None:
    """One line per unit or officer; small groups have no shares."""
    columns = ("name", *RATE_COLUMNS, "adjusted", "adjusted_low", "adjusted_high", "weight")
    rows = (
        [
            one.name,
            *_compared(one.raw),
            rounded(one.share),
            rounded(one.low),
            rounded(one.high),
            rounded(one.weight),
        ]
        for one in groups
    )
    write_rows(stream, columns, rows)


def write_equity_csv(tables: Iterable[Table], stream: TextIO) -> None:
    """One line per cell; suppressed ones have no figures."""
    rows = (
        [
            table.measure.value,
            table.by.value,
            cell.group,
            cell.is_suppressed,
            cell.n,
            rounded(cell.share),
            rounded(cell.low),
            rounded(cell.high),
        ]
        for table in tables
        for cell in table.cells
    )
    write_rows(stream, ("measure", "by", "group", "suppressed", "n", "share", "low", "high"), rows)


def write_statutory_csv(report: StatutoryReport, stream: TextIO) -> None:
    """One line per field of the statute, whether it is known and stated; several parts are JSON."""

    def rows() -> Iterator[Sequence[object]]:
        for field in report.text.fields:
            counted = report.counted[field.figure]
            known = counted.value is not None
            value = canonical_bytes(counted.value).decode() if known else None
            yield field.text, known, value, counted.is_stated, counted.remark

    write_rows(stream, ("field", "known", "value", "stated", "remark"), rows())


def write_call_csv(parts: Iterable[CallCoverage], stream: TextIO) -> None:
    """One line per officer on the call."""
    names = (
        "call",
        "badge",
        "status",
        "expected_from",
        "expected_until",
        "expected_seconds",
        "covered_seconds",
        "late_start_seconds",
        "early_stop_seconds",
        "gaps",
        "footage",
        "footage_why",
        "exclusion",
        "expected_by",
        "shift",
        "outside_shift_seconds",
    )
    documents = (part.document() for part in parts)
    rows = (
        [json.dumps(one[name]) if name == "gaps" else one[name] for name in names]
        for one in documents
    )
    write_rows(stream, names, rows)


def write_findings_csv(findings: Iterable[FindingLine], stream: TextIO) -> None:
    """One line per finding."""
    rows = (
        [
            one.kind,
            one.state.value,
            one.badge,
            one.call,
            one.camera,
            one.recording,
            one.incident,
            None if one.starts_at is None else iso(one.starts_at),
            None if one.ends_at is None else iso(one.ends_at),
            one.why,
        ]
        for one in findings
    )
    columns = (
        *("kind", "state", "badge", "call", "camera"),
        *("recording", "incident", "start", "end", "why"),
    )
    write_rows(stream, columns, rows)


def _tally(figures: Tally) -> list[object]:
    """The figures in the order of their columns."""
    return [
        *_rate(figures.with_video),
        figures.covered_fully,
        figures.without_video,
        figures.late_calls,
        figures.early_calls,
        figures.gap_calls,
        figures.excluded,
    ]


def _compared(rate: Rate) -> list[object]:
    """The same, and of few cases no part: it says nothing but the share."""
    whole, part, *shares = _rate(rate)
    return [whole, None if rate.is_small else part, *shares]


def _rate(rate: Rate) -> list[object]:
    """Whole and part; the share and its interval are left empty where n is small."""
    low, high = rate.shown_interval
    return [rate.whole, rate.part, rounded(rate.shown_share), rounded(low), rounded(high)]
