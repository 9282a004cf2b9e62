"""Coverage of one officer and of the department over a period, from the catalog.

A call belongs to the period in which it was received; its recordings count wherever they lie. A
recording belongs to the period in which it began. The department's first figure is the share of
sworn officers on duty who had a working camera.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog import tables
from bwc.clock import as_utc, iso
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.catalog_source import read_period, with_earlier_calls
from bwc.coverage.department import Department, Officer
from bwc.coverage.elsewhere import elsewhere, elsewhere_document
from bwc.coverage.equipment import Equipment, equipment
from bwc.coverage.existence import exists
from bwc.coverage.expected import OfficerCall
from bwc.coverage.findings import Finding, FindingKind, find
from bwc.coverage.ledger_lines import as_the_ledger
from bwc.coverage.measure import Coverage, measure
from bwc.coverage.moved import Sensitivity, move, sensitivity
from bwc.coverage.on_shift import on_shifts
from bwc.coverage.quality import QualityTally, count, examine
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook, expected_calls
from bwc.coverage.tally import Tally, tally
from bwc.errors import InvalidInput, NotFound
from bwc.timeline import Span

SHORTEST = timedelta(microseconds=1)
MOVED = timedelta(seconds=60)  # as far as dispatch times and camera clocks may be apart unnoticed


@dataclass(frozen=True, slots=True)
class OfficerReport:
    """One officer over a period; `calls` by the time they were received."""

    officer: Officer
    period: Span[datetime]
    rule: str
    tally: Tally
    quality: QualityTally
    sensitivity: Sensitivity
    equipment: Equipment
    calls: tuple[CallCoverage, ...]
    findings: tuple[Finding, ...]

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            **_heading(self.period, self.rule),
            "officer": _officer(self.officer),
            "figures": self.tally.document(),
            "quality": self.quality.document(),
            "sensitivity": self.sensitivity.document(),
            "equipment": self.equipment.document(),
            "elsewhere": elsewhere_document(part.elsewhere for part in self.calls),
            "calls": [part.document() for part in self.calls],
            "findings": _findings(self.findings),
        }


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """One officer in the department's table. Its share is left out where n is small."""

    officer: Officer
    tally: Tally
    quality: QualityTally

    def document(self) -> JsonObject:
        """As JSON; small shares and their intervals are null."""
        return {
            "officer": _officer(self.officer),
            "figures": self.tally.document(),
            "quality": self.quality.counts(),
        }


@dataclass(frozen=True, slots=True)
class DepartmentReport:
    """The department over a period; `officers` by badge, those without any call included.

    `calls` are what the figures are made of; they are not in the document.
    """

    period: Span[datetime]
    rule: str
    equipment: Equipment
    tally: Tally
    quality: QualityTally
    sensitivity: Sensitivity
    officers: tuple[OfficerLine, ...]
    calls: tuple[CallCoverage, ...]
    findings: tuple[Finding, ...]

    def found(self, kind: FindingKind) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind is kind)

    @property
    def finding_counts(self) -> dict[FindingKind, int]:
        """How many findings there are of each kind."""
        return {kind: len(self.found(kind)) for kind in FindingKind}

    def document(self) -> JsonObject:
        """As JSON; the first figure says whether every officer has a camera."""
        return {
            **_heading(self.period, self.rule),
            "equipment": self.equipment.document(),
            "figures": self.tally.document(),
            "quality": self.quality.document(),
            "sensitivity": self.sensitivity.document(),
            "elsewhere": elsewhere_document(part.elsewhere for part in self.calls),
            "officers": [line.document() for line in self.officers],
            "findings": _findings(self.findings),
        }


def about_call(part: CallCoverage) -> Iterator[Finding]:
    """What is wrong with one officer's call beside that it has no video."""
    found = partial(
        Finding, badge=part.coverage.badge, call=part.call.number, start=part.call.received
    )
    if part.existence.missing:
        yield found(FindingKind.MISSING_FOOTAGE, why=part.existence.missing)
    if part.quality.muted:
        why = f"{part.quality.muted.total_seconds():.0f} s recorded without sound"
        yield found(FindingKind.MUTED, why=why)


def officer_coverage(
    session: Session,
    badge: str,
    since: datetime,
    until: datetime,
    *,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> OfficerReport:
    """The officer with this badge over `[since, until)`.

    Raises:
        NotFound: no officer has that badge.
        InvalidInput: the period is empty or has no zone.
    """
    period = _period(since, until)
    department = read_period(session, period, badge=badge)
    if not department.officers:
        raise NotFound("no officer has this badge", got=badge)
    measured = _measured(department, period, rules)
    calls = _with_moved(department, as_the_ledger(session, department, measured))
    duty = replace(equipment(department, period), idle_cameras=())
    return OfficerReport(
        officer=department.officers[0],
        period=period,
        rule=rules.words(period),
        tally=tally(part.coverage for part in calls),
        quality=count(part.quality for part in calls),
        sensitivity=sensitivity_of(calls),
        equipment=duty,
        calls=tuple(sorted(calls, key=lambda part: (part.call.received, part.call.number))),
        findings=tuple(
            finding for finding in _found(department, period, calls, duty) if finding.badge == badge
        ),
    )


def period_calls(
    session: Session, period: Span[datetime], *, rules: RuleBook = ALWAYS_ON_SCENE
) -> list[CallCoverage]:
    """Every officer on every call received in the period."""
    return _measured(read_period(session, period), period, rules)


def sensitivity_of(calls: Iterable[CallCoverage]) -> Sensitivity:
    """What a minute of clock error would change of calls that carry it."""
    return sensitivity((part.moved for part in calls if part.moved is not None), MOVED)


def call_coverage(
    session: Session, number: str, *, rules: RuleBook = ALWAYS_ON_SCENE
) -> list[CallCoverage]:
    """Every officer on one call, by badge.

    Raises:
        NotFound: no call has that number.
    """
    return _on_call(session, number, rules)[1]


def moved_call_coverage(
    session: Session, number: str, *, rules: RuleBook = ALWAYS_ON_SCENE
) -> list[CallCoverage]:
    """The same, each with what a minute of clock error would change."""
    return _with_moved(*_on_call(session, number, rules))


def department_coverage(
    session: Session, since: datetime, until: datetime, *, rules: RuleBook = ALWAYS_ON_SCENE
) -> DepartmentReport:
    """Every officer over `[since, until)`.

    Raises:
        InvalidInput: the period is empty or has no zone.
    """
    period = _period(since, until)
    department = with_earlier_calls(session, read_period(session, period), period)
    measured = _measured(department, period, rules)
    calls = _with_moved(department, as_the_ledger(session, department, measured))
    duty = equipment(department, period)
    by_badge: dict[str, list[CallCoverage]] = {}
    for part in calls:
        by_badge.setdefault(part.coverage.badge, []).append(part)
    return DepartmentReport(
        period=period,
        rule=rules.words(period),
        equipment=duty,
        tally=tally(part.coverage for part in calls),
        quality=count(part.quality for part in calls),
        sensitivity=sensitivity_of(calls),
        calls=tuple(calls),
        officers=tuple(
            _officer_line(officer, by_badge.get(officer.badge, ()))
            for officer in department.officers
        ),
        findings=tuple(_found(department, period, calls, duty)),
    )


def _on_call(
    session: Session, number: str, rules: RuleBook
) -> tuple[Department, list[CallCoverage]]:
    """The officers on one call, and all that was read to measure them."""
    received = session.scalar(
        sa.select(tables.Call.received_at).where(tables.Call.number == number)
    )
    if received is None:
        raise NotFound("no call has this number", got=number)
    period = Span(received, received + SHORTEST)
    department = read_period(session, period)
    calls = _measured(department, period, rules)
    return department, [part for part in calls if part.call.number == number]


def _period(since: datetime, until: datetime) -> Span[datetime]:
    """The period, in UTC."""
    start, end = as_utc(since), as_utc(until)
    if not start < end:
        raise InvalidInput("the period must end after it begins", got=f"{iso(start)} to {iso(end)}")
    return Span(start, end)


def _officer_line(officer: Officer, calls: Sequence[CallCoverage]) -> OfficerLine:
    """One officer's figures."""
    figures = tally(part.coverage for part in calls)
    return OfficerLine(officer, figures, count(part.quality for part in calls))


def _measured(
    department: Department, period: Span[datetime], rules: RuleBook
) -> list[CallCoverage]:
    """The calls received in the period, measured and examined."""
    calls = _officer_calls(department, period, rules)
    numbers = {call.number: call for call in department.calls}
    coverages = _coverages(department, calls)
    parts = zip(
        calls,
        coverages,
        examine(calls, department),
        exists(calls, coverages, department),
        on_shifts(calls, department.shifts),
        elsewhere(calls, department),
        strict=True,
    )
    return [
        CallCoverage(numbers[duty.call], duty, seen, quality, there, shift, other)
        for duty, seen, quality, there, shift, other in parts
    ]


def _officer_calls(
    department: Department, period: Span[datetime], rules: RuleBook
) -> list[OfficerCall]:
    """What was expected on the calls received in the period."""
    received = {
        call.number for call in department.calls if period.start <= call.received < period.end
    }
    units = [unit for unit in department.call_units if unit.call in received]
    return expected_calls(department.calls, units, rules, crew=department.officers)


def _coverages(department: Department, calls: Sequence[OfficerCall]) -> list[Coverage]:
    """What was recorded of these calls."""
    return measure(calls, recordings=department.recordings, assignments=department.assignments)


def _with_moved(department: Department, calls: Sequence[CallCoverage]) -> list[CallCoverage]:
    """The calls, each with what a minute of clock error would change."""
    moved = move(department, [part.duty for part in calls], MOVED)
    return [replace(part, moved=one) for part, one in zip(calls, moved, strict=True)]


def _found(
    department: Department,
    period: Span[datetime],
    calls: Sequence[CallCoverage],
    duty: Equipment,
) -> list[Finding]:
    """Findings on the calls, the duty and the recordings of the period."""
    listed = {
        (part.call.number, part.coverage.badge): f"recorded by the list of {sources}, no file here"
        for part in calls
        if (sources := ", ".join(part.elsewhere.sources))
    }
    found = [
        *find(department, coverages=[part.coverage for part in calls], equipment=duty),
        *(finding for part in calls for finding in about_call(part)),
    ]
    return [
        replace(finding, why=listed.get((finding.call or "", finding.badge or ""), ""))
        if finding.kind is FindingKind.NO_VIDEO
        else finding
        for finding in found
        if finding.recording is None
        or (finding.start is not None and period.start <= finding.start < period.end)
    ]


def _heading(period: Span[datetime], rule: str) -> JsonObject:
    """What every report begins with."""
    return {"since": iso(period.start), "until": iso(period.end), "rule": rule}


def _officer(officer: Officer) -> JsonObject:
    """Who."""
    return {
        "badge": officer.badge,
        "name": officer.name,
        "unit": officer.unit,
        "sworn": officer.sworn,
    }


def _findings(findings: Sequence[Finding]) -> list[Json]:
    """As JSON."""
    return [finding.document() for finding in findings]
