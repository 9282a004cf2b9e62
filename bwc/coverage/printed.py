"""The department's report as one printable HTML page that needs nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bwc.coverage.bars_svg import draw_rate
from bwc.coverage.findings import Finding
from bwc.coverage.rates import percent, spoken
from bwc.coverage.report import DepartmentReport, OfficerLine
from bwc.coverage.tally import Tally

STYLE = """
body { font: 11pt/1.4 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-weight: bold; padding: .5rem 0 }
th, td { text-align: left; padding: .2rem .5rem; border-bottom: 1px solid #ccc }
td.number, th.number { text-align: right }
.first { font-size: 1.5rem }
@media print { body { margin: 0; max-width: none } tr { break-inside: avoid } }
"""
HEADS = ("Calls", "With video", "Complete", "Late", "Early", "Gaps", "No video", "Excluded")


def print_department(report: DepartmentReport, *, department: str, zone: ZoneInfo) -> str:
    """A whole HTML document; times are those of the department's clocks."""
    since, until = _day(report.period.start, zone), _day(report.period.end, zone)
    title = f"{department}: body-worn camera coverage"
    parts = (
        f"<h1>{escape(title)}</h1>",
        f"<p>From {since} to before {until}. Counted {escape(report.rule)}.</p>",
        (
            f'<p class="first">Sworn officers on duty with a working camera:'
            f" {spoken(report.equipment.equipped)}</p>"
        ),
        (
            f"<p>Calls with any video: {spoken(report.tally.with_video)}. Recorded from the first"
            f" expected second to the last: {spoken(report.tally.complete)}. Share of the expected time"
            f" recorded: {percent(report.tally.shown_recorded_share)}.</p>"
        ),
        (
            f"<p>Pre-event buffer complete: {spoken(report.quality.buffer_complete)}. Audio"
            f" throughout: {spoken(report.quality.with_sound)}.</p>"
        ),
        _sensitivity(report),
        _officers(report.officers),
        _findings(report.findings, zone),
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _sensitivity(report: DepartmentReport) -> str:
    """What one minute of clock error would change."""
    earlier, later = report.sensitivity.earlier, report.sensitivity.later
    return (
        "<p>Were every recording a minute earlier or later, calls with any video would be"
        f" {percent(earlier.with_video.shown_share)} or {percent(later.with_video.shown_share)}, the recorded"
        f" share {percent(earlier.shown_recorded_share)} or {percent(later.shown_recorded_share)}.</p>"
    )


def _officers(lines: Sequence[OfficerLine]) -> str:
    """One row per officer."""
    rows = (
        f'<tr><th scope="row">{escape(line.officer.badge)} {escape(line.officer.name)}</th>'
        f"<td>{escape(line.officer.unit)}</td><td>{draw_rate(line.tally.with_video)}</td>"
        f"{''.join(_figures(line.tally))}</tr>"
        for line in lines
    )
    heads = "".join(f'<th scope="col" class="number">{head}</th>' for head in HEADS)
    return (
        "<table><caption>Officers</caption><thead><tr>"
        '<th scope="col">Officer</th><th scope="col">Unit</th>'
        f'<th scope="col">0 to 100 %</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _figures(tally: Tally) -> Iterator[str]:
    """One officer's cells."""
    few = tally.with_video.is_small
    figures: Iterable[object] = (
        tally.calls,
        "few" if few else percent(tally.with_video.share),
        "few" if few else percent(tally.complete.share),
        tally.late_calls,
        tally.early_calls,
        tally.gap_calls,
        tally.without_video,
        tally.excluded,
    )
    for figure in figures:
        yield f'<td class="number">{figure}</td>'


def _findings(findings: Sequence[Finding], zone: ZoneInfo) -> str:
    """What the records show to be wrong."""
    rows = (
        f"<tr><td>{finding.kind.value}</td><td>{escape(finding.badge or '')}</td>"
        f"<td>{escape(finding.call or finding.recording or finding.camera or '')}</td>"
        f"<td>{_moment(finding.start, zone)}</td><td>{_moment(finding.end, zone)}</td></tr>"
        for finding in findings
    )
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("What", "Badge", "Concerns", "From", "To")
    )
    return (
        f"<table><caption>Findings: {len(findings)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _day(moment: datetime, zone: ZoneInfo) -> str:
    """A day on the department's calendar."""
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    """A time on the department's clocks."""
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
