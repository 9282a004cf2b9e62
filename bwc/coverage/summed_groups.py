"""Calls of a period put together by district, type or shift and unit, from sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.coverage_sum import CallGroup, CallGroupSum, CoverageSpanKind, UnitCoverageSum
from bwc.coverage.fresh_days import FreshDay, measure_missing
from bwc.coverage.rates import Rate
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.sum_rules import SummedBy, made_by
from bwc.coverage.sums import Days, summed_pieces


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One unit's officer-calls of one group: those with any video of all."""

    grouping: CallGroup
    unit: str
    name: str
    with_video: Rate


@dataclass(frozen=True, slots=True)
class GroupSums:
    """What a period adds up to; `missing` are days in no figure, `made_by` what made the others."""

    lines: tuple[GroupLine, ...]
    missing: tuple[date, ...]
    made_by: tuple[SummedBy, ...]

    def by_name(self, grouping: CallGroup) -> dict[str, Rate]:
        """The department's rates by district, type or shift."""
        found: dict[str, Rate] = {}
        for one in self._of(grouping):
            found[one.name] = _plus(found.get(one.name), one.with_video)
        return found

    def by_unit(self, grouping: CallGroup) -> dict[str, dict[str, Rate]]:
        """Each unit's rates by district, type or shift."""
        found: dict[str, dict[str, Rate]] = {}
        for one in self._of(grouping):
            names = found.setdefault(one.unit, {})
            names[one.name] = _plus(names.get(one.name), one.with_video)
        return found

    def _of(self, grouping: CallGroup) -> Iterable[GroupLine]:
        """The lines of one grouping."""
        return (one for one in self.lines if one.grouping is grouping)


def summed_groups(
    session: Session,
    days: Days,
    groupings: Sequence[CallGroup],
    *,
    zone: ZoneInfo,
    rules: RuleBook,
) -> GroupSums:
    """The calls of a period by these groupings. A day whose groups lack a call is not counted."""
    pieces, missing = summed_pieces(session, days)
    short = set(_short(session, pieces))
    if short:  # months or days that were summed before calls were put together
        pieces, missing = summed_pieces(session, days, by_day=True)
        short = set(_short(session, pieces))
        missing = sorted([*missing, *(date.fromisoformat(one) for one in short)])
        pieces = [one for one in pieces if one not in short]
    fresh, missing = measure_missing(session, missing, zone, rules)
    lines = [*_read(session, pieces, groupings), *_fresh(fresh, groupings)]
    by = made_by(session, days.first, days.last, rules)
    return GroupSums(tuple(lines), tuple(missing), tuple(by))


def _read(
    session: Session, pieces: Sequence[str], groupings: Sequence[CallGroup]
) -> list[GroupLine]:
    """The sums of days and months."""
    row = CallGroupSum
    query = (
        sa.select(
            row.grouping,
            row.unit,
            row.name,
            sa.func.sum(row.with_video),
            sa.func.sum(row.calls),
        )
        .where(row.kind.in_(CoverageSpanKind), row.period.in_(pieces))
        .where(row.grouping.in_(groupings))
        .group_by(row.grouping, row.unit, row.name)
    )
    return [
        GroupLine(grouping, unit, name, Rate(int(part), int(whole)))
        for grouping, unit, name, part, whole in session.execute(query)
    ]


def _fresh(fresh: Sequence[FreshDay], groupings: Sequence[CallGroup]) -> list[GroupLine]:
    """What was measured for the page."""
    return [
        GroupLine(count.grouping, count.unit, count.name, Rate(count.with_video, count.calls))
        for one in fresh
        for count in one.found.groups
        if count.grouping in groupings
    ]


def _short(session: Session, pieces: Sequence[str]) -> list[str]:
    """The pieces whose calls by shift are not all of their units' calls."""
    unit, group = UnitCoverageSum, CallGroupSum
    whole = _calls(session, sa.select(unit.period, sa.func.sum(unit.calls)).where(
        unit.kind.in_(CoverageSpanKind), unit.period.in_(pieces)
    ).group_by(unit.period))  # fmt: skip
    put = _calls(session, sa.select(group.period, sa.func.sum(group.calls)).where(
        group.kind.in_(CoverageSpanKind), group.period.in_(pieces),
        group.grouping == CallGroup.SHIFT,
    ).group_by(group.period))  # fmt: skip
    return [one for one in pieces if put.get(one, 0) != whole.get(one, 0)]


def _calls(session: Session, query: sa.Select[str, int]) -> dict[str, int]:
    """The calls of each piece."""
    return {piece: int(calls) for piece, calls in session.execute(query)}


def _plus(first: Rate | None, second: Rate) -> Rate:
    """Two groups of calls as one."""
    if first is None:
        return second
    return Rate(first.part + second.part, first.whole + second.whole)
