"""Reports of the department and of one officer as printable HTML pages that need nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bwc.coverage.audit_results import AuditResult
from bwc.coverage.bars_svg import draw_rate
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.elsewhere import elsewhere_words
from bwc.coverage.findings import Finding
from bwc.coverage.groups import Group
from bwc.coverage.measure import seconds
from bwc.coverage.rates import brief, percent, spoken
from bwc.coverage.report import DepartmentReport, OfficerLine, OfficerReport
from bwc.coverage.sample import Agreement
from bwc.coverage.tally import Tally
from bwc.coverage.units import UnitReport

STYLE = """
body { font: 11pt/1.4 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-weight: bold; padding: .5rem 0 }
th, td { text-align: left; padding: .2rem .5rem; border-bottom: 1px solid #ccc }
td.number, th.number { text-align: right }
.first { font-size: 1.5rem }
@media print { body { margin: 0; max-width: none } tr { break-inside: avoid } }
"""
CALL_HEADS = (
    *("Call", "Type", "Received", "Video", "Expected", "Recorded"),
    *("Late", "Early", "Gaps", "Why"),
)
HEADS = ("Calls", "With video", "Complete", "Late", "Early", "Gaps", "No video", "Excluded")


def print_department(
    report: DepartmentReport,
    *,
    department: str,
    zone: ZoneInfo,
    groups: Sequence[Group] = (),
    audits: Sequence[AuditResult] = (),
) -> str:
    """A whole HTML document; times are those of the department's clocks."""
    return print_page(
        f"{department}: body-worn camera coverage",
        (
            _period(report, zone),
            (
                f'<p class="first">Sworn officers on duty with a working camera:'
                f" {spoken(report.equipment.equipped)}</p>"
            ),
            *_whole(report),
            _groups(groups),
            _officers(report.officers),
            _audits(audits, zone),
            _findings(report.findings, zone),
        ),
    )


def print_unit(
    report: UnitReport, *, department: str, zone: ZoneInfo, groups: Sequence[Group] = ()
) -> str:
    """One unit as a whole HTML document, officer by officer."""
    return print_page(
        f"{department}: body-worn camera coverage of {report.name}",
        (
            _period(report, zone),
            (
                f'<p class="first">Sworn officers of the unit on duty with a working camera:'
                f" {spoken(report.equipment.equipped)}</p>"
            ),
            *_whole(report),
            _groups(groups),
            _officers(report.officers),
            _findings(report.findings, zone),
        ),
    )


def print_call(
    number: str, parts: Sequence[CallCoverage], *, department: str, zone: ZoneInfo
) -> str:
    """One call as a whole HTML document, one row for each officer on it."""
    about = f"No officer was sent to call {number}."
    if parts:
        call, moment = parts[0].call, _moment(parts[0].call.received, zone)
        about = f"{call.type}, priority {call.priority}, received {moment}. Counted {parts[0].duty.reason}."
    heads = ("Badge", *CALL_HEADS[3:], "Shift", "Footage")
    rows = (
        (
            part.coverage.badge,
            *_figures_of(part),
            "" if part.shift is None else part.shift.words,
            part.existence.answer.value,
        )
        for part in parts
    )
    table = print_table("Officers (lengths in seconds)", heads, rows)
    title = f"{department}: body-worn camera coverage of call {number}"
    return print_page(title, (f"<p>{escape(about)}</p>", table))


def print_officer(
    report: OfficerReport, *, department: str, zone: ZoneInfo, groups: Sequence[Group] = ()
) -> str:
    """One officer as a whole HTML document, call by call."""
    who = report.officer
    return print_page(
        f"{department}: body-worn camera coverage of {who.name}, badge {who.badge}",
        (
            f"<p>{escape(who.unit) or 'No unit'}.</p>",
            _period(report, zone),
            (
                f'<p class="first">Time on duty with a working camera:'
                f" {percent(report.equipment.duty_share)}</p>"
            ),
            *_whole(report),
            _groups(groups),
            _calls(report.calls, zone),
            _findings(report.findings, zone),
        ),
    )


def print_page(title: str, parts: Iterable[str]) -> str:
    """A whole HTML document that needs nothing else, of parts that are HTML already."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    )


def print_table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table of text."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _period(report: DepartmentReport | UnitReport | OfficerReport, zone: ZoneInfo) -> str:
    """Which days, and by which rule."""
    since, until = _day(report.period.start, zone), _day(report.period.end, zone)
    return f"<p>From {since} to before {until}. Counted {escape(report.rule)}.</p>"


def _whole(report: DepartmentReport | UnitReport | OfficerReport) -> Iterator[str]:
    """The figures of all calls, and how sure they are."""
    yield (
        f"<p>Calls with any video: {spoken(report.tally.with_video)}. Recorded from the first"
        f" expected second to the last: {spoken(report.tally.complete)}. Share of the expected time"
        f" recorded: {percent(report.tally.shown_recorded_share)}.</p>"
    )
    yield (
        f"<p>Pre-event buffer complete: {spoken(report.quality.buffer_complete)}. Audio"
        f" throughout: {spoken(report.quality.with_sound)}.</p>"
    )
    if words := elsewhere_words(part.elsewhere for part in report.calls):
        yield f"<p>Recorded elsewhere: {escape(words)}.</p>"
    earlier, later = report.sensitivity.earlier, report.sensitivity.later
    yield (
        "<p>Were every recording a minute earlier or later, calls with any video would be"
        f" {brief(earlier.with_video)} or {brief(later.with_video)}, the recorded"
        f" share {percent(earlier.shown_recorded_share)} or {percent(later.shown_recorded_share)}.</p>"
    )


def _groups(groups: Sequence[Group]) -> str:
    """Figures by group, if any were asked for."""
    if not groups:
        return ""
    rows = (
        (one.name, one.tally.calls, spoken(one.tally.with_video), spoken(one.tally.complete))
        for one in groups
    )
    return print_table("By group", ("Group", "Calls", "With video", "Complete"), rows)


def _calls(calls: Sequence[CallCoverage], zone: ZoneInfo) -> str:
    """One officer's calls, one row each; an excluded one says why nothing was expected."""
    rows = (
        (
            part.call.number,
            part.call.type,
            _moment(part.call.received, zone),
            *_figures_of(part),
        )
        for part in calls
    )
    return print_table(f"Calls: {len(calls)} (lengths in seconds)", CALL_HEADS, rows)


def _figures_of(part: CallCoverage) -> tuple[object, ...]:
    """Status, figures and reason of one officer's call."""
    seen = part.coverage
    if seen.exclusion is not None:
        return (seen.status.value, "", "", "", "", "", seen.exclusion.value)
    return (
        seen.status.value,
        seconds(seen.expected),
        seconds(seen.covered),
        seconds(seen.late_start),
        seconds(seen.early_stop),
        len(seen.gaps),
        part.existence.why,
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


def _audits(audits: Sequence[AuditResult], zone: ZoneInfo) -> str:
    """What the reviews of the period's random audits say."""
    tables = "".join(_audit(one, zone) for one in audits)
    return f"<h2>Random audits in this period: {len(audits)}</h2>{tables}"


def _audit(audit: AuditResult, zone: ZoneInfo) -> str:
    """Yes among yes and no by question and stratum, with agreement."""
    names = ("All drawn", *(one.name.capitalize() for one in audit.strata))
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = (
        f'<tr><th scope="row">{escape(one.question.value.capitalize())}</th>'
        + "".join(
            f"<td>{spoken(found.yes)}</td>" for found in (one.answers, *one.by_stratum.values())
        )
        + f"<td>{_agreement(one.agreement)}</td></tr>"
        for one in audit.questions
    )
    since, until = _day(audit.period.start, zone), _day(audit.period.end, zone)
    return (
        f"<table><caption>{escape(audit.number)}, from {since} to before {until}: {audit.drawn} of"
        f" {audit.held} officer-calls drawn, {audit.without_video} without video;"
        f" {audit.reviewed} reviewed, {audit.reviewed_twice} twice</caption><thead><tr>"
        f'<th scope="col">Yes, of yes and no</th>{heads}<th scope="col">Same answer twice</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _agreement(found: Agreement) -> str:
    """How far two reviewers agree."""
    kappa = "" if found.kappa is None else f", kappa {found.kappa:.2f}"
    return f"{found.same} of {found.n}{kappa}"


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
