"""What the cases of a pack do not show yet.

Every rule needs a case in which it fires, one in which it does not and one in which it cannot be
settled; and for each day on which it becomes or ceases to be law a case on that day and one on the
day before: on the one it fires, on the other only the date keeps it from firing.
Release and camera rules are law by the day of decision, retention rules by that of the recording
(conflict rule 10). For the day by which a rule must be met, or until which it delays, it needs a case
on that day and one on the day after.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bwc.canonical import JsonObject
from bwc.policy.cases import Case, Outcome
from bwc.policy.clocks import Clock
from bwc.policy.conditions import ALWAYS
from bwc.policy.facts import Facts
from bwc.policy.kleene import Truth
from bwc.policy.moments import day_of, parse_moment
from bwc.policy.retention import recorded_at
from bwc.policy.rules import Pack, Rule
from bwc.policy.scope import Scope

_RESULTS: Final = {
    Truth.TRUE: "a case in which it fires",
    Truth.FALSE: "a case in which it does not fire",
    Truth.UNKNOWN: "a case in which a fact it needs is unknown",
}
_DAY: Final = timedelta(days=1)
_SIDES: Final = {0: "on the last day of", 1: "on the day after"}


@dataclass(frozen=True, slots=True)
class Gap:
    """One rule, and the cases it lacks, in words."""

    rule: str
    missing: tuple[str, ...]

    def document(self) -> JsonObject:
        """The gap as JSON."""
        return {"rule": self.rule, "missing": list(self.missing)}


def gaps(pack: Pack, outcomes: Sequence[Outcome]) -> list[Gap]:
    """The rules of `pack` that its cases do not prove whole; `outcomes` are all its cases, run."""
    found = (Gap(rule.id, tuple(_missing(rule, outcomes))) for rule in pack.rules)
    return [gap for gap in found if gap.missing]


def _missing(rule: Rule, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The cases one rule lacks."""
    seen = {outcome.results[rule.id] for outcome in outcomes if rule.id in outcome.results}
    for result, words in _RESULTS.items():
        is_possible = result is Truth.TRUE or rule.when is not ALWAYS
        if is_possible and result.value not in seen:
            yield words
    for day, words in _edges(rule):
        if not any(_fires_on(day, rule, outcome.case) for outcome in outcomes):
            yield words
    due, until = rule.then.due, rule.then.until
    for clock in (due, None if until == due else until):
        if clock is None:
            continue
        sides = {_side(clock, rule, outcome.case) for outcome in outcomes}
        for days, words in _SIDES.items():
            if days not in sides:
                yield f"a case {words} {clock.phrase()}"


def _edges(rule: Rule) -> Iterator[tuple[date, str]]:
    """The days on both sides of each date of a rule, and which case is wanted there."""
    fires, silent = "in which it fires", "in which only the date keeps it from firing"
    if rule.since is not None:
        yield rule.since - _DAY, f"a case on {rule.since - _DAY} {silent}"
        yield rule.since, f"a case on {rule.since} {fires}"
    if rule.until is not None:
        yield rule.until - _DAY, f"a case on {rule.until - _DAY} {fires}"
        yield rule.until, f"a case on {rule.until} {silent}"


def _fires_on(day: date, rule: Rule, case: Case) -> bool:
    """Whether a case asks on `day` and meets the rule's conditions, its dates apart."""
    facts = Facts.from_document(case.facts)
    on = parse_moment(case.on)
    zone = rule.terms.zone
    asked = case.text.expect is not None and rule.is_of_release and rule.speaks_of(case.audience)
    filmed = case.text.camera is not None and rule.then.camera is not None
    is_that_day = (asked or filmed) and day_of(on, zone) == day
    if case.text.retention is not None and rule.then.is_retention:
        is_that_day = is_that_day or day_of(recorded_at(facts.record) or on, zone) == day
    scope = Scope.of_case(facts.record, on, rule.terms)
    return is_that_day and rule.when.test(scope).result is Truth.TRUE


def _side(clock: Clock, rule: Rule, case: Case) -> int | None:
    """How many days after the end of the rule's clock the case asks, where the rule is met.

    A rule may begin or lapse at that end, so it is enough that it is met on one of both days.
    """
    if case.text.expect is None or not rule.speaks_of(case.audience):
        return None
    record = Facts.from_document(case.facts).record
    zone = rule.terms.zone
    asked = day_of(parse_moment(case.on), zone)
    end = clock.read(Scope.of_case(record, parse_moment(case.on), rule.terms)).due
    if end is None or asked - day_of(end, zone) not in (timedelta(), _DAY):
        return None
    last = day_of(end, zone)
    scopes = (Scope.of_case(record, day, rule.terms) for day in (last, last + _DAY))
    is_met = any(rule.when.test(scope).result is Truth.TRUE for scope in scopes)
    return (asked - last).days if is_met else None
