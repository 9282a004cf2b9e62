"""Where a clock ends that stood still.

What is left of the clock when it stops is what is left when it goes on: so many calendar days, or
so many business days, after the day on which the standstill ends. A standstill that begins after
the clock has run out changes nothing, and days that lie in two standstills count once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from bwc.policy.lengths import Length, Unit, days_between, later_by
from bwc.policy.moments import Moment, day_of, is_after, sort_key
from bwc.policy.scope import Scope


@dataclass(frozen=True, slots=True)
class Standstill:
    """One interval, in which a clock does not run, and why."""

    name: str
    opened: Moment
    closed: Moment


@dataclass(frozen=True, slots=True)
class Resumed:
    """The end after all standstills; `stopped` are the days each took, by its name."""

    end: Moment
    stopped: tuple[tuple[str, int], ...] = ()


def standstills(
    name: str, starts: Sequence[Moment], ends: Sequence[Moment], scope: Scope
) -> list[Standstill]:
    """The intervals between starts and ends, in their order; an open one lasts until now."""
    zone = scope.terms.zone
    opened, closed = (
        sorted(moments, key=lambda m: sort_key(m, zone)) for moments in (starts, ends)
    )
    return [
        Standstill(name, first, scope.now if last is None else last)
        for first, last in zip_longest(opened, closed)
        if first is not None
    ]


def resumed(
    start: Moment, end: Moment, found: Sequence[Standstill], *, unit: Unit, scope: Scope
) -> Resumed:
    """Where a clock from `start` ends that would end at `end` without the standstills `found`."""
    zone = scope.terms.zone
    stopped: dict[str, int] = {}
    ran_until = start
    for item in sorted(found, key=lambda s: sort_key(s.opened, zone)):
        opened = item.opened if is_after(item.opened, ran_until, zone) else ran_until
        if is_after(opened, end, zone) or not is_after(item.closed, opened, zone):
            continue
        later = _moved(end, opened, item.closed, unit=unit, scope=scope)
        days = days_between(end, later, unit, scope)
        stopped[item.name] = stopped.get(item.name, 0) + days
        end, ran_until = later, item.closed
    return Resumed(end, tuple((name, days) for name, days in stopped.items() if days))


def _moved(end: Moment, opened: Moment, closed: Moment, *, unit: Unit, scope: Scope) -> Moment:
    """The end of a clock that stood still from `opened` to `closed`."""
    if unit is Unit.BUSINESS_DAYS:
        left = days_between(opened, end, unit, scope)
        day = day_of(closed, scope.terms.zone)
        if left == 0:
            return scope.terms.calendar.next_business_day(day)
        return Length(left, unit).after(day, scope)
    if isinstance(opened, datetime) and isinstance(closed, datetime) and isinstance(end, datetime):
        return later_by(end, closed.astimezone(UTC) - opened.astimezone(UTC))
    return later_by(end, timedelta(days=days_between(opened, closed, unit, scope)))
