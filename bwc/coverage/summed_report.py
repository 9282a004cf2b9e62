"""The department over a period, from its sums: what a page shows, however large the department.

A day that is not summed is measured from the records where it has few calls; otherwise it is named
as missing and in no figure. Officers come a page at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.clock import iso
from bwc.coverage.day import local_day
from bwc.coverage.department import Officer
from bwc.coverage.finding_counts import count_findings
from bwc.coverage.findings import FindingKind
from bwc.coverage.fresh_days import FreshDay, measure_missing
from bwc.coverage.measure import seconds
from bwc.coverage.quality import QualityTally
from bwc.coverage.rates import Rate, rounded
from bwc.coverage.report import MOVED, OfficerLine
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.sum_figures import named, quality_of, tally_of
from bwc.coverage.sum_rules import SummedBy, made_by
from bwc.coverage.summed_equipment import (
    SummedEquipment,
    ever_on_duty,
    idle_cameras,
    longest_without,
    time_without,
)
from bwc.coverage.summed_rows import Crew, nothing, officer_rows, read_crew, unit_rows
from bwc.coverage.sums import Days, summed_pieces
from bwc.coverage.sweep import Integers
from bwc.coverage.tally import Tally
from bwc.coverage.units import UnitLine
from bwc.timeline import Span


@dataclass(frozen=True, slots=True)
class MovedFigures:
    """The figures with every recording a minute earlier, or later."""

    with_video: Rate
    complete: Rate
    recorded_share: float | None

    @property
    def shown_recorded_share(self) -> float | None:
        """Recorded part of the expected time, or None of too few calls."""
        return None if self.with_video.is_small else self.recorded_share

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "with_video": rounded(self.with_video.shown_share),
            "complete": rounded(self.complete.shown_share),
            "recorded_share": rounded(self.shown_recorded_share),
            "with_video_calls": self.with_video.part,
            "complete_calls": self.complete.part,
        }


@dataclass(frozen=True, slots=True)
class SummedSensitivity:
    """How much hangs on exact clocks."""

    earlier: MovedFigures
    later: MovedFigures

    def document(self) -> JsonObject:
        """As JSON."""
        return {
            "moved_seconds": seconds(MOVED),
            "earlier": self.earlier.document(),
            "later": self.later.document(),
        }


@dataclass(frozen=True, slots=True)
class SummedReport:
    """The department, or one unit of it, over a period.

    `officers` are those of one page, `crew` counts all; `missing` are days in no figure;
    `finding_counts` counts the stored findings. `rule` is what counts on these days, `made_by`
    what their sums were made by.
    """

    unit: str | None
    period: Span[datetime]
    rule: str
    made_by: tuple[SummedBy, ...]
    equipment: SummedEquipment
    tally: Tally
    quality: QualityTally
    sensitivity: SummedSensitivity
    units: tuple[UnitLine, ...]
    officers: tuple[OfficerLine, ...]
    crew: int
    missing: tuple[date, ...]
    finding_counts: dict[FindingKind, int]

    def document(self) -> JsonObject:
        """As JSON; the first figure says whether every officer has a camera."""
        counts: JsonObject = {kind.value: n for kind, n in self.finding_counts.items()}
        return {
            "since": iso(self.period.start),
            "until": iso(self.period.end),
            "rule": self.rule,
            "made_by": [one.document() for one in self.made_by],
            "missing": [day.isoformat() for day in self.missing],
            "equipment": self.equipment.document(),
            **(self._of_all() if self.unit is None else self._of_unit(self.unit)),
            "elsewhere": None,  # sums know nothing of other systems' lists
            "units": [one.document() for one in self.units],
            "officers": [one.document() for one in self.officers],
            "officers_in_all": self.crew,
            "finding_counts": counts,
        }

    def _of_all(self) -> JsonObject:
        """The department's figures."""
        return {
            "figures": self.tally.document(),
            "quality": self.quality.document(),
            "sensitivity": self.sensitivity.document(),
        }

    def _of_unit(self, name: str) -> JsonObject:
        """One unit's figures; small shares are null."""
        return {
            "unit": name,
            "figures": self.tally.document(),
            "quality": self.quality.counts(),
            "sensitivity": self.sensitivity.document(),
        }


@dataclass(frozen=True, slots=True)
class Page:
    """Which officers: from `first` (0 is the first by badge) at most `size`, of one unit or all."""

    first: int
    size: int
    unit: str | None = None


NOBODY = Page(0, 0)
EVERYBODY = 1_000_000  # officers on a page that shows all of them


def summed_report(
    session: Session,
    days: Days,
    page: Page,
    *,
    zone: ZoneInfo,
    rules: RuleBook = ALWAYS_ON_SCENE,
) -> SummedReport:
    """The figures of some days."""
    pieces, missing = summed_pieces(session, days)
    crew = read_crew(session, page.unit)
    fresh, missing = measure_missing(session, missing, zone, rules)
    extra = _by_officer(fresh)
    by_unit = _add_units(unit_rows(session, pieces, page.unit), crew, extra)
    whole = sum(by_unit.values(), nothing()).tolist()
    shown = crew[page.first : page.first + page.size]
    sums = officer_rows(session, pieces, [one.id for one in shown])
    figures = named(whole)
    period = Span(local_day(days.first, zone).start, local_day(days.last, zone).end)
    on_duty = ever_on_duty(session, pieces, crew, extra)
    without = time_without(session, pieces, crew, extra)
    return SummedReport(
        unit=page.unit,
        period=period,
        rule=rules.words(period),
        made_by=tuple(made_by(session, days.first, days.last, rules)),
        equipment=SummedEquipment(
            equipped=Rate(len(on_duty - without.keys()), len(on_duty)),
            duty_share=1 - figures["bare_us"] / figures["duty_us"] if figures["duty_us"] else None,
            duties=longest_without(session, pieces, crew, extra, without=without),
            idle_cameras=idle_cameras(session, period),
        ),
        tally=tally_of(whole),
        quality=quality_of(whole),
        sensitivity=SummedSensitivity(_moved(figures, "earlier"), _moved(figures, "later")),
        units=_unit_lines(by_unit, crew, on_duty, without),
        officers=tuple(
            _line(one, sums.get(one.id, nothing()) + extra.get(one.id, nothing())) for one in shown
        ),
        crew=len(crew),
        missing=tuple(missing),
        finding_counts=count_findings(session, period, unit=page.unit),
    )


def _by_officer(fresh: Sequence[FreshDay]) -> dict[str, Integers]:
    """What was measured for the page, by officer."""
    extra: dict[str, Integers] = {}
    for one in fresh:
        figures = one.found.figures[0]
        for place in np.flatnonzero(figures.any(axis=1)).tolist():
            officer = one.found.officers[place]
            extra[officer] = extra.get(officer, nothing()) + figures[place]
    return extra


def _add_units(
    units: dict[str, Integers], crew: Crew, extra: dict[str, Integers]
) -> dict[str, Integers]:
    """The sums of units with what was measured of their officers."""
    for one in crew:
        if one.id in extra:
            unit = one.unit
            units[unit] = units.get(unit, nothing()) + extra[one.id]
    return units


def _unit_lines(
    by_unit: Mapping[str, Integers], crew: Crew, on_duty: set[str], without: Mapping[str, int]
) -> tuple[UnitLine, ...]:
    """Every unit that has an officer or a sum, by name."""
    members: dict[str, set[str]] = {unit: set() for unit in by_unit}
    for one in crew:
        members.setdefault(one.unit, set()).add(one.id)
    return tuple(
        UnitLine(
            unit,
            officers=len(keys),
            equipped=Rate(len((keys & on_duty) - without.keys()), len(keys & on_duty)),
            tally=tally_of(by_unit.get(unit, nothing()).tolist()),
        )
        for unit, keys in sorted(members.items())
    )


def _moved(figures: dict[str, int], name: str) -> MovedFigures:
    """The shares with every recording moved."""
    calls, expected = figures["calls"], figures["expected_us"]
    return MovedFigures(
        Rate(figures[f"{name}_with_video"], calls),
        Rate(figures[f"{name}_complete"], calls),
        figures[f"{name}_us"] / expected if expected else None,
    )


def _line(one: sa.Row[str, str, str, str, bool], figures: Integers) -> OfficerLine:
    """One officer's figures."""
    row = figures.tolist()
    return OfficerLine(Officer(*one[1:]), tally_of(row), quality_of(row))
