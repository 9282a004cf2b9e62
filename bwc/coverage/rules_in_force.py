"""The activation rules of the packs in force, day by day, as the catalog knows them.

An activation counts from the local day on which the second person agreed. Before the first one
counts what was in force then, as its proposal states it; without any, what the settings name.
"""

from datetime import date
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import JsonObject, digest
from bwc.catalog.policy_change import PolicyChange, PolicyChangeState
from bwc.coverage.activation import activation_rule
from bwc.coverage.expected import ActivationRule
from bwc.coverage.rule_book import RuleBook, RuleSince
from bwc.errors import IntegrityError
from bwc.in_force import folder_of, packs_of
from bwc.policy.packs import load_packs
from bwc.settings import Department

_changes: dict[str, tuple[ActivationRule | None, ActivationRule]] = {}  # before, after; by id


def rules_in_force(session: Session, department: Department) -> RuleBook:
    """The rule of each day, with the pack that states it.

    Raises:
        IntegrityError: an activated change is not the one that was proposed.
    """
    row = PolicyChange
    query = sa.select(row.id, row.activated_at).where(row.state == PolicyChangeState.ACTIVATED)
    found = session.execute(query.order_by(row.activated_at, row.id))
    activated = [(change_id, at) for change_id, at in found if at is not None]
    zone = ZoneInfo(department.timezone)
    before = _rules_of(session, activated[0][0])[0] if activated else None
    by_day = {date.min: before or _named(department)}
    for change_id, at in activated:
        by_day[at.astimezone(zone).date()] = _rules_of(session, change_id)[1]
    return RuleBook(tuple(RuleSince(day, rule) for day, rule in by_day.items()), zone)


def _rules_of(session: Session, change_id: str) -> tuple[ActivationRule | None, ActivationRule]:
    """The rules before and after a change, read once: what was activated changes no more."""
    if change_id not in _changes:
        _changes[change_id] = _read(session.get_one(PolicyChange, change_id))
    return _changes[change_id]


def _read(change: PolicyChange) -> tuple[ActivationRule | None, ActivationRule]:
    """From the proposal; one that is older than this statement in it knows only what came."""
    if digest(change.document) != change.sha256:
        raise IntegrityError(
            "this change is not as it was proposed",
            where=change.number,
            expected=change.sha256,
            got=digest(change.document),
        )
    stated = change.document.get("activation")
    if not isinstance(stated, dict):
        return None, activation_rule(packs_of(change).activation)
    return activation_rule(_mapping(stated, "before")), activation_rule(_mapping(stated, "after"))


def _mapping(stated: JsonObject, name: str) -> JsonObject | None:
    """What packs state, None where they state nothing."""
    found = stated[name]
    return found if isinstance(found, dict) else None


def _named(department: Department) -> ActivationRule:
    """The rule of the packs that the settings name, read again when a file of theirs changes."""
    folder = folder_of(department)
    files = sorted(folder.glob("*/pack.yaml"))
    return _rule_of(tuple(department.packs), folder, tuple(map(_stamp, files)))


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when a file does."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=4)
def _rule_of(
    names: tuple[str, ...], folder: Path, _stamps: tuple[tuple[int, int], ...]
) -> ActivationRule:
    """The rule of packs as they lie in a folder now."""
    return activation_rule(load_packs(names, folder).activation)
