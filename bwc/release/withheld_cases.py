"""What the public does not see, case by case, for those who watch over the department.

Incidents by number, decisions by rule: no footage, no person, and no way to either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.incident import Incident
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.policy.rules import Packs
from bwc.release.extended import extensions
from bwc.release.log import WAITING_OUTCOMES, upcoming_case
from bwc.release.rows import PUBLIC
from bwc.release.withheld import NOT_WITHHELD, withheld

SHOWN_FOR = timedelta(days=365)  # extensions and withdrawals of the last year


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule that spoke, and its source."""

    rule: str
    title: str
    citation: str
    is_draft: bool


@dataclass(frozen=True, slots=True)
class WithheldCase:
    """One incident that is kept from the public: what was decided, by which rules, since when."""

    incident_id: str
    number: str
    title: str
    district: str
    outcome: str
    modality: str | None
    until: str | None
    decided_at: datetime
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class LateCase:
    """One incident whose day is over and that is not out: how late, and what it waits for."""

    incident_id: str
    number: str
    title: str
    district: str
    outcome: str
    due_at: datetime
    days_late: int
    waits_for: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A release that was withdrawn, by whom and why."""

    release_id: str
    title: str
    withdrawn_at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """Everything the public does not see. `by_rule` and `extended` are as the portal tells them."""

    cases: tuple[WithheldCase, ...]
    by_rule: JsonObject
    late: tuple[LateCase, ...]
    extended: tuple[JsonObject, ...]
    taken_back: tuple[TakenBack, ...]


def unseen(session: Session, packs: Packs, *, at: datetime) -> Unseen:
    """What is withheld, late, extended and withdrawn at `at`."""
    start = at - SHOWN_FOR
    put_off = extensions(session, start=start, end=at + timedelta(seconds=1))
    return Unseen(
        cases=tuple(_withheld(session)),
        by_rule=withheld(session, packs, at=at),
        late=tuple(sorted(_late(session, at), key=lambda case: case.due_at)),
        extended=tuple(entry for _, entry in sorted(put_off, key=lambda one: one[0], reverse=True)),
        taken_back=tuple(_taken_back(session, start)),
    )


def _withheld(session: Session) -> Iterator[WithheldCase]:
    query = _standing().where(Decision.outcome.not_in(NOT_WITHHELD))
    for decision, incident in session.execute(query.order_by(Decision.decided_at)):
        until = decision.document.get("until")
        yield WithheldCase(
            incident_id=incident.id,
            number=incident.number,
            title=incident.title,
            district=incident.district,
            outcome=decision.outcome,
            modality=decision.modality,
            until=until if isinstance(until, str) else None,
            decided_at=decision.decided_at,
            grounds=tuple(_grounds(decision.document.get("fired"))),
        )


def _late(session: Session, at: datetime) -> Iterator[LateCase]:
    query = _standing().where(Decision.outcome.in_(WAITING_OUTCOMES), Decision.due_at < at)
    for decision, incident in session.execute(query):
        case = upcoming_case(session, decision, at=at)
        if case is None or decision.due_at is None:
            continue
        yield LateCase(
            incident_id=incident.id,
            number=incident.number,
            title=incident.title,
            district=incident.district,
            outcome=decision.outcome,
            due_at=decision.due_at,
            days_late=(at - decision.due_at).days,
            waits_for=str(case["waiting_for"]),
        )


def _standing() -> sa.Select[Decision, Incident]:
    return (
        sa.select(Decision, Incident)
        .join(Incident, Incident.id == Decision.incident_id)
        .where(Decision.superseded_at.is_(None), Decision.audience == PUBLIC)
    )


def _taken_back(session: Session, since: datetime) -> Iterator[TakenBack]:
    query = sa.select(Release).where(
        Release.state == ReleaseState.WITHDRAWN,
        Release.audience == PUBLIC,
        Release.withdrawn_at >= since,
    )
    for row in session.scalars(query.order_by(Release.withdrawn_at.desc())):
        if row.withdrawn_at is not None:
            by, reason = row.withdrawn_by or "", row.withdrawn_reason or ""
            yield TakenBack(row.id, row.title, row.withdrawn_at, by, reason)


def _grounds(fired: Json) -> Iterator[Ground]:
    for rule in fired if isinstance(fired, list) else []:
        if isinstance(rule, dict):
            name = str(rule.get("rule"))
            yield Ground(
                rule=name,
                title=str(rule.get("title") or name),
                citation=str(rule.get("citation") or ""),
                is_draft=rule.get("status") == "draft",
            )
