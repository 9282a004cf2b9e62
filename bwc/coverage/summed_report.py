"""The department over a period, from its sums: what a page shows, however large the department.

A day that is not summed is measured from the records where it has few calls; otherwise it is named
as missing and in no figure. Officers come a page at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog import tables
from bwc.catalog.coverage_sum import (
    FIGURES,
    WITHOUT_CAMERA,
    CoverageSpanKind,
    CoverageSum,
    UnitCoverageSum,
)
from bwc.coverage.day import local_day
from bwc.coverage.day_figures import PLACE
from bwc.coverage.department import Officer
from bwc.coverage.finding_counts import count_findings, newest_findings
from bwc.coverage.findings import Finding, FindingKind
from bwc.coverage.lines import MICROSECOND
from bwc.coverage.quality import QualityTally
from bwc.coverage.rates import Rate
from bwc.coverage.report import OfficerLine
from bwc.coverage.rule_book import ALWAYS_ON_SCENE, RuleBook
from bwc.coverage.sum_figures import named, quality_of, tally_of
from bwc.coverage.sum_rules import SummedBy, made_by
from bwc.coverage.sums import Days, measure_days, summed, summed_pieces
from bwc.coverage.sweep import Integers
from bwc.coverage.tally import Tally
from bwc.timeline import Span

MEASURED_CALLS = 1_000  # so many are measured while a page waits; more are for the hourly job
LONGEST_SHOWN = 20

Crew: TypeAlias = Sequence[sa.Row[str, str, str, str, bool]]  # key, badge, name, unit, sworn


@dataclass(frozen=True, slots=True)
class MovedFigures:
    """The figures with every recording a minute earlier, or later."""

    with_video: Rate
    complete: Rate


@dataclass(frozen=True, slots=True)
class SummedSensitivity:
    """How much hangs on exact clocks."""

    earlier: MovedFigures
    later: MovedFigures


@dataclass(frozen=True, slots=True)
class SummedDuty:
    """One sworn officer who was on duty without a working camera for some time."""

    badge: str
    on_duty: timedelta
    without: timedelta
    is_equipped: bool = False


@dataclass(frozen=True, slots=True)
class SummedEquipment:
    """Share of sworn officers on duty who had a working camera in every second of it.

    `duties` are those who were without one longest, at most `LONGEST_SHOWN`; `idle_cameras` are
    the first so many that nobody had.
    """

    equipped: Rate
    duty_share: float | None
    duties: tuple[SummedDuty, ...]
    idle_cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit and its figures."""

    unit: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class SummedReport:
    """The department, or one unit of it, over a period.

    `officers` are those of one page, `crew` counts all; `missing` are days in no figure;
    `findings` are the newest of the stored ones, `finding_counts` counts all by kind. `rule` is
    what counts on these days, `made_by` what their sums were made by.
    """

    equipment: SummedEquipment
    tally: Tally
    quality: QualityTally
    sensitivity: SummedSensitivity
    units: tuple[UnitLine, ...]
    officers: tuple[OfficerLine, ...]
    crew: int
    missing: tuple[date, ...]
    findings: tuple[Finding, ...]
    finding_counts: dict[FindingKind, int]
    rule: str
    made_by: tuple[SummedBy, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Which officers: from `first` (0 is the first by badge) at most `size`, of one unit or all."""

    first: int
    size: int
    unit: str | None = None


def summed_report(
    session: Session, days: Days, page: Page, *, zone: ZoneInfo, rules: RuleBook = ALWAYS_ON_SCENE
) -> SummedReport:
    """The figures of some days."""
    pieces, missing = summed_pieces(session, days)
    crew = _crew(session, page.unit)
    extra, missing = _measure_missing(session, missing, zone, rules)
    by_unit = _add_units(_units(session, pieces, page.unit), crew, extra)
    whole = sum(by_unit.values(), _nothing()).tolist()
    shown = crew[page.first : page.first + page.size]
    sums = _officers(session, pieces, [one.id for one in shown])
    figures = named(whole)
    period = Span(local_day(days.first, zone).start, local_day(days.last, zone).end)
    return SummedReport(
        equipment=_equipment(session, pieces, crew, extra, figures=figures, period=period),
        tally=tally_of(whole),
        quality=quality_of(whole),
        sensitivity=SummedSensitivity(_moved(figures, "earlier"), _moved(figures, "later")),
        units=tuple(
            UnitLine(unit, tally_of(row.tolist())) for unit, row in sorted(by_unit.items())
        ),
        officers=tuple(
            _line(one, sums.get(one.id, _nothing()) + extra.get(one.id, _nothing()))
            for one in shown
        ),
        crew=len(crew),
        missing=tuple(missing),
        findings=newest_findings(session, period, most=LONGEST_SHOWN, unit=page.unit),
        finding_counts=count_findings(session, period, unit=page.unit),
        rule=rules.words(period),
        made_by=tuple(made_by(session, days.first, days.last, rules)),
    )


def _crew(session: Session, unit: str | None) -> Crew:
    """Officers by badge."""
    row = tables.Officer
    query = sa.select(row.id, row.badge, row.name, row.unit, row.sworn).order_by(row.badge)
    if unit is not None:
        query = query.where(row.unit == unit)
    return session.connection().execute(query).all()


def _measure_missing(
    session: Session, missing: Sequence[date], zone: ZoneInfo, rules: RuleBook
) -> tuple[dict[str, Integers], list[date]]:
    """The figures by officer of the days that have few calls, and the days that have too many."""
    extra: dict[str, Integers] = {}
    left: list[date] = []
    budget = MEASURED_CALLS
    for day in missing:
        calls = _count_calls(session, day, zone, budget)
        if calls > budget:
            left.append(day)
            continue
        budget -= calls
        officers, figures = measure_days(session, Days(day, day), zone=zone, rules=rules)
        for place in np.flatnonzero(figures[0].any(axis=1)).tolist():
            extra[officers[place]] = extra.get(officers[place], _nothing()) + figures[0, place]
    return extra, left


def _count_calls(session: Session, day: date, zone: ZoneInfo, most: int) -> int:
    """How many calls a day has; not counted beyond one more than `most`."""
    row, span = tables.Call, local_day(day, zone)
    some = (
        sa.select(row.id)
        .where(row.received_at >= span.start, row.received_at < span.end)
        .limit(most + 1)
        .subquery()
    )
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def _units(session: Session, pieces: Sequence[str], unit: str | None) -> dict[str, Integers]:
    """The sums of each unit, or of one."""
    row = UnitCoverageSum
    query = (
        sa.select(row.unit, *summed(row))
        .where(row.kind.in_(CoverageSpanKind), row.period.in_(pieces))
        .group_by(row.unit)
    )
    if unit is not None:
        query = query.where(row.unit == unit)
    return {one[0]: _row(one[1:]) for one in session.execute(query)}


def _add_units(
    units: dict[str, Integers], crew: Crew, extra: dict[str, Integers]
) -> dict[str, Integers]:
    """The sums of units with what was measured of their officers."""
    for one in crew:
        if one.id in extra:
            unit = one.unit
            units[unit] = units.get(unit, _nothing()) + extra[one.id]
    return units


def _officers(session: Session, pieces: Sequence[str], keys: Sequence[str]) -> dict[str, Integers]:
    """The sums of some officers."""
    row = CoverageSum
    query = (
        sa.select(row.officer_id, *summed(row))
        .where(row.kind.in_(CoverageSpanKind), row.period.in_(pieces), row.officer_id.in_(keys))
        .group_by(row.officer_id)
    )
    return {one[0]: _row(one[1:]) for one in session.execute(query)}


def _equipment(
    session: Session,
    pieces: Sequence[str],
    crew: Crew,
    extra: dict[str, Integers],
    *,
    figures: dict[str, int],
    period: Span[datetime],
) -> SummedEquipment:
    """How many of those on duty were never without a camera, and who was without one longest."""
    duty, bare = PLACE["duty_us"], PLACE["bare_us"]
    here = {one.id: one.badge for one in crew}
    on_duty = _on_duty(session, pieces) & here.keys()
    on_duty |= {key for key in here.keys() & extra.keys() if extra[key][duty]}
    row = CoverageSum
    query = (
        sa.select(row.officer_id, sa.func.sum(row.bare_us))
        .where(row.kind.in_(CoverageSpanKind), row.period.in_(pieces), WITHOUT_CAMERA)
        .group_by(row.officer_id)
    )
    without = {one[0]: int(one[1]) for one in session.execute(query) if one[0] in here}
    for key in here.keys() & extra.keys():
        if extra[key][bare]:
            without[key] = without.get(key, 0) + int(extra[key][bare])
    longest = sorted(without, key=lambda key: (-without[key], here[key]))[:LONGEST_SHOWN]
    sums = _officers(session, pieces, longest)
    whole = figures["duty_us"]
    return SummedEquipment(
        equipped=Rate(len(on_duty - without.keys()), len(on_duty)),
        duty_share=1 - figures["bare_us"] / whole if whole else None,
        duties=tuple(
            SummedDuty(
                here[key],
                on_duty=MICROSECOND
                * int((sums.get(key, _nothing()) + extra.get(key, _nothing()))[duty]),
                without=MICROSECOND * without[key],
            )
            for key in longest
        ),
        idle_cameras=_idle_cameras(session, period),
    )


def _on_duty(session: Session, pieces: Sequence[str]) -> set[str]:
    """Who had any duty: one look at the first row that says so, not at all of them."""
    row, officer = CoverageSum, tables.Officer
    has_duty = sa.exists().where(
        row.kind.in_(CoverageSpanKind),
        row.period.in_(pieces),
        row.officer_id == officer.id,
        row.duty_us > 0,
    )
    return set(session.scalars(sa.select(officer.id).where(has_duty)))


def _idle_cameras(session: Session, period: Span[datetime]) -> tuple[str, ...]:
    """Cameras in service that nobody had in the period."""
    row, hand = tables.Camera, tables.Assignment
    held = sa.exists().where(
        hand.camera_id == row.id,
        hand.starts_at < period.end,
        sa.or_(hand.ends_at.is_(None), hand.ends_at > period.start),
    )
    query = sa.select(row.serial).where(row.in_service, ~held).order_by(row.serial)
    return tuple(session.scalars(query.limit(LONGEST_SHOWN)))


def _moved(figures: dict[str, int], name: str) -> MovedFigures:
    """The shares with every recording moved."""
    calls = figures["calls"]
    return MovedFigures(
        Rate(figures[f"{name}_with_video"], calls), Rate(figures[f"{name}_complete"], calls)
    )


def _line(one: sa.Row[str, str, str, str, bool], figures: Integers) -> OfficerLine:
    """One officer's figures."""
    row = figures.tolist()
    return OfficerLine(Officer(*one[1:]), tally_of(row), quality_of(row))


def _row(figures: Sequence[int]) -> Integers:
    """A row of sums; PostgreSQL gives decimals."""
    return np.array([int(one) for one in figures], dtype=np.int64)


def _nothing() -> Integers:
    """A row of zeros."""
    return np.zeros(len(FIGURES), dtype=np.int64)
