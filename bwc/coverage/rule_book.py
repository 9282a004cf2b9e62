"""Which activation rule counts on which day: a call is measured by the rule of the day it came in.

A change takes effect with the whole day on which it happened, on the department's clocks, so that
no day is measured by two rules.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from bwc.canonical import JsonObject
from bwc.coverage.department import Call, CallUnit, Officer
from bwc.coverage.expected import ON_SCENE, ActivationRule, Exclusion, OfficerCall, officer_calls
from bwc.timeline import Span

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class RuleSince:
    """A rule and the first day on which it is in force."""

    day: date
    rule: ActivationRule

    def document(self) -> JsonObject:
        """As JSON; the rule that was there from the beginning has no day."""
        since = None if self.day == date.min else self.day.isoformat()
        return {"since": since, "rule": self.rule.reference}


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules by the day from which on they count, the first of them at `date.min`."""

    entries: tuple[RuleSince, ...]
    zone: tzinfo

    def on(self, day: date) -> ActivationRule:
        """The rule of one day."""
        return self.entries[bisect_right(self.entries, day, key=lambda one: one.day) - 1].rule

    def at(self, moment: datetime) -> ActivationRule:
        """The rule of the day in which a moment lies."""
        return self.on(moment.astimezone(self.zone).date())

    def within(self, period: Span[datetime]) -> list[RuleSince]:
        """The rules that count in a period, in the order of their days."""
        first = period.start.astimezone(self.zone).date()
        last = (period.end - INSTANT).astimezone(self.zone).date()
        ends = [*(one.day for one in self.entries[1:]), date.max]
        return [
            one
            for one, end in zip(self.entries, ends, strict=True)
            if one.day <= last and first < end
        ]

    def words(self, period: Span[datetime]) -> str:
        """The rules of a period as one clause for people."""
        first, *later = self.within(period)
        changes = [f"; since {one.day.isoformat()} {one.rule.reference}" for one in later]
        return first.rule.reference + "".join(changes)


def always(rule: ActivationRule) -> RuleBook:
    """One rule for every day."""
    return RuleBook((RuleSince(date.min, rule),), UTC)


ALWAYS_ON_SCENE = always(ON_SCENE)


def expected_calls(
    calls: Sequence[Call], units: Iterable[CallUnit], rules: RuleBook, *, crew: Iterable[Officer]
) -> list[OfficerCall]:
    """As `officer_calls`, each call by the rule of the day it was received on.

    Of those in `crew` who are not sworn, and have to wear no camera, nothing is expected.
    """
    free = {officer.badge for officer in crew if not officer.sworn}
    return [
        replace(one, expected=None, lead=timedelta(), exclusion=Exclusion.NOT_SWORN)
        if one.badge in free and one.exclusion is None
        else one
        for one in _by_day(calls, units, rules)
    ]


def _by_day(calls: Sequence[Call], units: Iterable[CallUnit], rules: RuleBook) -> list[OfficerCall]:
    """What the rules expect of everybody."""
    if len(rules.entries) == 1:
        return officer_calls(calls, units, rule=rules.entries[0].rule)
    received = {call.number: call.received for call in calls}
    parts: dict[str, tuple[ActivationRule, list[CallUnit]]] = {}
    for unit in units:
        rule = rules.at(received[unit.call])
        parts.setdefault(rule.reference, (rule, []))[1].append(unit)
    found = [one for rule, part in parts.values() for one in officer_calls(calls, part, rule=rule)]
    return sorted(found, key=lambda one: (one.call, one.badge))
