"""What the rules that stand demand in this case: obligations with recipients, times and elements.

Redactions follow conflict rule 5: the union of all, less what must not be redacted, plus the
protected classes. A waiver or consent touches only the person who gave it (rule 6), because an
obligation `each: persons` is demanded person by person.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bwc.canonical import JsonObject
from bwc.policy.conditions import AnyOf, Condition, Entries, Node, shown
from bwc.policy.facts import look_up, values_at
from bwc.policy.kinds import UNKNOWN, Record, Unknown, WordSet
from bwc.policy.kleene import Truth
from bwc.policy.lengths import Length, Unit
from bwc.policy.moments import Moment, is_after, show, sort_key
from bwc.policy.rules import Obligation, Rule
from bwc.policy.schema import Duty
from bwc.policy.scope import Scope
from bwc.policy.vocabulary import FACTS

_SECONDS = {Unit.HOURS: 3600, Unit.CALENDAR_DAYS: 86400, Unit.BUSINESS_DAYS: 86400}
_SENT = ("sent_at", "contacted_at")


@dataclass(frozen=True, slots=True)
class Demand:
    """One obligation in this case.

    `number` counts persons or segments of the fact file from 0. `earliest` is the first moment at
    which release may follow it; `is_late` says that its lead can no longer be kept.
    """

    kind: Duty
    rule: Rule
    owner: str
    to: str | None = None
    element: str | None = None
    person: str | None = None
    number: int | None = None
    of: str | None = None
    label: str | None = None
    due: Moment | None = None
    earliest: Moment | None = None
    lead_seconds: int | None = None
    method: str | None = None
    amount: str | None = None
    text: str | None = None
    blocks_release: bool = False
    is_protected: bool = False
    is_met: bool = False
    is_late: bool = False

    def document(self) -> JsonObject:
        """The obligation as JSON."""
        return {
            "kind": self.kind.value,
            "to": self.to,
            "due": None if self.due is None else show(self.due),
            "earliest": None if self.earliest is None else show(self.earliest),
            "element": self.element,
            "person": self.person,
            "of": self.of,
            "number": self.number,
            "method": self.method,
            "amount": self.amount,
            "text": self.text,
            "owner": self.owner,
            "blocks_release": self.blocks_release,
            "lead_seconds": self.lead_seconds,
            "met": self.is_met,
            "rule": self.rule.id,
            "citation": self.rule.citation,
        }


@dataclass(frozen=True, slots=True)
class Demands:
    """The obligations, and the tests of theirs that stayed open, with what they would demand."""

    of: tuple[Demand, ...]
    open: tuple[tuple[Duty, Node], ...]


def demands(rules: Sequence[Rule], case: Scope, release_by: Moment | None) -> Demands:
    """Every obligation of `rules`; `release_by` is the deadline that lead times are kept to."""
    found: list[Demand] = []
    unsure: list[tuple[Duty, Node]] = []
    for rule in rules:
        scope = case.under(rule.terms)
        for obligation in rule.then.obligations:
            if obligation.when is not None:
                node = obligation.when.test(scope)
                if node.result is Truth.UNKNOWN:
                    unsure.append((obligation.kind, node))
                if node.result is not Truth.TRUE:
                    continue
            plain = _timed(obligation, rule, scope, release_by)
            if plain.is_late and obligation.met_by is not None:
                unsure.append((obligation.kind, obligation.met_by.test(scope)))
            found += _each(plain, obligation, scope, unsure)
    return Demands(tuple(_redacted(_once(found))), tuple(unsure))


def _each(
    plain: Demand, obligation: Obligation, scope: Scope, unsure: list[tuple[Duty, Node]]
) -> Iterator[Demand]:
    """One demand, or one for each person or segment that fits."""
    if obligation.each is None:
        yield plain
        return
    for number, record, node in obligation.each.matches(scope):
        if node.result is Truth.UNKNOWN:
            unsure.append((obligation.kind, node))
        hides = obligation.kind is Duty.REDACT and node.result is Truth.UNKNOWN
        if node.result is Truth.TRUE or hides:
            yield from _targets(plain, obligation, number, record)
        if node.result is not Truth.FALSE and _may_show_more(obligation, record):
            unsure.append((obligation.kind, _WHAT_IS_SEEN))


def _may_show_more(obligation: Obligation, record: Record | Unknown) -> bool:
    """Whether a segment may hold an element that the obligation names and nobody stated."""
    if obligation.each is None or obligation.each.path != ("segments",):
        return False
    if isinstance(record, Unknown):
        return False  # the register itself is asked for
    elements = record.values.get("elements")
    if isinstance(elements, WordSet):
        named = obligation.elements
        return elements.open and (named is None or not named <= elements.words)
    return isinstance(elements, Unknown)


_WHAT_IS_SEEN: Final = Node(
    "what the segment shows is known", Truth.UNKNOWN, fact="segments.elements", found=UNKNOWN
)


def _targets(
    plain: Demand, obligation: Obligation, number: int, record: Record | Unknown
) -> Iterator[Demand]:
    """The demand for one person, or for each element of one segment; all of it if in doubt."""
    if obligation.each is None or isinstance(record, Unknown):
        yield plain
        return
    of = obligation.each.path[0].removesuffix("s")
    if of == "person":
        label = record.values.get("id")
        yield replace(
            plain,
            of=of,
            number=number,
            person=_words(record, "role"),
            label=label if isinstance(label, str) else None,
        )
        return
    label = record.values.get("person")
    elements = record.values.get("elements")
    words = sorted(elements.words) if isinstance(elements, WordSet) else []
    for element in words:
        if obligation.elements is None or element in obligation.elements:
            yield replace(
                plain,
                of=of,
                number=number,
                element=element,
                method=plain.method or _method(record),
                label=label if isinstance(label, str) else None,
            )
    if obligation.kind is Duty.REDACT and _may_show_more(obligation, record):
        yield replace(plain, of=of, number=number, text=plain.text or "What it shows is not known")


def _timed(obligation: Obligation, rule: Rule, scope: Scope, release_by: Moment | None) -> Demand:
    """The demand without its target: whom it concerns, and when it is due."""
    due = None if obligation.due is None else obligation.due.read(scope).due
    if obligation.every is not None and obligation.counted_from is not None:
        due = _next(obligation.every, obligation.counted_from.read(scope).due, scope)
    done = None if obligation.met_by is None else _done_at(obligation.met_by, scope)
    met = obligation.met_by is not None and (obligation.met_by.test(scope).result is Truth.TRUE)
    if done is not None and is_after(done, scope.now, scope.terms.zone):
        done, met = None, False  # what is planned has not been done
    earliest: Moment | None = None
    late = False
    if obligation.lead is not None:
        earliest = obligation.lead.after(done or scope.now, scope)
        if release_by is not None:
            due = obligation.lead.before(release_by, scope)
            late = _is_late(met=met, due=due, earliest=earliest, by=release_by, scope=scope)
    return Demand(
        kind=obligation.kind,
        rule=rule,
        owner=obligation.owner,
        to=obligation.to,
        element=obligation.element,
        due=due,
        earliest=earliest,
        lead_seconds=_lead_seconds(obligation.lead),
        method=obligation.method,
        amount=_fee(obligation, scope),
        text=obligation.text,
        blocks_release=obligation.blocks_release,
        is_protected=obligation.is_protected,
        is_met=met,
        is_late=late,
    )


def _is_late(*, met: bool, due: Moment, earliest: Moment, by: Moment, scope: Scope) -> bool:
    """Whether the lead and the deadline can no longer both be kept."""
    zone = scope.terms.zone
    if not met:
        return is_after(scope.now, due, zone)
    return is_after(earliest, by, zone) and is_after(earliest, scope.now, zone)


def _next(every: Length, start: Moment | None, scope: Scope) -> Moment | None:
    """The first turn of a recurring duty that is not past."""
    if start is None:
        return None
    turn = 1
    moment = every.after(start, scope)
    while is_after(scope.now, moment, scope.terms.zone):
        turn += 1
        moment = every.times(turn).after(start, scope)
    return moment


def _done_at(condition: Condition, scope: Scope) -> Moment | None:
    """When the first entry that proves the duty was written."""
    parts = condition.parts if isinstance(condition, AnyOf) else (condition,)
    moments = [
        value
        for part in parts
        if isinstance(part, Entries)
        for _, record, node in part.matches(scope)
        if node.result is Truth.TRUE
        for value in _sent(record)
    ]
    return min(moments, key=lambda m: sort_key(m, scope.terms.zone), default=None)


def _sent(record: Record | Unknown) -> Iterator[Moment]:
    for name in _SENT:
        yield from (v for v in values_at(record, (name,)) if isinstance(v, date))
    yield from (v for v in values_at(record, ("nok", "contacted_at")) if isinstance(v, date))


def _fee(obligation: Obligation, scope: Scope) -> str | None:
    """Rate times minutes, to the cent; None while one of them is missing."""
    if obligation.fee is None:
        return None
    parts = [
        look_up(scope.case, FACTS, tuple(name.split("."))).value
        for name in (obligation.fee.rate, obligation.fee.minutes)
    ]
    total = Decimal(1)
    for part in parts:
        if isinstance(part, bool) or not isinstance(part, int | float):
            return None
        total *= Decimal(str(part))
    return str(total.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _lead_seconds(lead: Length | None) -> int | None:
    if lead is None or lead.unit not in _SECONDS:
        return None
    return int(timedelta(seconds=lead.amount * _SECONDS[lead.unit]).total_seconds())


def _words(record: Record, name: str) -> str | None:
    value = shown(record.values.get(name))
    return ", ".join(str(word) for word in value) if isinstance(value, list) else None


def _method(record: Record) -> str:
    tracks = record.values.get("track")
    return "mute" if isinstance(tracks, WordSet) and tracks.words == {"audio"} else "solid"


def _once(found: Iterable[Demand]) -> list[Demand]:
    """The same demand of two rules counts once, for the first that makes it."""
    seen: dict[tuple[object, ...], Demand] = {}
    for item in found:
        key = (item.kind, item.to, item.element, item.of, item.number, item.due, item.text)
        seen.setdefault(key, item)
    return list(seen.values())


def _redacted(found: list[Demand]) -> Iterator[Demand]:
    """Union, minus what must not be redacted, plus protected classes (conflict rule 5)."""
    shown_as_is = [d for d in found if d.kind is Duty.DO_NOT_REDACT]
    protected = [d for d in found if d.kind is Duty.REDACT and d.is_protected]
    for demand in found:
        can_yield = demand.kind is Duty.REDACT and not demand.is_protected
        if can_yield and any(_covers(keep, demand) for keep in shown_as_is):
            continue
        if demand.kind is Duty.DO_NOT_REDACT and any(
            _same_target(hide, demand) for hide in protected
        ):
            continue
        yield demand


def _covers(keep: Demand, hide: Demand) -> bool:
    """Whether a do-not-redact reaches a redaction: the same target, or the person it shows."""
    if _same_target(keep, hide):
        return keep.element in (None, hide.element)
    is_that_person = keep.of == "person" and hide.of == "segment" and keep.label is not None
    return is_that_person and keep.label == hide.label and keep.element in (None, hide.element)


def _same_target(first: Demand, second: Demand) -> bool:
    return first.of == second.of and first.number == second.number
