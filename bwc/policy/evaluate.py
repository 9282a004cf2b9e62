"""Decide: facts and packs in, a decision with its obligations, needs and trace out.

Unknown is never false. What cannot be settled is tried both ways (`bwc.policy.worlds`); where that
changes the verdict, the decision asks a human and names the facts that are missing, and where it
does not, the missing facts do not matter and are not asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from bwc.errors import InvalidInput
from bwc.policy.conditions import first_unknown
from bwc.policy.consenters import as_one, disagree
from bwc.policy.decision import Decision, Finding, Need
from bwc.policy.demands import Demand, demands
from bwc.policy.facts import Facts, role_for
from bwc.policy.kleene import Truth
from bwc.policy.lengths import Length
from bwc.policy.moments import Moment, day_of, is_after
from bwc.policy.resolve import (
    DISCLOSES,
    Defeat,
    Verdict,
)
from bwc.policy.rules import Packs, Rule
from bwc.policy.schema import Duty, LengthText, Modality, Outcome
from bwc.policy.scope import Scope
from bwc.policy.vocabulary import AUDIENCES
from bwc.policy.worlds import Settled, Worlds, can_turn


def decide(packs: Packs, facts: Facts, *, on: Moment, audience: str) -> Decision:
    """What the packs say of this case, to this audience, at this time.

    Args:
        packs: the packs in force, bases first.
        facts: the case.
        on: the day or instant of decision; release law is applied as of it (conflict rule 10).
        audience: `public` or the role of a requester.

    Raises:
        InvalidInput: no such audience.
    """
    if audience not in AUDIENCES:
        expected = ", ".join(AUDIENCES)
        raise InvalidInput("no such audience", expected=expected, got=audience)
    if not packs.packs:
        raise InvalidInput("no pack to decide by", expected="at least one pack")
    scope = Scope.of_case(facts.record, on, packs.packs[-1].terms)
    return _decided(_Case(packs, facts, scope, audience))


@dataclass(frozen=True, slots=True)
class _Case:
    """What is decided: the case, by which packs, for whom."""

    packs: Packs
    facts: Facts
    scope: Scope
    audience: str

    def findings(self) -> list[Finding]:
        """Every rule that is law for this audience, tested."""
        rules = (r for r in self.packs.rules if _concerns(r, self.scope, self.audience))
        return [_find(rule, self.scope) for rule in rules]

    def chosen(self, findings: Iterable[Finding]) -> dict[str, Finding]:
        """Those that count here: of contested questions the reading that is chosen."""
        readings = self.packs.readings
        return {f.rule.id: f for f in findings if _is_chosen(f.rule, readings)}

    def lapsed(self) -> list[Finding]:
        """The rules that were law at the incident and are not any more, tested."""
        rules = (r for r in self.packs.rules if _was_law(r, self.scope, self.audience))
        return [_find(rule, self.scope) for rule in rules]


def _decided(case: _Case) -> Decision:
    """Settle what is sure, try what is not both ways, and say what follows."""
    findings = case.findings()
    by_rule = case.chosen(findings)
    worlds = Worlds(by_rule)
    settled = worlds.settled
    verdict = _asking(settled.verdict, worlds.all()) if worlds.differ() else settled.verdict
    if disagree(case.scope.case):
        verdict = _of_one_mind(verdict, case)
    beaten = settled.verdict.beaten
    unbeaten = [rule for rule in settled.rules if rule.id not in beaten]
    demanded = demands(unbeaten, case.scope, verdict.until or verdict.due)
    verdict = _as_redacted(_kept_leads(verdict, demanded.of), demanded.of)
    missing = worlds.matter()
    would = [(o.kind, f.node) for f in worlds.may_demand() for o in f.rule.then.obligations]
    is_open = verdict.outcome in DISCLOSES or verdict.outcome in _OPEN_ENDED
    asks = (node for kind, node in (*would, *demanded.open) if is_open or kind not in _PICTURE)
    missing += first_unknown(asks)
    deciding = {rule.id: by_rule[rule.id] for rule in worlds.winners()}
    missing += [name for finding in deciding.values() for name in finding.missing]
    asking = {demand.rule.id for demand in demanded.of}
    lost = {defeat.rule for defeat in settled.verdict.defeats}
    scope, due = case.scope, verdict.due
    lead = case.packs.packs[-1].head.need_fact_lead
    return Decision(
        packs=case.packs,
        facts=case.facts,
        on=scope.now,
        audience=case.audience,
        verdict=verdict,
        defeats=(
            *settled.defeats,
            *settled.verdict.defeats,
            *_replaced(case.lapsed(), settled.rules),
        ),
        fired=tuple(
            by_rule[rule.id]
            for rule in unbeaten
            if rule.id not in lost and (can_turn(rule) or rule.id in asking)
        ),
        findings=tuple(findings),
        demands=demanded.of,
        needs=tuple(_needs(dict.fromkeys(missing), due, scope, lead)),
        is_overdue=due is not None and is_after(scope.now, due, scope.terms.zone),
    )


_PICTURE: Final = frozenset({Duty.REDACT, Duty.DO_NOT_REDACT, Duty.EXEMPTION_LOG})
"""Duties that matter only where something is shown."""

_OPEN_ENDED: Final = frozenset({Outcome.REFER_HUMAN, Outcome.DELAY})


def _concerns(rule: Rule, case: Scope, audience: str) -> bool:
    """A rule of release that is law on the day of decision, for this audience."""
    if not rule.is_of_release or not rule.speaks_of(audience):
        return False
    return rule.in_force_on(day_of(case.now, rule.terms.zone))


def _was_law(rule: Rule, case: Scope, audience: str) -> bool:
    """A rule that was law at the incident and is not any more."""
    then = case.case.values.get("incident_at")
    if not isinstance(then, Moment) or not rule.speaks_of(audience):
        return False
    zone: ZoneInfo = rule.terms.zone
    now = day_of(case.now, zone)
    return rule.in_force_on(day_of(then, zone)) and not rule.in_force_on(now)


def _is_chosen(rule: Rule, readings: Mapping[str, str]) -> bool:
    """Whether this reading of a contested question is the one chosen here."""
    if rule.contested is None:
        return True
    return readings.get(rule.contested.question, rule.contested.reading) == rule.contested.reading


def _find(rule: Rule, case: Scope) -> Finding:
    """One rule tested, its clocks read."""
    scope = case.under(rule.terms)
    node = rule.when.test(scope)
    if node.result is Truth.FALSE:
        return Finding(rule, node)
    due = None if rule.then.due is None else rule.then.due.read(scope)
    until = None if rule.then.until is None else rule.then.until.read(scope)
    return Finding(rule, node, due, until)


def _asking(verdict: Verdict, worlds: Iterable[Settled]) -> Verdict:
    """The verdict that asks, with the earliest deadline any of the possible ones has."""
    running = tuple(c for w in worlds for c in (*w.verdict.winners, *w.verdict.shown_due))
    return Verdict(
        outcome=Outcome.REFER_HUMAN,
        defeats=verdict.defeats,
        shown_due=tuple(dict.fromkeys(c for c in running if c.demands)),
        question="facts that are not known decide this case",
        role="records_officer",
    )


def _of_one_mind(verdict: Verdict, case: _Case) -> Verdict:
    """A disagreement that no rule settles and on which the answer turns goes to a human."""
    if verdict.outcome is Outcome.REFER_HUMAN:
        return verdict
    if_so: list[Verdict] = []
    for record in as_one(case.scope.case):
        agreed = replace(case, scope=Scope.of_case(record, case.scope.now, case.scope.terms))
        worlds = Worlds(case.chosen(agreed.findings()))
        sure = worlds.settled.verdict
        if_so.append(_asking(sure, worlds.all()) if worlds.differ() else sure)
    answers = [(v.modality, v.outcome) for v in if_so]
    if len(set(answers)) == 1 or (verdict.modality, verdict.outcome) not in answers:
        return verdict
    running = (c for v in if_so for c in (*v.winners, *v.shown_due) if c.demands)
    return Verdict(
        outcome=Outcome.REFER_HUMAN,
        defeats=verdict.defeats,
        shown_due=tuple(dict.fromkeys(running)),
        question="those who speak for one person disagree, and no rule says whose word counts",
        role="legal_counsel",
    )


def _kept_leads(verdict: Verdict, found: Sequence[Demand]) -> Verdict:
    """A lead that can no longer be kept goes to a human with both duties named."""
    late = [d for d in found if d.is_late]
    if not late or verdict.modality is not Modality.MUST or verdict.outcome not in DISCLOSES:
        return verdict
    kept = verdict.winners[0].rule.id
    missed = ", ".join(dict.fromkeys(d.rule.id for d in late))
    return replace(
        verdict,
        modality=None,
        outcome=Outcome.REFER_HUMAN,
        risks=(kept, *dict.fromkeys(d.rule.id for d in late)),
        question=f"{missed} asks for a lead before release that no longer fits before the "
        f"deadline of {kept}: one of the two duties will be broken",
        role="legal_counsel",
    )


def _as_redacted(verdict: Verdict, found: Sequence[Demand]) -> Verdict:
    """A release with something to redact is a redacted release."""
    if verdict.outcome is Outcome.RELEASE and any(d.kind is Duty.REDACT for d in found):
        return replace(verdict, outcome=Outcome.RELEASE_REDACTED)
    return verdict


def _replaced(lapsed: list[Finding], now: Sequence[Rule]) -> list[Defeat]:
    """Law of the incident's day that has been replaced: both versions are printed."""
    return [
        Defeat(
            old.rule.id,
            next((new.id for new in now if new.topic and new.topic == old.rule.topic), ""),
            "was law at the incident; release law is applied as of the decision",
        )
        for old in lapsed
        if old.node.result is Truth.TRUE
    ]


def _needs(
    missing: Iterable[str], due: Moment | None, case: Scope, lead: LengthText
) -> Iterator[Need]:
    """Whom to ask, and by when: before the rule's own deadline, but never in the past."""
    ask_by: Moment | None = None
    if due is not None:
        ask_by = Length(lead.amount, lead.unit).before(due, case)
        if is_after(case.now, ask_by, case.terms.zone):
            ask_by = day_of(case.now, case.terms.zone)
    for name in missing:
        yield Need(name, role_for(name), ask_by)
