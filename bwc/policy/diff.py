"""What a new version of the packs changes: its rules, and the cases they would decide otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bwc.canonical import Json, JsonObject
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import Moment
from bwc.policy.retention import retain
from bwc.policy.rules import Packs
from bwc.policy.text import rule_text

_DECIDED: Final = ("modality", "outcome", "until", "due", "obligations", "needs", "draft")
_KEPT: Final = ("floor", "ceiling", "delete_by", "outcome", "holds", "needs")


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One case as it stands: its name, its facts, and for whom it was decided.

    `kept` are the facts by which each of its recordings is kept, by the recording's id.
    """

    name: str
    facts: JsonObject
    audience: str
    kept: Mapping[str, JsonObject]


def activation_of_both(old: Packs, new: Packs) -> JsonObject:
    """When cameras must run, before and after, whether that changes or not."""
    return {"before": old.activation, "after": new.activation}


def changed_rules(old: Packs, new: Packs) -> JsonObject:
    """The rules that came, went, or say something else."""
    before = {rule.id: rule_text(rule) for rule in old.rules}
    after = {rule.id: rule_text(rule) for rule in new.rules}
    changed: list[Json] = [
        {
            "rule": name,
            "changes": _changes(before[name], after[name], tuple(after[name])),
        }
        for name in sorted(before.keys() & after.keys())
        if before[name] != after[name]
    ]
    return {
        "added": [*sorted(after.keys() - before.keys())],
        "removed": [*sorted(before.keys() - after.keys())],
        "changed": changed,
    }


def changed_case(old: Packs, new: Packs, case: OpenCase, *, on: Moment) -> JsonObject | None:
    """How the new packs decide and keep a case otherwise at `on`; None where they do not."""
    facts = Facts.from_document(case.facts)
    decided = _changes(
        decide(old, facts, on=on, audience=case.audience).document(),
        decide(new, facts, on=on, audience=case.audience).document(),
        _DECIDED,
    )
    kept: JsonObject = {}
    for recording_id, document in case.kept.items():
        by = Facts.from_document(document)
        changes = _changes(
            retain(old, by, on=on).document(), retain(new, by, on=on).document(), _KEPT
        )
        of = f" of {recording_id}" if len(case.kept) > 1 else ""
        kept |= {f"{name}{of}": ends for name, ends in changes.items()}
    if not decided and not kept:
        return None
    return {"case": case.name, "audience": case.audience, "decision": decided, "retention": kept}


def _changes(before: JsonObject, after: JsonObject, names: tuple[str, ...]) -> JsonObject:
    return {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in names
        if before.get(name) != after.get(name)
    }
