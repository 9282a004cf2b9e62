"""Clocks of the law: from an event, so many days, and what stretches or stops them.

Days are counted in the pack's zone: the day of the event is excluded, the last day included,
unless the rule says otherwise. Hours run from the instant. A clock may also run backwards.
Source of the vocabulary: the units, anchors, rolls, tolls, extensions and caps of DESIGN.md
section 6.
"""

import calendar as months_of
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bwc.policy.calendars import Calendar
from bwc.policy.facts import look_up, values_at
from bwc.policy.kinds import Absent, Unknown
from bwc.policy.kleene import Truth
from bwc.policy.moments import Moment, day_of, is_after, sort_key
from bwc.policy.scope import Scope
from bwc.policy.vocabulary import FACTS

if TYPE_CHECKING:
    from bwc.policy.conditions import Condition, Entries


class Unit(StrEnum):
    """What a clock counts."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"
    YEARS = "years"


class Roll(StrEnum):
    """Where a clock ends that would end on a day the agency does not work."""

    NONE = "none"
    NEXT = "next_business_day"
    PREVIOUS = "previous_business_day"


class Pick(StrEnum):
    """Which of several anchors starts the clock."""

    EARLIEST = "earliest"
    LATEST = "latest"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Source:
    """One event that can start a clock: a fact, a register's field, or another clock's end."""

    path: tuple[str, ...] = ()
    entries: "Entries | None" = None
    clock: "Clock | None" = None

    def moments(self, scope: Scope) -> tuple[list[Moment], tuple[str, ...]]:
        """The moments on record, and the names of those that are not known."""
        if self.clock is not None:
            reading = self.clock.read(scope)
            return ([] if reading.due is None else [reading.due]), reading.missing
        if self.entries is not None:
            return self._chosen(self.entries, scope)
        name = ".".join(self.path)
        values = list(values_at(scope.case, self.path))
        known = [value for value in values if isinstance(value, date)]
        absent = look_up(scope.case, FACTS, self.path[:1]).absent if not values else Absent.NONE
        is_missing = absent is Absent.ASK or any(isinstance(value, Unknown) for value in values)
        return known, ((name,) if is_missing else ())

    def _chosen(self, entries: "Entries", scope: Scope) -> tuple[list[Moment], tuple[str, ...]]:
        """The field of those entries that fit."""
        known: list[Moment] = []
        missing: list[str] = []
        for _, record, node in entries.matches(scope):
            if node.result is Truth.UNKNOWN:
                missing.extend(node.unknown_facts())
            elif node.result is Truth.TRUE:
                known.extend(v for v in values_at(record, self.path) if isinstance(v, date))
        return known, tuple(dict.fromkeys(missing))

    def phrase(self) -> str:
        """The event in words."""
        if self.clock is not None:
            return f"the end of ({self.clock.phrase()})"
        words = " ".join(self.path).replace("_", " ")
        return f"{words} ({self.entries.phrase()})" if self.entries is not None else words


@dataclass(frozen=True, slots=True)
class Anchor:
    """The event a clock starts at: one, or one of several."""

    pick: Pick
    sources: tuple[Source, ...]

    def start(self, scope: Scope) -> tuple[Moment | None, tuple[str, ...]]:
        """When the clock starts, and what must be known first.

        FIRST takes the first on record in the order given (a fallback, or a restart).
        """
        found: list[Moment] = []
        missing: list[str] = []
        for source in self.sources:
            moments, names = source.moments(scope)
            if self.pick is Pick.FIRST and moments:
                return _extreme(moments, self.pick, scope), ()
            found += moments
            missing += names
        if not found:
            return None, tuple(missing)
        return _extreme(found, self.pick, scope), ()

    def phrase(self) -> str:
        """The anchor in words."""
        words = [source.phrase() for source in self.sources]
        if len(words) == 1:
            return words[0]
        names = {Pick.EARLIEST: "the earliest", Pick.LATEST: "the latest", Pick.FIRST: "the first"}
        return f"{names[self.pick]} on record of {', '.join(words)}"


@dataclass(frozen=True, slots=True)
class Length:
    """So many of a unit; negative runs backwards."""

    amount: int
    unit: Unit

    def after(self, start: Moment, scope: Scope) -> Moment:
        """The moment this much later."""
        if self.unit is Unit.HOURS:
            return _hours(start, self.amount)
        day = day_of(start, scope.terms.zone)
        match self.unit:
            case Unit.CALENDAR_DAYS:
                return day + timedelta(days=self.amount)
            case Unit.BUSINESS_DAYS:
                return scope.terms.calendar.add_business_days(day, self.amount)
            case Unit.MONTHS:
                return add_months(day, self.amount)
            case Unit.YEARS:
                return add_months(day, 12 * self.amount)

    def before(self, end: Moment, scope: Scope) -> Moment:
        """The moment this much earlier."""
        return Length(-self.amount, self.unit).after(end, scope)

    def times(self, count: int) -> "Length":
        """This length `count` times."""
        return Length(self.amount * count, self.unit)

    def phrase(self) -> str:
        """`45 calendar days`."""
        words = self.unit.value.replace("_", " ")
        return f"{self.amount} {words if self.amount != 1 else words.removesuffix('s')}"


@dataclass(frozen=True, slots=True)
class Toll:
    """An interval in which a clock stands still."""

    name: str
    start: Source
    end: Source


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, when somebody was entitled to it and took it, at most so often."""

    length: Length
    granted_by: str
    ground: str
    when: "Condition"
    count: "Entries | None" = None
    max_count: int = 1
    written: bool = True
    notice_to: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock read in a case. Days are calendar days; `net_days` is without standstills."""

    due: Moment | None
    missing: tuple[str, ...] = ()
    start: Moment | None = None
    extended: int = 0
    could_extend_to: Moment | None = None
    tolled: tuple[tuple[str, int], ...] = ()
    gross_days: int = 0
    net_days: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """Anchor, length, and what changes the end."""

    anchor: Anchor
    length: Length
    roll: Roll = Roll.NONE
    counts_first_day: bool = False
    tolls: tuple[Toll, ...] = ()
    extensions: tuple[Extension, ...] = ()
    cap: "Clock | None" = None
    label: str = field(default="")

    def read(self, scope: Scope) -> Reading:
        """Where the clock ends in this case, and why."""
        key = (id(self), id(scope.terms), None)
        known = scope.known.get(key)
        if not isinstance(known, Reading):
            known = self._reading(scope.whole())
            scope.known[key] = known
        return known

    def _reading(self, scope: Scope) -> Reading:
        start, missing = self.anchor.start(scope)
        if start is None:
            return Reading(None, missing)
        end = self._plain_end(start, scope)
        taken = 0
        possible: Moment | None = None
        for extension in self.extensions:
            count = _count(extension, scope)
            taken += count
            if count < extension.max_count and possible is None:
                possible = self._rolled(extension.length.after(end, scope), scope)
            end = self._rolled(extension.length.times(count).after(end, scope), scope)
        tolled = tuple((toll.name, _tolled_days(toll, start, scope)) for toll in self.tolls)
        stopped = sum(days for _, days in tolled)
        if stopped:
            end = self._rolled(_shifted(end, stopped), scope)
        end = self._capped(end, scope)
        gross = (day_of(end, scope.terms.zone) - day_of(start, scope.terms.zone)).days
        return Reading(
            due=end,
            start=start,
            extended=taken,
            could_extend_to=None if possible is None else self._capped(possible, scope),
            tolled=tuple(item for item in tolled if item[1]),
            gross_days=gross,
            net_days=gross - stopped,
        )

    def phrase(self) -> str:
        """`45 calendar days after agency knew at`."""
        if self.length.amount == 0:
            return self.anchor.phrase()
        if self.length.amount < 0:
            length = Length(-self.length.amount, self.length.unit)
            return f"{length.phrase()} before {self.anchor.phrase()}"
        return f"{self.length.phrase()} after {self.anchor.phrase()}"

    def _plain_end(self, start: Moment, scope: Scope) -> Moment:
        """The end without extension or standstill."""
        if self.length.amount == 0:
            return start
        length = self.length
        if self.counts_first_day and length.unit is not Unit.HOURS:
            length = Length(length.amount - 1, length.unit)
        return self._rolled(length.after(start, scope), scope)

    def _rolled(self, end: Moment, scope: Scope) -> Moment:
        return roll_day(end, self.roll, scope.terms.calendar)

    def _capped(self, end: Moment, scope: Scope) -> Moment:
        """Never later than the hard cap."""
        if self.cap is None:
            return end
        limit = self.cap.read(scope).due
        return limit if limit is not None and is_after(end, limit, scope.terms.zone) else end


def add_months(day: date, count: int) -> date:
    """`day` so many months on, held to the last day of a shorter month.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    last = months_of.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def roll_day(end: Moment, roll: Roll, calendar: Calendar) -> Moment:
    """Move an end that falls on a day off; instants do not move."""
    if roll is Roll.NONE or isinstance(end, datetime):
        return end
    if roll is Roll.NEXT:
        return calendar.next_business_day(end)
    return calendar.previous_business_day(end)


def _hours(start: Moment, hours: int) -> Moment:
    """By the hour from an instant; from a bare day, whole days, cut to the safe side."""
    if isinstance(start, datetime):
        zone = start.tzinfo
        return (start.astimezone(UTC) + timedelta(hours=hours)).astimezone(zone)
    return start + timedelta(days=hours // 24)


def _extreme(moments: list[Moment], pick: Pick, scope: Scope) -> Moment:
    zone = scope.terms.zone
    choose = max if pick is Pick.LATEST else min
    return choose(moments, key=lambda moment: sort_key(moment, zone))


def _count(extension: Extension, scope: Scope) -> int:
    """How often an extension was taken, as far as it may be."""
    if extension.when.test(scope).result is not Truth.TRUE:
        return 0
    if extension.count is None:
        return 1
    taken = sum(node.result is Truth.TRUE for _, _, node in extension.count.matches(scope))
    return min(taken, extension.max_count)


def _shifted(end: Moment, days: int) -> Moment:
    return end + timedelta(days=days)


def _tolled_days(toll: Toll, start: Moment, scope: Scope) -> int:
    """Whole days the clock stood still; an open standstill lasts until the decision."""
    zone = scope.terms.zone
    starts, _ = toll.start.moments(scope)
    if not starts:
        return 0
    ends, _ = toll.end.moments(scope)
    opened = max(day_of(min(starts, key=lambda m: sort_key(m, zone)), zone), day_of(start, zone))
    closed = day_of(min(ends, key=lambda m: sort_key(m, zone)), zone) if ends else None
    return max(0, ((closed or day_of(scope.now, zone)) - opened).days)
