"""What is not released and by which rule, as numbers: no case, no day and no person is told."""

from collections import Counter
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.release import Decision
from bwc.clock import iso
from bwc.policy.rules import Packs, Rule
from bwc.release.gates import RELEASING
from bwc.release.rows import PUBLIC

WITHHELD = "upcoming/withheld.json"
FORMAT = "bwc-withheld/1"
# It comes out, no rule speaks, or nobody asked: none is kept from anyone. What is put off is kept.
NOT_WITHHELD = RELEASING | {"NO_RULE", "NOT_A_VALID_REQUEST"}


def withheld(session: Session, packs: Packs, *, at: datetime) -> JsonObject:
    """How many cases each rule keeps from the public today, the most first.

    A case that several rules keep is counted with each; `cases` counts it once.
    """
    rules = {rule.id: rule for rule in packs.rules}
    standing = session.execute(
        sa.select(Decision.outcome, Decision.document["fired"]).where(
            Decision.superseded_at.is_(None),
            Decision.audience == PUBLIC,
            Decision.outcome.not_in(NOT_WITHHELD),
        )
    ).all()
    counted: Counter[tuple[str, str]] = Counter()
    for outcome, fired in standing:
        names = _keeping(fired, rules) or {""}
        counted.update((outcome, name) for name in names)
    rows: list[Json] = [
        {"outcome": outcome, "cases": number, **_cited(rules.get(name))}
        for (outcome, name), number in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ]
    return {"format": FORMAT, "as_of": iso(at), "cases": len(standing), "rows": rows}


def _keeping(fired: Json, rules: dict[str, Rule]) -> set[str]:
    """The rules of a decision that speak of disclosure, and not for it."""
    names = (
        [str(one.get("rule")) for one in fired or [] if isinstance(one, dict)]
        if (isinstance(fired, list))
        else []
    )
    return {
        name
        for name in names
        if name in rules
        and rules[name].then.outcome is not None
        and rules[name].then.outcome not in RELEASING
    }


def _cited(rule: Rule | None) -> JsonObject:
    """The rule in words; none where a decision leaves it to a person."""
    if rule is None:
        return {"rule": None, "title": None, "citation": None, "status": None}
    return {
        "rule": rule.id,
        "title": rule.title,
        "citation": rule.citation,
        "status": rule.status,
    }
