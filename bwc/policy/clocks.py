"""Clocks of the law: from an event, so many days, and what stretches or stops them.

Days are counted in the pack's zone: the day of the event is excluded, the last day included,
unless the rule says otherwise. Hours run from the instant. A clock may also run backwards.
Source of the vocabulary: the units, anchors, rolls, tolls, extensions and caps of DESIGN.md
section 6.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bwc.policy.extensions import Extended, Extension
from bwc.policy.facts import look_up, values_at
from bwc.policy.kinds import Absent, Record, Unknown
from bwc.policy.kleene import Truth, truth
from bwc.policy.lengths import Length, Roll, Unit, days_between, roll_day
from bwc.policy.moments import Moment, day_of, is_after, show, sort_key
from bwc.policy.scope import Scope
from bwc.policy.standstill import Resumed, Standstill, resumed, standstills
from bwc.policy.vocabulary import FACTS

if TYPE_CHECKING:
    from bwc.policy.conditions import Entries


class Pick(StrEnum):
    """Which of several anchors starts the clock."""

    EARLIEST = "earliest"
    LATEST = "latest"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Source:
    """What can start a clock: a fact, a register's field, another clock's end, or a fixed day."""

    path: tuple[str, ...] = ()
    entries: "Entries | None" = None
    clock: "Clock | None" = None
    day: Moment | None = None

    def moments(self, scope: Scope) -> tuple[list[Moment], tuple[str, ...]]:
        """The moments on record, and the names of those that are not known."""
        if self.day is not None:
            return [self.day], ()
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
                values = list(values_at(record, self.path))
                known.extend(value for value in values if isinstance(value, date))
                if any(isinstance(value, Unknown) for value in values):
                    missing.append(".".join((*entries.path, *self.path)))
        return known, tuple(dict.fromkeys(missing))

    def floor(self, scope: Scope) -> Moment | None:
        """The moment before which it cannot lie, where it is not known."""
        if self.clock is not None:
            return self.clock.read(scope).least
        fact = FACTS.get(self.path[0]) if self.entries is None else None
        bound = None if fact is None or fact.not_before is None else fact.not_before
        moment = None if bound is None else next(iter(values_at(scope.case, (bound,))), None)
        return moment if isinstance(moment, date) else None

    def phrase(self) -> str:
        """The event in words."""
        if self.day is not None:
            return show(self.day)
        if self.clock is not None:
            return f"the end of ({self.clock.phrase()})"
        words = " ".join(self.path).replace("_", " ")
        return f"{words} ({self.entries.phrase()})" if self.entries is not None else words


@dataclass(frozen=True, slots=True)
class Start:
    """Where a clock starts, and whether an event that is not known (`missing`) may move it.

    It cannot start before `floor`.
    """

    moment: Moment | None
    missing: tuple[str, ...]
    may_be_earlier: bool
    may_be_later: bool
    floor: Moment | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The event a clock starts at: one, or one of several."""

    pick: Pick
    sources: tuple[Source, ...]

    def start(self, scope: Scope) -> Start:
        """When the clock starts, and what is not known of it.

        FIRST takes the first on record in the order given (a fallback, or a restart).
        """
        found: list[Moment] = []
        missing: list[str] = []
        floors: list[Moment | None] = []
        may_be_earlier = may_be_later = False
        for source in self.sources:
            moments, names = source.moments(scope)
            found += moments
            missing += names
            floors += [source.floor(scope)] if names else []
            if source.clock is not None and moments:
                reading = source.clock.read(scope)
                may_be_earlier |= reading.may_be_earlier
                may_be_later |= reading.may_be_later
            elif names:
                is_passed_over = self.pick is Pick.FIRST and not moments
                may_be_earlier |= self.pick is not Pick.LATEST
                may_be_later |= self.pick is Pick.LATEST or is_passed_over
            if self.pick is Pick.FIRST and moments:
                break
        moment = _extreme(found, self.pick, scope) if found else None
        bounds = [floor for floor in (*floors, moment) if floor is not None]
        is_bounded = bool(bounds) and None not in floors
        floor = _extreme(bounds, Pick.EARLIEST, scope) if is_bounded else None
        names = tuple(dict.fromkeys(missing))
        return Start(moment, names, may_be_earlier, may_be_later, floor)

    def phrase(self) -> str:
        """The anchor in words."""
        words = [source.phrase() for source in self.sources]
        if len(words) == 1:
            return words[0]
        names = {Pick.EARLIEST: "the earliest", Pick.LATEST: "the latest", Pick.FIRST: "the first"}
        return f"{names[self.pick]} on record of {', '.join(words)}"


@dataclass(frozen=True, slots=True)
class Toll:
    """An interval in which a clock stands still."""

    name: str
    start: Source
    end: Source

    def intervals(self, scope: Scope) -> list[Standstill]:
        """The intervals that are known; one whose end is not known is not counted.

        Where both are fields of one register, each entry is an interval of its own.
        """
        if self.start.entries is not None and self.end.entries is not None:
            entries = self.start.entries.matches(scope)
            fit = (record for _, record, node in entries if node.result is Truth.TRUE)
            return [one for record in fit for one in self._of_entry(record, scope)]
        starts, ends = self.start.moments(scope)[0], self.end.moments(scope)
        found = standstills(self.name, starts, ends[0], scope)
        return found[: len(ends[0])] if ends[1] else found

    def _of_entry(self, record: Record | Unknown, scope: Scope) -> list[Standstill]:
        """The interval of one entry; none where its start or its end is not known."""
        starts, ends = (list(values_at(record, source.path)) for source in (self.start, self.end))
        if any(isinstance(value, Unknown) for value in (*starts, *ends)):
            return []
        opened, closed = (
            [value for value in values if isinstance(value, date)] for values in (starts, ends)
        )
        return standstills(self.name, opened, closed, scope)


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock read in a case.

    `missing` are the facts that are not known and may move the end, but not before `least`; where
    there is an end all the same, it is that of what is known. Days are calendar days, of a clock of business days business
    days; `net_days` is without standstills.
    """

    due: Moment | None
    missing: tuple[str, ...] = ()
    may_be_earlier: bool = False
    may_be_later: bool = False
    least: Moment | None = None
    start: Moment | None = None
    extensions: tuple[Extended, ...] = ()
    tolled: tuple[tuple[str, int], ...] = ()
    gross_days: int = 0
    net_days: int = 0

    def passed(self, now: Moment, zone: ZoneInfo) -> Truth:
        """Whether the end lies before `now`; unknown where what is not known can turn it."""
        if self.due is None and not self.missing:
            return Truth.FALSE
        if self.least is not None and not is_after(now, self.least, zone):
            return Truth.FALSE
        if self.due is None:
            return Truth.UNKNOWN
        past = is_after(now, self.due, zone)
        may_turn = self.may_be_later if past else self.may_be_earlier
        return Truth.UNKNOWN if may_turn else truth(past)

    @property
    def extended(self) -> int:
        """How many extensions were taken."""
        return sum(extension.count for extension in self.extensions)

    @property
    def could_extend_to(self) -> Moment | None:
        """Where the first extension that may still be taken would lead."""
        return next((e.further for e in self.extensions if e.further is not None), None)


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
        anchored = self.anchor.start(scope)
        start, floor = anchored.moment, anchored.floor
        least = None if floor is None else self._plain_end(floor, scope)
        if start is None:
            return Reading(None, anchored.missing, least=least)
        stretching = tuple(self._may_stretch(scope))
        plain = end = self._plain_end(start, scope)

        def reach(counted: Moment) -> Moment:
            return self._capped(self._resumed(start, counted, scope).end, plain, scope)

        extensions: list[Extended] = []
        for extension in self.extensions:
            extensions.append(extension.taken(end, scope, reach))
            end = self._rolled(extensions[-1].end, scope)
        after = self._resumed(start, end, scope)
        due = self._capped(after.end, plain, scope)
        gross = days_between(start, due, self.length.unit, scope)
        return Reading(
            due=due,
            missing=tuple(dict.fromkeys((*anchored.missing, *stretching))),
            may_be_earlier=anchored.may_be_earlier,
            may_be_later=anchored.may_be_later or bool(stretching),
            least=least,
            start=start,
            extensions=tuple(extensions),
            tolled=after.stopped,
            gross_days=gross,
            net_days=max(0, gross - sum(days for _, days in after.stopped)),
        )

    def _may_stretch(self, scope: Scope) -> Iterator[str]:
        """The facts that are not known and would make the end later: none of them is taken for so."""
        for extension in self.extensions:
            yield from extension.unknown_facts(scope)
        for toll in self.tolls:
            yield from toll.start.moments(scope)[1]
            yield from toll.end.moments(scope)[1]
        if self.cap is not None:
            yield from self.cap.read(scope).missing

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
        day, zone = start, scope.terms.zone
        if self.counts_first_day and self.length.unit is not Unit.HOURS:
            day = day_of(start, zone) - timedelta(days=1)
        return self._rolled(self.length.after(day, scope), scope)

    def _resumed(self, start: Moment, end: Moment, scope: Scope) -> Resumed:
        """The end with every standstill, rolled."""
        found = [standstill for toll in self.tolls for standstill in toll.intervals(scope)]
        after = resumed(start, self._rolled(end, scope), found, unit=self.length.unit, scope=scope)
        return Resumed(self._rolled(after.end, scope), after.stopped)

    def _rolled(self, end: Moment, scope: Scope) -> Moment:
        """Off a day off; a clock of business days ends on none, on the safe side if need be."""
        is_bound = self.length.unit is Unit.BUSINESS_DAYS and self.length.amount != 0
        roll = Roll.PREVIOUS if is_bound and self.roll is Roll.NONE else self.roll
        return roll_day(end, roll, scope.terms.calendar)

    def _capped(self, end: Moment, plain: Moment, scope: Scope) -> Moment:
        """Never later than the hard cap; while that is not known, than the `plain` end."""
        if self.cap is None:
            return end
        limit = self.cap.read(scope).due or plain
        if not is_after(end, limit, scope.terms.zone):
            return end
        is_bound = self.length.unit is Unit.BUSINESS_DAYS
        return roll_day(limit, Roll.PREVIOUS if is_bound else Roll.NONE, scope.terms.calendar)


def _extreme(moments: list[Moment], pick: Pick, scope: Scope) -> Moment:
    zone = scope.terms.zone
    choose = max if pick is Pick.LATEST else min
    return choose(moments, key=lambda moment: sort_key(moment, zone))
