"""The department, or one unit, over the calendar, from sums of days or, where they do, of months."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bwc.coverage.day import local_day
from bwc.coverage.fresh_days import FreshDay, measure_missing
from bwc.coverage.groups import Group, Grouping, calendar_name
from bwc.coverage.rule_book import RuleBook
from bwc.coverage.series import Series
from bwc.coverage.sum_figures import tally_of
from bwc.coverage.sum_rules import made_by
from bwc.coverage.summed_rows import nothing, piece_rows, read_crew
from bwc.coverage.sums import Days, summed_pieces
from bwc.coverage.sweep import Integers
from bwc.coverage.trend import SeriesBreak, mark_breaks, require_calendar, rule_breaks
from bwc.timeline import Span

OF_MONTHS = (Grouping.MONTH, Grouping.QUARTER)


def summed_series(
    session: Session,
    days: Days,
    by: Grouping,
    *,
    zone: ZoneInfo,
    rules: RuleBook,
    unit: str | None = None,
    breaks: Sequence[SeriesBreak] = (),
) -> Series:
    """The figures by calendar, as `series` gives them from calls.

    Days in no sum are named, and so is what made the others.

    Raises:
        InvalidInput: not a calendar.
    """
    require_calendar(by)
    period = Span(local_day(days.first, zone).start, local_day(days.last, zone).end)
    pieces, missing = summed_pieces(session, days, by_day=by not in OF_MONTHS)
    fresh, missing = measure_missing(session, missing, zone, rules)
    points: dict[str, Integers] = {}
    found = piece_rows(session, pieces, unit) | _by_day(session, fresh, unit)
    for piece, figures in found.items():
        name = calendar_name(datetime.combine(_day_of(piece), time(), zone), by)
        points[name] = points.get(name, nothing()) + figures
    every = [*breaks, *rule_breaks(rules, period)]
    tallies = [(name, tally_of(points[name].tolist())) for name in sorted(points)]
    groups = [Group(name, one) for name, one in tallies if one.calls or one.excluded]
    return Series(
        by=by,
        period=period,
        rule=rules.words(period),
        breaks=tuple(every),
        points=tuple(mark_breaks(groups, by, zone=zone, breaks=every)),
        missing=tuple(missing),
        made_by=tuple(made_by(session, days.first, days.last, rules)),
    )


def _by_day(session: Session, fresh: Sequence[FreshDay], unit: str | None) -> dict[str, Integers]:
    """What was measured for the page."""
    if not fresh:
        return {}
    members = {one.id for one in read_crew(session, unit)}
    return {
        one.day.isoformat(): sum(
            (
                figures
                for officer, figures in zip(one.found.officers, one.found.figures[0], strict=True)
                if officer in members
            ),
            nothing(),
        )
        for one in fresh
    }


def _day_of(piece: str) -> date:
    """The first day of a day or month by its name."""
    return date.fromisoformat(piece if len(piece) > len("2026-03") else f"{piece}-01")
