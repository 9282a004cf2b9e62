"""Changes of the policy packs as staff read them: the difference, in lines, and who agreed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.policy_change import PolicyChange, PolicyChangeState
from bwc.catalog.views.copying import value_of


@dataclass(frozen=True, slots=True)
class PolicyChangeView:
    """One change; `document` is the difference exactly as it was proposed."""

    id: str
    number: str
    state: PolicyChangeState
    document: JsonObject
    sha256: str
    proposed_by: str
    proposed_at: datetime
    activated_by: str | None
    activated_at: datetime | None
    refused_by: str | None
    refused_at: datetime | None
    refused_because: str | None

    @property
    def packs(self) -> list[str]:
        """The packs it would put into force, with their versions."""
        return [
            f"{pack.get('id')} {pack.get('version')}" for pack in _mappings(self.document, "packs")
        ]

    @property
    def rules(self) -> list[tuple[str, str]]:
        """What happens to which rule, and to when cameras run."""
        rules = self.document.get("rules")
        if not isinstance(rules, dict):
            return []
        named = [
            (word, str(rule)) for word in ("added", "removed") for rule in _listed(rules, word)
        ]
        changed = [
            (f"changed: {', '.join(_members(item, 'changes'))}", str(item.get("rule")))
            for item in _mappings(rules, "changed")
        ]
        stated = _mapping(self.document, "activation")
        duty = [("changed", "when cameras run")] if _differ(stated) else []
        return duty + named + changed

    @property
    def cases(self) -> list[tuple[str, list[str]]]:
        """Which open case would be decided or kept otherwise, and how."""
        return [
            (f"{case.get('case')} for {case.get('audience')}", list(dict.fromkeys(_ends(case))))
            for case in _mappings(self.document, "cases")
        ]


def list_policy_changes(session: Session, *, limit: int) -> list[PolicyChangeView]:
    """Changes of the packs, the newest first."""
    newest = sa.select(PolicyChange).order_by(PolicyChange.id.desc()).limit(limit)
    return [value_of(PolicyChangeView, row) for row in session.scalars(newest)]


def _differ(stated: JsonObject) -> bool:
    return stated.get("before") != stated.get("after")


def _ends(case: JsonObject) -> list[str]:
    """Each changed member that a person can read at a glance; lists are only named."""
    return [
        _change(what, ends)
        for part in ("decision", "retention")
        for what, ends in (_mapping(case, part)).items()
        if isinstance(ends, dict)
    ]


def _change(what: str, ends: JsonObject) -> str:
    name = what.replace("_", " ")
    before, after = ends.get("before"), ends.get("after")
    if isinstance(before, list | dict) or isinstance(after, list | dict):
        return f"{name} change"
    return f"{name}: {_plain(before)} → {_plain(after)}"


def _plain(value: Json) -> str:
    return "none" if value is None else str(value).replace("_", " ").lower()


def _listed(document: JsonObject, name: str) -> list[Json]:
    found = document.get(name)
    return found if isinstance(found, list) else []


def _mappings(document: JsonObject, name: str) -> list[JsonObject]:
    return [item for item in _listed(document, name) if isinstance(item, dict)]


def _mapping(document: JsonObject, name: str) -> JsonObject:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _members(document: JsonObject, name: str) -> list[str]:
    return sorted(_mapping(document, name))
