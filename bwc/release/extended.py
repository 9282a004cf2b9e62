"""Extensions of the clocks of release, for the public log: which rule's, on which ground, until when.

An extension shows where a decision counts more of them than the one before it for the same case. No
case is named: what is told is what stands on the page of what is upcoming anyway.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.release import Decision
from bwc.clock import iso
from bwc.release.rows import PUBLIC

EXTENDED = "extended"


def extensions(
    session: Session, *, start: datetime, end: datetime
) -> Iterator[tuple[datetime, JsonObject]]:
    """The extensions first counted in `[start, end)`, each with its moment, as entries of the log."""
    clocks, fired = Decision.document["clocks"], Decision.document["fired"]
    made = session.execute(
        sa.select(Decision.incident_id, Decision.decided_at, clocks, fired)
        .where(Decision.audience == PUBLIC)
        .where(Decision.decided_at >= start, Decision.decided_at < end)
        .order_by(Decision.decided_at, Decision.id)
    ).all()
    for incident_id, at, now, rules in made:
        if not _taken(now):
            continue
        before = session.scalar(
            sa.select(clocks)
            .where(Decision.audience == PUBLIC, Decision.incident_id == incident_id)
            .where(Decision.decided_at < at)
            .order_by(Decision.decided_at.desc(), Decision.id.desc())
            .limit(1)
        )
        for entry in added(before, now, rules):
            yield at, {"act": EXTENDED, "at": iso(at), **entry}


def added(before: Json, now: Json, rules: Json) -> Iterator[JsonObject]:
    """What the clocks of one decision extend beyond those of the one before, rule by rule. Pure."""
    known = _taken(before)
    named = {rule.get("rule"): rule for rule in _objects(rules)}
    for clock in _objects(now):
        place = (clock.get("rule"), clock.get("what"))
        number = _taken([clock]).get(place, 0)
        if number <= known.get(place, 0):
            continue
        rule = named.get(clock.get("rule"), {})
        taken = [one for one in _objects(clock.get("extensions")) if one.get("taken")]
        yield {
            "title": rule.get("title") or str(clock.get("rule")),
            "rule": clock.get("rule"),
            "citation": rule.get("citation"),
            "reason": "; ".join(str(one["ground"]) for one in taken if one.get("ground")) or None,
            "granted_by": "; ".join(str(one.get("granted_by")) for one in taken) or None,
            "extensions": number,
            "until": clock.get("end"),
        }


def _taken(clocks: Json) -> dict[tuple[Json, Json], int]:
    """How many extensions each clock counts; only clocks that count any."""
    return {
        (clock.get("rule"), clock.get("what")): number
        for clock in _objects(clocks)
        if isinstance(number := clock.get("extensions_taken"), int) and number > 0
    }


def _objects(value: Json) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
