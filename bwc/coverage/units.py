"""The department's report unit by unit: which officers are in it, and their figures. Pure.

An officer's calls count for the unit he is in now: the catalog keeps no former units.
"""

from dataclasses import dataclass
from datetime import datetime

from bwc.canonical import Json, JsonObject
from bwc.clock import iso
from bwc.coverage.call_coverage import CallCoverage
from bwc.coverage.elsewhere import elsewhere_document
from bwc.coverage.equipment import Equipment
from bwc.coverage.findings import Finding
from bwc.coverage.moved import Sensitivity
from bwc.coverage.quality import QualityTally, count
from bwc.coverage.rates import Rate
from bwc.coverage.report import DepartmentReport, OfficerLine, sensitivity_of
from bwc.coverage.tally import Tally, tally
from bwc.errors import NotFound
from bwc.timeline import Span


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in a list of them: how many officers it has, those equipped, and its figures."""

    name: str
    officers: int
    equipped: Rate
    tally: Tally

    def document(self) -> JsonObject:
        """As JSON; small shares are null."""
        return {
            "unit": self.name,
            "officers": self.officers,
            "equipped": self.equipped.document(),
            "figures": self.tally.document(),
        }


@dataclass(frozen=True, slots=True)
class UnitReport:
    """One unit over a period; `officers` by badge, `calls` what the figures are made of."""

    name: str
    period: Span[datetime]
    rule: str
    equipment: Equipment
    tally: Tally
    quality: QualityTally
    sensitivity: Sensitivity
    officers: tuple[OfficerLine, ...]
    calls: tuple[CallCoverage, ...]
    findings: tuple[Finding, ...]

    def line(self) -> UnitLine:
        """The unit in a list of them."""
        return UnitLine(self.name, len(self.officers), self.equipment.equipped, self.tally)

    def document(self) -> JsonObject:
        """As JSON; the first figure says whether every officer of the unit has a camera."""
        officers: list[Json] = [one.document() for one in self.officers]
        findings: list[Json] = [one.document() for one in self.findings]
        return {
            "since": iso(self.period.start),
            "until": iso(self.period.end),
            "rule": self.rule,
            "unit": self.name,
            "equipment": self.equipment.document(),
            "figures": self.tally.document(),
            "quality": self.quality.counts(),
            "sensitivity": self.sensitivity.document(),
            "elsewhere": elsewhere_document(part.elsewhere for part in self.calls),
            "officers": officers,
            "findings": findings,
        }


def unit_reports(report: DepartmentReport) -> list[UnitReport]:
    """Every unit that has an officer, by name."""
    names = sorted({line.officer.unit for line in report.officers})
    return [unit_report(report, name) for name in names]


def unit_report(report: DepartmentReport, name: str) -> UnitReport:
    """One unit.

    Raises:
        NotFound: no officer is in a unit of that name.
    """
    officers = tuple(line for line in report.officers if line.officer.unit == name)
    if not officers:
        raise NotFound("no officer is in a unit of this name", got=name)
    badges = {line.officer.badge for line in officers}
    calls = tuple(part for part in report.calls if part.coverage.badge in badges)
    duties = tuple(duty for duty in report.equipment.duties if duty.badge in badges)
    return UnitReport(
        name=name,
        period=report.period,
        rule=report.rule,
        equipment=Equipment(duties, idle_cameras=()),
        tally=tally(part.coverage for part in calls),
        quality=count(part.quality for part in calls),
        sensitivity=sensitivity_of(calls),
        officers=officers,
        calls=calls,
        findings=tuple(one for one in report.findings if one.badge in badges),
    )
