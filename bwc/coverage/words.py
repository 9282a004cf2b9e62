"""Reports as lines for a terminal."""

from collections.abc import Iterator, Sequence

from bwc.clock import iso
from bwc.coverage.audit_results import AuditResult
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.elsewhere import elsewhere_words
from bwc.coverage.findings import Finding
from bwc.coverage.groups import Group
from bwc.coverage.moved import Sensitivity
from bwc.coverage.quality import QualityTally
from bwc.coverage.rates import brief, percent, spoken
from bwc.coverage.report import DepartmentReport, OfficerLine, OfficerReport
from bwc.coverage.tally import Tally
from bwc.coverage.units import UnitReport


def department_words(report: DepartmentReport) -> Iterator[str]:
    """The department's report."""
    yield f"Coverage from {iso(report.period.start)} to {iso(report.period.end)}, {report.rule}"
    yield f"sworn officers on duty with a working camera: {spoken(report.equipment.equipped)}"
    yield from _figures(report.tally)
    yield from _quality(report.quality)
    yield _sensitivity(report.sensitivity)
    yield from filter(None, [elsewhere_words(part.elsewhere for part in report.calls)])
    yield from _officers(report.officers)
    yield ""
    for kind, count in report.finding_counts.items():
        yield f"{kind.value}: {count}"


def unit_words(report: UnitReport) -> Iterator[str]:
    """One unit's report."""
    yield f"{report.name}, from {iso(report.period.start)} to {iso(report.period.end)}, {report.rule}"
    yield f"sworn officers of the unit on duty with a working camera: {spoken(report.equipment.equipped)}"
    yield from _figures(report.tally)
    yield from _quality(report.quality)
    yield _sensitivity(report.sensitivity)
    yield from filter(None, [elsewhere_words(part.elsewhere for part in report.calls)])
    yield from _officers(report.officers)
    for finding in report.findings:
        yield _finding(finding)


def call_words(parts: Sequence[CallCoverage]) -> Iterator[str]:
    """One call, officer by officer."""
    for part in parts:
        shift = "" if part.shift is None else f", {part.shift.words}"
        yield f"badge {part.coverage.badge:<8} {_part(part)}{shift}; footage: {part.existence.answer.value},"
        yield f"    {part.existence.why}; counted {part.duty.reason}"
    if not parts:
        yield "no officer was sent to it"


def _officers(lines: Sequence[OfficerLine]) -> Iterator[str]:
    """One line per officer."""
    yield ""
    yield f"{'badge':<8} {'name':<24} {'n':>5} {'video':>8} {'late':>5} {'early':>5} {'gaps':>5}"
    for line in lines:
        figures, rate = line.tally, line.tally.with_video
        share = "few" if rate.is_small else percent(rate.share)
        yield (
            f"{line.officer.badge:<8} {line.officer.name:<24.24} {rate.whole:>5} {share:>8}"
            f" {figures.late_calls:>5} {figures.early_calls:>5} {figures.gap_calls:>5}"
        )


def audit_words(audits: Sequence[AuditResult]) -> Iterator[str]:
    """The random audits of a period."""
    for audit in audits:
        yield ""
        yield (
            f"random audit {audit.number}: {audit.drawn} of {audit.held} officer-calls drawn,"
            f" {audit.reviewed} reviewed, {audit.reviewed_twice} twice"
        )
        for one in audit.questions:
            agreed = one.agreement
            kappa = "" if agreed.kappa is None else f", kappa {agreed.kappa:.2f}"
            twice = f"; same answer twice {agreed.same} of {agreed.n}{kappa}" if agreed.n else ""
            yield f"  {one.question.value}: {spoken(one.answers.yes)}{twice}"


def group_words(groups: Sequence[Group]) -> Iterator[str]:
    """The department's figures, group by group."""
    yield ""
    for one in groups:
        yield f"{one.name:<24.24} {spoken(one.tally.with_video)}"


def officer_words(report: OfficerReport) -> Iterator[str]:
    """One officer's report."""
    officer = report.officer
    yield f"{officer.name}, badge {officer.badge}, {officer.unit}"
    yield f"from {iso(report.period.start)} to {iso(report.period.end)}, {report.rule}"
    yield from _figures(report.tally)
    yield from _quality(report.quality)
    yield _sensitivity(report.sensitivity)
    yield from filter(None, [elsewhere_words(part.elsewhere for part in report.calls)])
    for part in report.calls:
        yield f"{part.call.number:<14} {part.call.type:<18.18} {_part(part)}"
    for finding in report.findings:
        yield _finding(finding)


def _part(part: CallCoverage) -> str:
    """One officer's part in one call."""
    seen, why = part.coverage, part.coverage.exclusion
    if why is not None:
        return f"{seen.status.value:<9}{why.value}"
    return (
        f"{seen.status.value:<9}{seen.covered.total_seconds():.0f}/{seen.expected.total_seconds():.0f} s,"
        f" late {seen.late_start.total_seconds():.0f},"
        f" early {seen.early_stop.total_seconds():.0f}, gaps {len(seen.gaps)},"
        f" buffer {part.quality.buffer.value}, audio {part.quality.sound.value}"
    )


def _figures(tally: Tally) -> Iterator[str]:
    """The figures that every report begins with."""
    yield f"calls with any video: {spoken(tally.with_video)}"
    yield f"calls recorded from first to last second: {spoken(tally.complete)}"
    yield f"share of the expected time recorded: {percent(tally.shown_recorded_share)}"
    yield (
        f"late start {tally.late_calls}, early stop {tally.early_calls},"
        f" with gaps {tally.gap_calls}, no video {tally.without_video}, excluded {tally.excluded}"
    )


def _sensitivity(found: Sensitivity) -> str:
    """What a minute of clock error would change."""
    earlier, later = (
        f"{brief(one.with_video)} and {percent(one.shown_recorded_share)} of the time"
        for one in (found.earlier, found.later)
    )
    return f"with every recording a minute earlier or later, any video: {earlier}, or {later}"


def _quality(quality: QualityTally) -> Iterator[str]:
    """Buffer and sound of the calls that have video."""
    yield f"pre-event buffer complete: {spoken(quality.buffer_complete)}"
    yield f"audio throughout: {spoken(quality.with_sound)}, muted {quality.muted}"


def _finding(finding: Finding) -> str:
    """One finding."""
    about = (finding.call, finding.camera, finding.recording)
    times = (None if t is None else iso(t) for t in (finding.start, finding.end))
    return " ".join([f"! {finding.kind.value}:", *(part for part in (*about, *times) if part)])
