"""Applying the rules to an incident, keeping what they said, and asking whether it still holds."""

from datetime import datetime

from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject, digest
from bwc.catalog.release import Decision, Release
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.ids import new_id
from bwc.in_force import heads
from bwc.policy.evaluate import decide
from bwc.policy.rules import Packs
from bwc.release.case import Case, case_of
from bwc.release.due import due_moment
from bwc.release.gates import Gate, GateName, outcomes_for
from bwc.release.obligations import Duty, read_duties, write_obligations
from bwc.release.rows import PUBLIC, obligations_of, standing_decision


def decide_incident(
    session: Session, packs: Packs, incident_id: str, at: datetime, *, audience: str = PUBLIC
) -> Decision:
    """The decision that stands for an incident; a new row only where something changed.

    Args:
        session: a writing session of the catalog.
        packs: the packs in force.
        incident_id: the incident.
        at: when, in the agency's own zone, since clocks count its days.
        audience: the public, or the role of a requester.

    Raises:
        NotFound: no such incident.
    """
    case = case_of(session, incident_id, audience=audience, at=at)
    document = decide(packs, case.facts, on=at, audience=audience).document()
    standing = standing_decision(session, incident_id, audience=audience)
    if standing is not None and _said(standing.document) == _said(document):
        return standing
    if standing is not None:
        standing.superseded_at = at
        session.flush()
    duties = read_duties(document)
    row = _row(incident_id, document, audience=audience, at=at)
    session.add(row)
    session.flush()
    write_obligations(session, row, duties, older=standing, local=at, recurring=_recurring(packs))
    _note(session, row, case=case, older=standing, at=at)
    return row


def true_today(session: Session, release: Release, *, packs: Packs, at: datetime) -> Gate:
    """Ask the rules again, with the facts and packs of this moment.

    Open only where they still release it, in the same way, rest on no new draft and demand nothing
    before release that the standing decision did not demand. A release to one person is asked for
    by his own request: several may ask in one role, and the decision rests on the earliest.
    """
    name = GateName.STILL_TRUE
    standing = standing_decision(session, release.incident_id, audience=release.audience)
    if standing is None:
        return Gate(name, open=False, why="no rules have been applied yet")
    if standing.document.get("packs") != heads(packs):
        return Gate(name, open=False, why="the rules were changed since it was decided")
    case = case_of(
        session,
        release.incident_id,
        audience=release.audience,
        at=at,
        request_id=None if release.audience == PUBLIC else release.request_id,
    )
    today = decide(packs, case.facts, on=at, audience=release.audience).document()
    why = _otherwise(session, standing, today)
    return Gate(name, open=why is None, why=why or "the rules say the same today")


def _otherwise(session: Session, standing: Decision, today: JsonObject) -> str | None:
    """What speaks against a standing decision today; None where nothing does."""
    demanded = {duty.same for duty in read_duties(today) if duty.blocks_release}
    known = {
        (row.kind, row.recipient, row.element)
        for row in obligations_of(session, standing.id)
        if row.blocks_release
    }
    checks = (
        (
            (today.get("modality"), today.get("outcome")) != (standing.modality, standing.outcome),
            f"the rules say {today.get('modality')} {today.get('outcome')} today",
        ),
        (
            standing.outcome not in outcomes_for(standing.audience) or bool(today.get("needs")),
            "the rules do not release it today",
        ),
        (
            not _names(today, "draft") <= _names(standing.document, "draft"),
            "it rests on another draft rule today",
        ),
        (not demanded <= known, "the rules demand more today than when it was decided"),
    )
    return next((why for is_so, why in checks if is_so), None)


def _row(incident_id: str, document: JsonObject, *, audience: str, at: datetime) -> Decision:
    """The decision as it is kept."""
    modality, due = document.get("modality"), document.get("due")
    return Decision(
        id=new_id(),
        incident_id=incident_id,
        audience=audience,
        modality=str(modality) if modality else None,
        outcome=str(document["outcome"]),
        due_at=due_moment(str(due), local=at) if due else None,
        rests_on_draft=bool(document.get("draft")),
        document=document,
        sha256=digest(document),
        decided_at=at,
    )


def _recurring(packs: Packs) -> set[tuple[str, str]]:
    """The duties that come again and again, by rule and kind."""
    return {
        (rule.id, demanded.kind.value)
        for rule in packs.rules
        for demanded in rule.then.obligations
        if demanded.every is not None
    }


def _note(
    session: Session, row: Decision, *, case: Case, older: Decision | None, at: datetime
) -> None:
    record(
        session,
        Act.DECISION_MADE,
        about=About(Subject.DECISION, row.id),
        actor="policy",
        at=at,
        detail={
            "incident_id": row.incident_id,
            "audience": row.audience,
            "modality": row.modality,
            "outcome": row.outcome,
            "sha256": row.sha256,
            "unreadable_facts": list(case.unreadable),
        },
        before={"decision_sha256": older.sha256} if older else None,
    )


# Members that say the same however often they are asked; the rest moves with the clock.
LASTING = (
    "audience",
    "modality",
    "outcome",
    "until",
    "due",
    "discretion",
    "question",
    "missing",
    "draft",
    "packs",
    "facts",
)


def _said(document: JsonObject) -> JsonObject:
    """What a decision says and what it rests on, without when it was asked."""
    said = {name: document.get(name) for name in LASTING}
    duties: list[Json] = [
        [*duty.same, duty.due, duty.blocks_release] for duty in _lasting_duties(document)
    ]
    fired: list[Json] = [*sorted(_names(document, "fired"))]
    asked: list[Json] = [*sorted(_asked(document))]
    return {**said, "fired": fired, "duties": duties, "asked": asked}


def _lasting_duties(document: JsonObject) -> list[Duty]:
    """Every duty but the questions, whose times move with the day."""
    return [duty for duty in read_duties(document) if duty.kind != "NEED_FACT"]


def _asked(document: JsonObject) -> set[str]:
    """The facts it asks for, without by when."""
    needs = document.get("needs")
    listed = needs if isinstance(needs, list) else []
    return {str(need.get("fact")) for need in listed if isinstance(need, dict)}


def _names(document: JsonObject, member: str) -> set[str]:
    listed = document.get(member)
    return {str(name) for name in listed} if isinstance(listed, list) else set()
