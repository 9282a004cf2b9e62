"""A pack as plain text: what the portal's policy page shows is what decides."""

from bwc.canonical import JsonObject
from bwc.policy.explain import sentence
from bwc.policy.rules import Obligation, Pack, Rule
from bwc.policy.schema import Modality, Outcome


def pack_text(pack: Pack) -> JsonObject:
    """The pack with each rule as one plain sentence, its citation and its standing."""
    return {
        "id": pack.id,
        "title": pack.title,
        "version": pack.version,
        "sha256": pack.sha256,
        "jurisdiction": pack.head.jurisdiction,
        "note": pack.head.note,
        "base": pack.base,
        "sources": dict(pack.head.sources),
        "rules": [rule_text(rule) for rule in pack.rules],
    }


def rule_text(rule: Rule) -> JsonObject:
    """One rule: its sentence, its citation, its dates and its standing."""
    return {
        "id": rule.id,
        "title": rule.title,
        "citation": rule.citation,
        "source": list(rule.source),
        "read_on": rule.read_on.isoformat(),
        "status": rule.status,
        "basis": rule.basis,
        "to_verify": rule.to_verify,
        "verified_by": rule.verified_by,
        "verified_on": None if rule.verified_on is None else rule.verified_on.isoformat(),
        "from": None if rule.since is None else rule.since.isoformat(),
        "to": None if rule.until is None else rule.until.isoformat(),
        "audience": "anyone" if rule.audience is None else ", ".join(sorted(rule.audience)),
        "sentence": rule_sentence(rule),
    }


def rule_sentence(rule: Rule) -> str:
    """Such as `If <condition>: <consequence>; <consequence>`, with a full stop."""
    condition = rule.when.phrase()
    then = "; ".join(_consequences(rule))
    if condition == "always":
        return f"{then[:1].upper()}{then[1:]}."
    return f"If {condition}: {then}."


def _consequences(rule: Rule) -> list[str]:
    then = rule.then
    parts: list[str] = []
    if then.outcome is not None:
        parts.append(_outcome(rule))
    if then.due is not None:
        parts.append(f"due {then.due.phrase()}")
    if then.until is not None:
        parts.append(f"until {then.until.phrase()}")
    if then.keep is not None:
        parts.append(f"keep the recording until {then.keep.phrase()}")
    if then.keep_while is not None:
        parts.append(f"keep the recording while {then.keep_while}")
    if then.delete_by is not None:
        parts.append(f"destroy the recording by {then.delete_by.phrase()}")
    if then.keep_metadata is not None:
        parts.append(f"keep its metadata until {then.keep_metadata.phrase()}")
    if then.camera is not None:
        parts.append(f"the camera: {then.camera.value.replace('_', ' ').lower()}")
    parts += [_obligation(item) for item in then.obligations]
    parts += [f"this rule stands in place of {name}" for name in sorted(rule.overrides)]
    return parts or ["nothing follows"]


def _outcome(rule: Rule) -> str:
    then = rule.then
    audiences = ["anyone"] if rule.audience is None else sorted(rule.audience)
    stand_in: JsonObject = {
        "audience": "public" if rule.audience and "public" in audiences else "requester",
        "outcome": (then.outcome or Outcome.NO_RULE).value,
        "modality": (then.modality or Modality.MAY).value if then.modality else None,
        "discretion": then.discretion,
        "question": then.question,
        "role": then.role,
        "missing": [item.name for item in then.missing],
    }
    text = sentence(stand_in).rstrip(".")
    return f"{text[:1].lower()}{text[1:]}"


def _obligation(item: Obligation) -> str:
    parts = [item.kind.value.replace("_", " ").lower()]
    if item.element:
        parts.append(item.element.replace("_", " "))
    if item.elements is not None:
        parts.append(", ".join(sorted(item.elements)).replace("_", " "))
    if item.each is not None:
        where = item.each.where.phrase()
        parts.append(f"of each {item.each.path[0].removesuffix('s')}")
        parts += [] if where == "always" else [f"where {where}"]
    if item.when is not None:
        parts.append(f"when {item.when.phrase()}")
    if item.to:
        parts.append(f"to {item.to.replace('_', ' ')}")
    if item.lead is not None:
        parts.append(f"at least {item.lead.phrase()} before release")
    if item.every is not None:
        parts.append(f"every {item.every.phrase()}")
    if item.due is not None:
        parts.append(f"by {item.due.phrase()}")
    return " ".join(parts)
