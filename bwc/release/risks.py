"""Both sides of a decision: what releasing risks, and what withholding or waiting risks.

Pure: it reads what the catalog says of an incident, and judges nothing. Each risk names who could
be harmed and where that is written; a side on which nothing is written says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bwc.canonical import Json
from bwc.catalog.release import ObligationState
from bwc.catalog.request import RequestState
from bwc.catalog.views.cases import DecisionLine, IncidentView, ObligationLine
from bwc.clock import parse_time
from bwc.policy.vocabulary import FACTS
from bwc.release.gates import RELEASING, Gate, GateName

MUST = "MUST"
# Facts that a person asserted, what each says of whom, and the values for which it does.
YES: frozenset[Json] = frozenset({True})
BY_FACT: Mapping[str, tuple[frozenset[Json], str, str]] = {
    "substantially_interferes": (YES, "the investigation", "release would interfere with it"),
    "criminal_inv_status": (
        frozenset({"active"}),
        "the criminal investigation",
        "it is active: witnesses may speak as they saw on film",
    ),
    "admin_inv_status": (
        frozenset({"active"}),
        "the administrative investigation",
        "it is active: witnesses may speak as they saw on film",
    ),
    "evidence_in_prosecution": (YES, "the accused", "the footage is evidence: a fair trial"),
    "reasonable_expectation_of_privacy": (YES, "who is seen", "he could expect privacy there"),
    "privacy_outweighs_disclosure": (YES, "who is seen", "privacy outweighs disclosure"),
    "highly_offensive": (YES, "who is seen", "disclosure would be highly offensive"),
    "clearly_offensive": (YES, "who is seen", "disclosure would be clearly offensive"),
    "is_first_amendment_assembly": (YES, "who assembled", "assembling could be punished by others"),
}
# Gates whose being closed harms somebody; what the others ask for is told by its own lines.
BY_GATE: Mapping[GateName, tuple[str, str]] = {
    GateName.RENDERING: ("who is seen or heard", "he may be in plain sight"),
    GateName.OBJECTIONS: ("who is seen or heard", "a reviewer sent it back"),
    GateName.INCIDENT: ("who is seen or heard", "the decision is about something else"),
    GateName.CURRENT: ("whoever it is about", "the decision may be wrong by now"),
    GateName.LEAD_TIME: ("who must be told first", "he learns it from the news"),
    GateName.APPROVAL: ("who is seen or heard", "no second person has looked"),
}
TENDER = frozenset(
    {
        *("undercover", "informant", "victim", "victim_sa", "victim_dv", "minor", "witness"),
        *("bystander", "medical_patient", "decedent"),
    }
)
PRIVATE_PLACES = frozenset(
    {"private_residence", "health", "mental_health", "social_service", "dv_program", "school"}
)
GRAVE = {
    "substantial_bodily_harm",
    "great_or_serious_bodily_injury",
    "hospitalised",
    "death",
}


@dataclass(frozen=True, slots=True)
class Risk:
    """Who could be harmed, how, and where that is written. `at` is when a clock breaks."""

    who: str
    how: str
    source: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """The two sides of the decision for the public; what comes first is the nearest or the gravest."""

    releasing: tuple[Risk, ...]
    withholding: tuple[Risk, ...]


def weigh(view: IncidentView, closed: Mapping[str, Sequence[Gate]]) -> Weighed:
    """Both sides for one incident.

    Args:
        view: the incident with all that hangs on it.
        closed: the closed gates of each release that is not out, by its id.
    """
    decision = next((one for one in view.decisions if one.audience == "public"), None)
    dated = sorted(
        _withholding(view, decision), key=lambda one: (one.at is None, one.at or view.occurred_at)
    )
    return Weighed(tuple(_releasing(view, decision, closed)), tuple(dated))


def _releasing(
    view: IncidentView, decision: DecisionLine | None, closed: Mapping[str, Sequence[Gate]]
) -> Iterator[Risk]:
    for hold in view.holds:
        if hold.is_active and hold.blocks_release:
            yield Risk("whoever the hold protects", hold.reason, f"hold, {hold.kind.value}")
    for fact in view.facts:
        if fact.stands:
            yield from _of_fact(fact.name, fact.value)
    if decision is not None:
        yield from _of_decision(view, decision)
    for gate in (gate for gates in closed.values() for gate in gates):
        if gate.name in BY_GATE:
            who, how = BY_GATE[gate.name]
            yield Risk(who, f"{how}: {_words(gate.why)}", f"closed gate: {gate.name.value}")
    yield Risk("everyone who is seen or heard", "copies cannot be called back", "by its nature")


def _of_decision(view: IncidentView, decision: DecisionLine) -> Iterator[Risk]:
    """What the rules themselves say against releasing now."""
    for said in _items(decision.document.get("risks")):
        yield Risk("", str(said), "the rules")
    for duty in _unproven(view, decision):
        if duty.blocks_release:
            who = _words(duty.recipient or "who is seen or heard")
            yield Risk(who, _not_told(duty), "obligation")
    for need in _items(decision.document.get("needs")):
        if isinstance(need, dict):
            yield Risk("", f"not known: {_about(str(need.get('fact')))}", "the rules ask")
    if decision.rests_on_draft:
        yield Risk("the department", "it rests on rules no lawyer has verified", "the rules")


def _withholding(view: IncidentView, decision: DecisionLine | None) -> Iterator[Risk]:
    if decision is not None:
        yield from _clocks(decision)
        for duty in _unproven(view, decision):
            if duty.due_at is not None:
                who = _words(duty.recipient or "the department")
                how = f"{_demanded(duty)} is due"
                yield Risk(who, how, "obligation", duty.due_at)
    for request in view.requests:
        if request.state is RequestState.OPEN:
            who = _words(request.requester_role)
            yield Risk(who, f"{request.number} is not answered", "request")
    for complaint in view.complaints:
        if complaint.about_misconduct:
            how = "an allegation of misconduct stands without an answer"
            yield Risk(f"the {_words(complaint.filed_by)} who complained", how, complaint.number)
    for fact in view.facts:
        if fact.stands and fact.name == "injury_level" and fact.value in GRAVE:
            how = f"{_words(str(fact.value))}: they wait to learn what happened"
            yield Risk("the injured and their family", how, "fact")


def _clocks(decision: DecisionLine) -> Iterator[Risk]:
    """The clocks that break by waiting, and what the law demands."""
    document = decision.document
    due = [one for one in _items(document.get("clocks")) if isinstance(one, dict)]
    told = False
    for clock in due:
        if clock.get("what") == "due" and isinstance(clock.get("end"), str):
            told = True
            at = _moment(clock)
            day = "" if at else f" on {clock['end']}"
            yield Risk("the public", f"{clock.get('text')}: it breaks{day}", _rule(clock), at)
    if decision.due_at is not None and not told:
        yield Risk("the public", "the day by which it is due", "the decision", decision.due_at)
    if decision.modality == MUST and decision.outcome in RELEASING:
        for rule in _items(document.get("fired")):
            if isinstance(rule, dict):
                source = str(rule.get("citation") or rule.get("rule") or "the rules")
                yield Risk("the department", "the law demands release", source)


def _moment(clock: Mapping[str, Json]) -> datetime | None:
    """When a clock ends, where the decision writes it to the second; a day alone is in its words."""
    end = clock.get("end")
    return parse_time(end) if isinstance(end, str) and "T" in end else None


def _of_fact(name: str, value: Json) -> Iterator[Risk]:
    """What one asserted fact says of those who could be harmed by release."""
    if name in BY_FACT:
        values, who, how = BY_FACT[name]
        status = value.get("status") if isinstance(value, dict) else value
        if not isinstance(status, dict | list) and status in values:
            yield Risk(who, how, f"fact: {_words(name)}")
    elif name == "location_kind":
        for place in _items(value if isinstance(value, list) else [value]):
            if place in PRIVATE_PLACES:
                yield Risk("who is seen", f"filmed in: {_words(str(place))}", "fact: location kind")
    elif name == "persons":
        for person in _items(value):
            if isinstance(person, dict):
                yield from _of_person(person)


def _of_person(person: Mapping[str, Json]) -> Iterator[Risk]:
    roles = [str(role) for role in _items(person.get("role"))]
    tender = [role for role in roles if role in TENDER]
    name = f"{_words(', '.join(roles)) or 'a person'} {person.get('id') or ''}".strip()
    consent = person.get("consent")
    said = consent.get("public_release") if isinstance(consent, dict) else consent
    if said in ("refused", False):
        yield Risk(name, "refused consent to release", "fact: persons")
    elif tender and said not in ("granted", True):
        yield Risk(name, "did not consent to release", "fact: persons")


def _unproven(view: IncidentView, decision: DecisionLine) -> list[ObligationLine]:
    return [
        duty
        for duty in view.obligations
        if duty.decision_id == decision.id
        and duty.state is ObligationState.OPEN
        and duty.kind != "NEED_FACT"
    ]


def _not_told(duty: ObligationLine) -> str:
    return f"{_demanded(duty)} is not proven, and comes before release"


def _demanded(duty: ObligationLine) -> str:
    return _words(duty.kind.lower() + (f" ({duty.element})" if duty.element else ""))


def _about(fact: str) -> str:
    """What a fact says, in the vocabulary's own words."""
    return FACTS[fact].about.lower() if fact in FACTS else _words(fact)


def _rule(clock: Mapping[str, Json]) -> str:
    return str(clock.get("rule") or "the rules")


def _words(text: str) -> str:
    return text.replace("_", " ")


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
