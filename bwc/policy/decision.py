"""A decision, and its one canonical document: everything it rests on, so that it replays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bwc.canonical import Json, JsonObject
from bwc.policy.clocks import Reading
from bwc.policy.conditions import Node, Written
from bwc.policy.demands import Demand
from bwc.policy.facts import Facts
from bwc.policy.kleene import Truth
from bwc.policy.moments import Moment, day_of, is_after, show
from bwc.policy.resolve import Defeat, Verdict
from bwc.policy.rules import Packs, Rule
from bwc.policy.schema import Outcome

SCHEMA: Final = "bwc.decision/1"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule as tested in this case."""

    rule: Rule
    node: Node
    due: Reading | None = None
    until: Reading | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts without which its clocks have no start."""
        readings = (self.due, self.until)
        return tuple(name for reading in readings if reading for name in reading.missing)


@dataclass(frozen=True, slots=True)
class Need:
    """A fact somebody must find out, and by when."""

    fact: str
    role: str
    due: Moment | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the packs say of a case, to one audience, at one time."""

    packs: Packs
    facts: Facts
    on: Moment
    audience: str
    verdict: Verdict
    defeats: tuple[Defeat, ...]
    fired: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    demands: tuple[Demand, ...]
    needs: tuple[Need, ...]
    is_overdue: bool

    @property
    def draft(self) -> list[str]:
        """The rules it rests on that no named lawyer has read yet."""
        return [f.rule.id for f in self.fired if f.rule.status == "draft"]

    @property
    def rests_on_draft(self) -> bool:
        """Whether a release on this decision needs a person's written approval."""
        return bool(self.draft)

    def document(self) -> JsonObject:
        """The decision as JSON: the answer first, then what it rests on."""
        verdict = self.verdict
        written: Written = {}
        return {
            "schema": SCHEMA,
            "audience": self.audience,
            "on": show(self.on),
            "modality": None if verdict.modality is None else verdict.modality.value,
            "outcome": verdict.outcome.value,
            "until": _shown(verdict.until),
            "renew_every": self._renewal(),
            "due": _shown(verdict.due),
            "overdue": self.is_overdue,
            "discretion": self._discretion(),
            "question": verdict.question,
            "role": verdict.role,
            "risks": list(verdict.risks),
            "deciding": [candidate.rule.id for candidate in verdict.winners],
            "missing": list(self._missing()),
            "obligations": [*(demand.document() for demand in self.demands), *self._asked()],
            "needs": [{"fact": n.fact, "role": n.role, "due": _shown(n.due)} for n in self.needs],
            "fired": [_named(finding.rule) for finding in self.fired],
            "defeated": [{"rule": d.rule, "by": d.by, "why": d.why} for d in self.defeats],
            "draft": [*self.draft],
            "contested": list(_contested(self.findings, self.packs)),
            "clocks": [clock for f in self.fired for clock in _clocks(f, self.on)],
            "packs": [
                {"id": pack.id, "version": pack.version, "sha256": pack.sha256}
                for pack in self.packs.packs
            ],
            "facts": self.facts.document,
            **({"provenance": self.facts.provenance} if self.facts.provenance else {}),
            "trace": [_traced(finding, written) for finding in self.findings],
        }

    def _discretion(self) -> str | None:
        """The office that decides, where the law leaves it a choice."""
        verdict = self.verdict
        portions = verdict.portions if verdict.outcome is Outcome.WITHHOLD_PORTION else ()
        deciding = (*verdict.winners, *portions)
        offices = [c.rule.then.discretion for c in deciding if c.rule.then.discretion]
        return offices[0] if offices else None

    def _renewal(self) -> str | None:
        """How often a delay must be renewed, by the first deciding rule that says."""
        if self.verdict.outcome is not Outcome.DELAY:
            return None
        found = (c.rule.then.renew_every for c in self.verdict.winners)
        return next((length.phrase() for length in found if length is not None), None)

    def _missing(self) -> Iterator[str]:
        """What a valid request would have to say beside what this one says."""
        tested = {f.rule.id: f for f in self.findings}
        for candidate in self.verdict.winners:
            finding = tested.get(candidate.rule.id) if candidate.rule.then.missing else None
            names = _lacking_facts(finding.node) if finding else set()
            for item in candidate.rule.then.missing:
                if item.fact in names:
                    yield item.name

    def _asked(self) -> list[Json]:
        """Each missing fact as an obligation of who must find it out."""
        return [
            {
                "kind": "NEED_FACT",
                "to": need.role,
                "due": _shown(need.due),
                "earliest": None,
                "element": need.fact,
                "owner": need.role,
                "blocks_release": True,
                "lead_seconds": None,
                "met": False,
            }
            for need in self.needs
        ]


def _shown(moment: Moment | None) -> str | None:
    return None if moment is None else show(moment)


def _named(rule: Rule) -> JsonObject:
    return {
        "rule": rule.id,
        "title": rule.title,
        "citation": rule.citation,
        "authority": rule.authority.value,
        "status": rule.status,
        "basis": rule.basis,
    }


def _traced(finding: Finding, written: Written) -> JsonObject:
    return {
        "rule": finding.rule.id,
        "result": str(finding.node.result),
        "why": finding.node.document(written),
    }


def _clocks(finding: Finding, on: Moment) -> Iterator[Json]:
    """The clocks of a rule as read; `internal_due` is the last working day before the end."""
    rule = finding.rule
    zone, calendar = rule.terms.zone, rule.terms.calendar
    ends = (("due", finding.due, rule.then.due), ("until", finding.until, rule.then.until))
    for what, reading, clock in ends:
        if reading is None or clock is None or reading.due is None:
            continue
        yield {
            "rule": rule.id,
            "what": what,
            "text": clock.phrase(),
            "start": _shown(reading.start),
            "end": show(reading.due),
            "internal_due": show(calendar.previous_business_day(day_of(reading.due, zone))),
            "extensions_taken": reading.extended,
            "could_extend_to": _shown(reading.could_extend_to),
            "extensions": [extension.document() for extension in reading.extensions],
            "tolled": [{"for": name, "days": days} for name, days in reading.tolled],
            "gross_days": reading.gross_days,
            "net_days": reading.net_days,
            "past": is_after(on, reading.due, zone),
        }


def _contested(findings: Sequence[Finding], packs: Packs) -> Iterator[Json]:
    """Unsettled law: the readings that differ here, and which of them this department chose."""
    readings: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.rule.contested is not None and finding.node.result is not Truth.FALSE:
            readings.setdefault(finding.rule.contested.question, []).append(finding)
    for question, found in readings.items():
        if not _differ(found):
            continue
        yield {
            "question": question,
            "chosen": packs.readings.get(question),
            "readings": [_reading(finding) for finding in found],
        }


def _differ(found: Sequence[Finding]) -> bool:
    """Whether it matters here which reading is chosen: what follows, by when, and what is owed."""
    follows: dict[str, list[object]] = {}
    for finding in found:
        then, contested = finding.rule.then, finding.rule.contested
        ends = [None if r is None else r.due for r in (finding.due, finding.until)]
        owed = [obligation.kind for obligation in then.obligations]
        if contested is not None:
            result = (finding.node.result, then.modality, then.outcome, ends, owed)
            follows.setdefault(contested.reading, []).append(result)
    first, *others = follows.values()
    return any(other != first for other in others)


def _reading(finding: Finding) -> JsonObject:
    rule = finding.rule
    return {
        "rule": rule.id,
        "title": rule.title,
        "reading": rule.contested.reading if rule.contested else None,
        "case": rule.contested.case if rule.contested else None,
        "modality": rule.then.modality.value if rule.then.modality else None,
        "outcome": rule.then.outcome.value if rule.then.outcome else None,
        "due": None if finding.due is None else _shown(finding.due.due),
    }


def _lacking_facts(node: Node) -> set[str]:
    """The facts found false in a test, and the numbers that were tested."""
    names: set[str] = set()
    is_lacking = isinstance(node.found, int | float) and node.found is not True  # False is an int
    if node.fact is not None and is_lacking:
        names.add(node.fact)
    for part in node.of:
        names |= _lacking_facts(part)
    return names
