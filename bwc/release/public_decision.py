"""A decision as the public may read it: rules, citations, one sentence and the steps.

What is left out: the values of facts, who asserted them, who is owed what. The steps are the
conditions as the rules word them, each with its answer.
"""

from collections.abc import Iterator

from bwc.canonical import Json, JsonObject
from bwc.catalog.release import Decision
from bwc.clock import iso
from bwc.errors import IntegrityError
from bwc.policy.rules import Packs, Rule
from bwc.policy.schema import Duty

FORMAT = "bwc-decision/1"
LONGEST_STEPS = 400  # a decision with more steps than a person could read is cut there

OPENING = {
    ("MUST", "RELEASE"): "The department must release this recording",
    (
        "MUST",
        "RELEASE_REDACTED",
    ): "The department must release this recording, with what the law protects hidden",
    ("MAY", "RELEASE"): "The department may release this recording and chose to",
    (
        "MAY",
        "RELEASE_REDACTED",
    ): "The department may release this recording, with what the law protects hidden, and chose to",
}


def public_decision(decision: Decision, packs: Packs) -> JsonObject:
    """The public form of `decision`, made by these packs.

    Raises:
        IntegrityError: it names a rule that the packs do not have.
    """
    document = decision.document
    fired = [_rule(str(item.get("rule")), packs) for item in _objects(document, "fired")]
    leading = _leading(fired)
    return {
        "format": FORMAT,
        "audience": decision.audience,
        "decided_at": iso(decision.decided_at),
        "modality": decision.modality,
        "outcome": decision.outcome,
        "sentence": sentence(decision, leading),
        "rules": [_cited(rule) for rule in leading or fired],
        "hiding": [_cited(rule) | {"elements": _hidden_by(rule)} for rule in fired if _hides(rule)],
        "draft": [str(name) for name in _list(document, "draft")],
        "packs": _list(document, "packs"),
        "tree": list(_tree(document, fired)),
        "document_sha256": decision.sha256,
    }


def sentence(decision: Decision, rules: list[Rule]) -> str:
    """Why it is public, in one sentence."""
    opening = OPENING[decision.modality or "", decision.outcome]
    titles = "; ".join(f"“{rule.title}” ({rule.citation})" for rule in rules)
    return f"{opening}: {titles}." if titles else f"{opening}."


def _leading(fired: list[Rule]) -> list[Rule]:
    """Those of the fired rules that speak of disclosure; the rest only add duties."""
    return [rule for rule in fired if rule.then.modality is not None]


def _hides(rule: Rule) -> bool:
    """Whether it asks that something be hidden: the law behind each covered place."""
    return any(obligation.kind is Duty.REDACT for obligation in rule.then.obligations)


def _hidden_by(rule: Rule) -> list[Json]:
    """What it orders to hide, in the words of the facts; empty where one order names nothing."""
    orders = [duty for duty in rule.then.obligations if duty.kind is Duty.REDACT]
    named = [(duty.elements or frozenset()) | ({duty.element} - {None}) for duty in orders]
    return [*sorted(str(word) for word in frozenset().union(*named))] if all(named) else []


def _rule(name: str, packs: Packs) -> Rule:
    found = next((rule for rule in packs.rules if rule.id == name), None)
    if found is None:
        raise IntegrityError("a decision names a rule that is not loaded", where=name)
    return found


def _cited(rule: Rule) -> JsonObject:
    return {
        "id": rule.id,
        "pack": rule.pack,
        "title": rule.title,
        "citation": rule.citation,
        "status": rule.status,
    }


def _tree(document: JsonObject, fired: list[Rule]) -> Iterator[JsonObject]:
    """For each rule that fired, what was asked and how it was answered."""
    steps = {str(step.get("rule")): step for step in _objects(document, "trace")}
    left = [LONGEST_STEPS]
    for rule in fired:
        when = steps.get(rule.id, {}).get("why")
        children = [_node(when, left)] if isinstance(when, dict) else []
        yield {
            "text": f"{rule.title} ({rule.citation})",
            "value": "applies",
            "children": [child for child in children if child],
        }


def _node(node: JsonObject, left: list[int]) -> JsonObject:
    """One condition without what was found in the case."""
    left[0] -= 1
    inner = node.get("of")
    nodes = [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []
    return {
        "text": str(node.get("test", "")),
        "value": str(node.get("result", "")) or None,
        "children": [_node(one, left) for one in nodes if left[0] > 0],
    }


def _list(document: JsonObject, name: str) -> list[Json]:
    value = document.get(name)
    return value if isinstance(value, list) else []


def _objects(document: JsonObject, name: str) -> list[JsonObject]:
    return [item for item in _list(document, name) if isinstance(item, dict)]
