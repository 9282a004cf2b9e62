"""What a person states at the desk: a fact of the vocabulary, of its type, and his to assert."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bwc.access.roles import SPEAKS_FOR, Actor
from bwc.canonical import Json
from bwc.catalog.incident import Fact
from bwc.policy.assertion import require_asserter
from bwc.policy.facts import Facts
from bwc.requests.facts import assert_fact


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact as it is stated: its name and value, how the person knows, where the evidence lies."""

    name: str
    value: Json
    source: str
    evidence_ref: str | None = None


def assert_as(
    session: Session, actor: Actor, incident_id: str, stated: Stated, *, at: datetime
) -> Fact:
    """Assert it in the name of `actor`.

    Raises:
        NotFound: no such incident.
        NotPermitted: the fact is another office's to assert.
        InvalidInput: no fact of the vocabulary, another type, or no source.
    """
    Facts.from_document({stated.name: stated.value})
    require_asserter(stated.name, SPEAKS_FOR[actor.role])
    return assert_fact(
        session,
        incident_id,
        name=stated.name,
        value=stated.value,
        source=stated.source,
        by=actor.username,
        at=at,
        evidence_ref=stated.evidence_ref,
    )
