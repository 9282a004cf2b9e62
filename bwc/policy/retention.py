"""How long a recording is kept: the longest floor, the earliest ceiling, and what stops deletion.

Retention law is applied as of the recording (conflict rule 10). Nothing shortens a floor or a hold
but a court's order to destroy (rule 9). What is not known keeps: a rule that cannot be settled
counts with its floor and not with its ceiling.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bwc.canonical import Json, JsonObject
from bwc.policy.clocks import Clock
from bwc.policy.conditions import Node, first_unknown, shown
from bwc.policy.facts import Facts, role_for, values_at
from bwc.policy.kinds import Many, Record, Unknown
from bwc.policy.kleene import Truth
from bwc.policy.moments import Moment, day_of, is_after, show, sort_key
from bwc.policy.resolve import standing
from bwc.policy.rules import Packs, Rule
from bwc.policy.scope import Scope

SCHEMA: Final = "bwc.retention/1"
_RECORDED: Final = (("recording", "created_at"), ("recording", "start"), ("incident_at",))


@dataclass(frozen=True, slots=True)
class _Applied:
    """One retention rule in this case."""

    rule: Rule
    node: Node
    floor: Moment | None
    ceiling: Moment | None
    metadata: Moment | None
    missing: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        return self.node.result is Truth.TRUE


@dataclass(frozen=True, slots=True)
class Retention:
    """How long, by which rules, and what stops deletion meanwhile."""

    packs: Packs
    facts: Facts
    applied: tuple[_Applied, ...]
    tested: tuple[_Applied, ...]
    holds: tuple[JsonObject, ...]
    floor: Moment | None
    ceiling: Moment | None
    delete_by: Moment | None
    metadata: Moment | None
    question: str | None
    alerts: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def deleting_rule(self) -> str | None:
        """The rule that names the day of `delete_by`; an order to destroy before any other."""
        naming = [
            a.rule
            for a in self.applied
            if a.is_sure and (a.rule.then.destroy or a.ceiling == self.delete_by)
        ]
        named = sorted(naming, key=lambda rule: not rule.then.destroy)
        return named[0].id if named and self.delete_by is not None else None

    def document(self) -> JsonObject:
        """The answer as JSON, with its reasons."""
        return {
            "schema": SCHEMA,
            "floor": _shown(self.floor),
            "ceiling": _shown(self.ceiling),
            "delete_by": _shown(self.delete_by),
            "keep_metadata_until": _shown(self.metadata),
            "holds": list(self.holds),
            "outcome": None if self.question is None else "REFER_HUMAN",
            "question": self.question,
            "alerts": list(self.alerts),
            "needs": [{"fact": name, "role": role_for(name), "due": None} for name in self.needs],
            "reasons": [_reason(item) for item in self.applied],
            "draft": [i.rule.id for i in self.applied if i.rule.status == "draft"],
            "packs": [
                {"id": pack.id, "version": pack.version, "sha256": pack.sha256}
                for pack in self.packs.packs
            ],
            "facts": self.facts.document,
            "trace": [
                {
                    "rule": item.rule.id,
                    "result": item.node.result.value,
                    "why": item.node.document(),
                }
                for item in self.tested
            ],
        }


def retain(packs: Packs, facts: Facts, *, on: Moment | None = None) -> Retention:
    """How long the recording of this case is kept.

    Args:
        packs: the packs in force, bases first.
        facts: the case.
        on: the day it is asked; without it, no hold is taken to have ended.
    """
    zone = packs.packs[-1].terms.zone
    recorded = recorded_at(facts.record)
    now = on or recorded or date.min
    case = Scope.of_case(facts.record, now, packs.packs[-1].terms)
    law_of = day_of(recorded or now, zone)
    rules = [r for r in packs.rules if r.then.is_retention and r.in_force_on(law_of)]
    tested = [_apply(rule, case) for rule in rules]
    applied = _standing(tested)
    holds = tuple(_holds(facts.record, on, case))
    floor = _latest((a.floor for a in applied), case)
    ceiling = _earliest((a.ceiling for a in applied if a.is_sure), case)
    needs = first_unknown(a.node for a in applied)
    needs += [name for a in applied for name in a.missing if name not in needs]
    question = None
    destroys = [a for a in applied if a.is_sure and a.rule.then.destroy]
    if floor is not None and ceiling is not None and is_after(floor, ceiling, zone):
        question = f"a rule keeps until {show(floor)} and another deletes by {show(ceiling)}"
    keeps_on = any(a.rule.then.keep_while for a in applied)
    delete_by = None if holds or needs or question or keeps_on else ceiling
    if destroys and not destroys[0].missing:
        delete_by, question = destroys[0].ceiling or on, None
    return Retention(
        packs=packs,
        facts=facts,
        applied=tuple(applied),
        tested=tuple(tested),
        holds=holds,
        floor=floor,
        ceiling=ceiling,
        delete_by=delete_by,
        metadata=_latest((a.metadata for a in applied), case),
        question=question,
        alerts=tuple(_alerts(ceiling, delete_by, holds, needs)),
        needs=tuple(needs),
    )


def _apply(rule: Rule, case: Scope) -> _Applied:
    scope = case.under(rule.terms)
    node = rule.when.test(scope)
    missing: list[str] = []

    def end(clock: Clock | None) -> Moment | None:
        if clock is None or node.result is Truth.FALSE:
            return None
        reading = clock.read(scope)
        missing.extend(reading.missing)
        return reading.due

    then = rule.then
    floor, ceiling, metadata = end(then.keep), end(then.delete_by), end(then.keep_metadata)
    return _Applied(rule, node, floor, ceiling, metadata, tuple(dict.fromkeys(missing)))


def _standing(applied: Sequence[_Applied]) -> list[_Applied]:
    """Those that hold or may hold, less those that a rule which surely holds overrides."""
    sure = [a.rule for a in applied if a.is_sure]
    left = {rule.id for rule in standing(sure)[0]}
    return [a for a in applied if a.rule.id in left or a.node.result is Truth.UNKNOWN]


def _holds(record: Record, on: Moment | None, case: Scope) -> Iterator[JsonObject]:
    """The holds in force, and a request that is still open."""
    found = record.values.get("holds")
    for hold in found.records if isinstance(found, Many) else ():
        until = next(iter(values_at(hold, ("until",))), None)
        ended = on is not None and isinstance(until, date) and is_after(on, until, case.terms.zone)
        if not ended:
            document = shown(hold)
            stated = document if isinstance(document, dict) else {}
            yield {"kind": "unknown", **stated}
    if isinstance(found, Unknown):
        yield {"kind": "unknown"}
    request = record.values.get("request")
    if isinstance(request, Unknown):
        yield {"kind": "request_unknown"}
    if isinstance(request, Record) and request.values:
        received = shown(request.values.get("received_at"))
        yield {"kind": "request_pending", "from": received}


def _alerts(
    ceiling: Moment | None,
    delete_by: Moment | None,
    holds: Sequence[JsonObject],
    needs: Sequence[str],
) -> Iterator[str]:
    """Why a ceiling is not kept."""
    if ceiling is None or delete_by is not None:
        return
    for hold in holds:
        yield f"deletion is due by {show(ceiling)} and a hold ({hold['kind']}) stops it: keep"
    for name in needs:
        yield f"deletion is due by {show(ceiling)} and {name} is not known: keep"


def recorded_at(record: Record) -> Moment | None:
    """The day the recording was made, or that of the incident."""
    for path in _RECORDED:
        for value in values_at(record, path):
            if isinstance(value, date):
                return value
    return None


def _reason(item: _Applied) -> Json:
    then = item.rule.then
    ends = {
        "floor": None if item.floor is None else show(item.floor),
        "ceiling": None if item.ceiling is None else show(item.ceiling),
    }
    return {
        "rule": item.rule.id,
        "title": item.rule.title,
        "citation": item.rule.citation,
        "result": item.node.result.value,
        "keep_while": then.keep_while,
        **ends,
    }


def _latest(moments: Iterable[Moment | None], case: Scope) -> Moment | None:
    found = [m for m in moments if m is not None]
    return max(found, key=lambda m: sort_key(m, case.terms.zone), default=None)


def _earliest(moments: Iterable[Moment | None], case: Scope) -> Moment | None:
    found = [m for m in moments if m is not None]
    return min(found, key=lambda m: sort_key(m, case.terms.zone), default=None)


def _shown(moment: Moment | None) -> str | None:
    return None if moment is None else show(moment)
