"""When a camera had to run: from calls and the officers on them, by an activation rule.

The rule in force without a pack is: from an officer's first arrival at a call to his last
clearing of it, and nothing of a cancelled call.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from bwc.canonical import Json, digest
from bwc.coverage.department import Call, CallUnit
from bwc.ids import Sha256
from bwc.timeline import Span

MICROSECOND = timedelta(microseconds=1)


class Begin(StrEnum):
    """What starts the duty to record."""

    DISPATCH = "dispatch"
    ARRIVAL = "arrival"


class Exclusion(StrEnum):
    """Why nothing was expected of an officer on a call; shown, never dropped."""

    CANCELLED = "call cancelled"
    NOT_SWORN = "not sworn: no duty to record"
    EXEMPT_TYPE = "type of call exempt"
    NO_SERVICE = "test or call-back, no call for service"
    LOW_PRIORITY = "priority too low for this method"
    NOT_ARRIVED = "no arrival known"
    NOT_CLEARED = "no clearing known"
    EMPTY = "cleared when or before it began"
    SHORT = "too short for this method"


@dataclass(frozen=True, slots=True)
class ActivationRule:
    """When the camera must run on a call.

    `lead` is how long before the beginning it must already run; `exempt_types` are types of calls
    (as `plain_type` writes them) that ask for no recording, `no_service` those that are no calls
    for service at all; calls with a priority number above `last_priority`
    and stays on scene below `shortest` do not count; `reference` cites where the rule stands, and
    two rules that ask for the same are equal, wherever they stand.
    """

    begins: Begin = Begin.ARRIVAL
    lead: timedelta = timedelta()
    exempt_types: frozenset[str] = frozenset()
    no_service: frozenset[str] = frozenset()
    last_priority: int | None = None
    shortest: timedelta = timedelta()
    reference: str = field(default="from first arrival to last clearing", compare=False)

    @property
    def sha256(self) -> Sha256:
        """Names what the rule asks for; equal rules have the same."""
        return _name_of(self)


@lru_cache(maxsize=64)
def _name_of(rule: ActivationRule) -> Sha256:
    """The digest of a rule; every day of a year is asked for it."""
    exempt: list[Json] = [*sorted(rule.exempt_types)]
    no_service: list[Json] = [*sorted(rule.no_service)]
    return digest(
        {
            "begins": rule.begins.value,
            "lead_us": rule.lead // MICROSECOND,
            "exempt_types": exempt,
            "no_service": no_service,
            "last_priority": rule.last_priority,
            "shortest_us": rule.shortest // MICROSECOND,
        }
    )


ON_SCENE = ActivationRule()

NO_SERVICE_TYPES = frozenset({"test", "test_call", "call_back", "callback"})

TEMPE = ActivationRule(
    no_service=NO_SERVICE_TYPES,
    last_priority=2,
    shortest=timedelta(minutes=1),
    reference="method of Tempe, Arizona (performance measure 1.25): priority 1 and 2, a documented"
    " arrival, at least one minute on scene, first arrival to last clearing",
)


@dataclass(frozen=True, slots=True)
class OfficerCall:
    """One officer on one call: the span his camera had to run, or why none was expected.

    `lead` is the part of the span that lies before what started the duty to record; `reason` names
    the rule by which something, or nothing, was expected.
    """

    call: str
    badge: str
    expected: Span[datetime] | None
    exclusion: Exclusion | None
    lead: timedelta = timedelta()
    reason: str = ""


def officer_calls(
    calls: Iterable[Call], units: Iterable[CallUnit], *, rule: ActivationRule = ON_SCENE
) -> list[OfficerCall]:
    """One value per call and badge that stand in `units`, sorted by both.

    Every call named in `units` must stand in `calls`.
    """
    by_number = {call.number: call for call in calls}
    stays: dict[tuple[str, str], list[CallUnit]] = {}
    for unit in units:
        stays.setdefault((unit.call, unit.badge), []).append(unit)
    return [
        _officer_call(by_number[number], badge, stays[number, badge], rule)
        for number, badge in sorted(stays)
    ]


def plain_type(text: str) -> str:
    """A type of call as packs write it.

    >>> plain_type("Motorist Assist"), plain_type("call-back")
    ('motorist_assist', 'call_back')
    """
    return "_".join(text.lower().replace("-", " ").replace("_", " ").split())


def _officer_call(
    call: Call, badge: str, stays: Sequence[CallUnit], rule: ActivationRule
) -> OfficerCall:
    """What the rule expects of one officer on one call."""
    expected = _expected(call, stays, rule)
    if isinstance(expected, Exclusion):
        return OfficerCall(call.number, badge, None, expected, reason=rule.reference)
    return OfficerCall(call.number, badge, expected, None, rule.lead, rule.reference)


def _expected(
    call: Call, stays: Sequence[CallUnit], rule: ActivationRule
) -> Span[datetime] | Exclusion:
    """The span, or the reason why there is none."""
    if call.cancelled:
        return Exclusion.CANCELLED
    if plain_type(call.type) in rule.exempt_types:
        return Exclusion.EXEMPT_TYPE
    if plain_type(call.type) in rule.no_service:
        return Exclusion.NO_SERVICE
    if rule.last_priority is not None and call.priority > rule.last_priority:
        return Exclusion.LOW_PRIORITY
    return _span(stays, rule)


def _span(stays: Sequence[CallUnit], rule: ActivationRule) -> Span[datetime] | Exclusion:
    """From the first beginning to the last clearing."""
    arrivals = [stay.arrived for stay in stays if stay.arrived is not None]
    clearings = [stay.cleared for stay in stays if stay.cleared is not None]
    triggers = arrivals
    if rule.begins is Begin.DISPATCH:
        triggers = arrivals + [s.dispatched for s in stays if s.dispatched is not None]
    if not triggers:
        return Exclusion.NOT_ARRIVED
    if not clearings:
        return Exclusion.NOT_CLEARED
    begins, ends = min(triggers), max(clearings)
    if ends <= begins:
        return Exclusion.EMPTY  # whatever the lead: before nothing there is nothing to buffer
    if arrivals and min(arrivals) < ends < min(arrivals) + rule.shortest:
        return Exclusion.SHORT
    return Span(begins - rule.lead, ends)
