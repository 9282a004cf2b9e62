"""Changing the rules: proposed by one person with what it changes, activated by another.

Activation is a custody entry, and in the same transaction every open case is asked to be decided
again; until that is done, the gate "decision is current" keeps each of them from the public.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.access.roles import Actor, Right, require
from bwc.canonical import Json, JsonObject, digest
from bwc.catalog.incident import Incident
from bwc.catalog.policy_change import PolicyChange, PolicyChangeState
from bwc.catalog.recording import RecordingState
from bwc.catalog.release import Decision
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound, NotPermitted
from bwc.ids import new_id
from bwc.in_force import heads, packs_of
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.policy.diff import OpenCase, activation_of_both, changed_case, changed_rules
from bwc.policy.packs import load_packs
from bwc.policy.rules import Packs
from bwc.release.kept import kept_facts
from bwc.release.rows import recordings_of

FORMAT = "bwc.policy-change/1"
MOST_AT_THE_DESK = 2_000
"""Cases that a proposal at the desk compares: at some 4 ms each, within the time a proxy waits."""
NUMBER_LOCK = 0x62776335  # PostgreSQL advisory lock: one writer counts at a time


def propose_packs(
    session: Session,
    in_force: Packs,
    pack_ids: Sequence[str],
    folder: Path,
    *,
    by: Actor,
    at: datetime,
    most_cases: int | None = None,
) -> PolicyChange:
    """Write down the packs in `folder` and what they would change; nothing changes yet.

    Args:
        session: a writing session of the catalog.
        in_force: the packs that they would replace.
        pack_ids: the packs that shall be in force, by id; their bases come with them.
        folder: where they lie.
        by: who proposes it.
        at: when, in the agency's own zone.
        most_cases: refuse where more decisions stand, each of which is compared; None: however many.

    Raises:
        NotPermitted: the role may not.
        PolicyPackError: a pack that breaks its schema.
        Conflict: these packs are in force already, or too many cases stand to be compared here.
    """
    require(by, Right.PROPOSE_POLICY)
    _require_few(session, most_cases)
    proposed = load_packs(pack_ids, folder)
    if heads(proposed) == heads(in_force):
        raise Conflict("these packs are in force already", where=", ".join(pack_ids))
    number = _next_number(session, at)
    document: JsonObject = {
        "format": FORMAT,
        "number": number,
        "packs": heads(proposed),
        "instead_of": heads(in_force),
        "proposed_by": by.username,
        "proposed_at": iso(at),
        "rules": changed_rules(in_force, proposed),
        "activation": activation_of_both(in_force, proposed),
        "cases": [*_changed_cases(session, in_force, proposed, at)],
    }
    change = PolicyChange(
        id=new_id(),
        number=number,
        state=PolicyChangeState.PROPOSED,
        pack_ids=[*pack_ids],
        files=_texts(proposed, folder),
        document=document,
        sha256=digest(document),
        proposed_by=by.username,
        proposed_at=at,
    )
    packs_of(change)  # the texts as stored must be the packs as read
    session.add(change)
    _note(session, Act.POLICY_PROPOSED, change, by=by, at=at)
    return change


def activate_packs(
    session: Session, in_force: Packs, number: str, *, by: Actor, at: datetime
) -> PolicyChange:
    """Put proposed packs into force as a second person, and have every open case decided again.

    Raises:
        NotPermitted: the role may not, or the same person proposed it.
        NotFound: no such change.
        Conflict: no longer open, or other packs are in force than those it was compared with.
        IntegrityError: the texts are not those that were proposed.
    """
    require(by, Right.ACTIVATE_POLICY)
    change = _open_change(session, number)
    if change.proposed_by == by.username:
        raise NotPermitted(
            "who proposes packs does not activate them",
            where=number,
            advice="Another person must read what it changes, and activate it.",
        )
    if change.document.get("instead_of") != heads(in_force):
        raise Conflict(
            "other packs are in force than those it was compared with",
            where=number,
            advice="Propose it again, so that what it changes is known.",
        )
    packs_of(change)
    change.state = PolicyChangeState.ACTIVATED
    change.activated_by, change.activated_at = by.username, at
    cases = [*_open_incidents(session)]
    _note(session, Act.POLICY_ACTIVATED, change, by=by, at=at, decided_again=len(cases))
    for incident_id in cases:
        enqueue(session, JobKind.DECIDE, subject_id=incident_id, requested_by=by.username, at=at)
    enqueue(session, JobKind.PUBLISH_LOG, requested_by=by.username, at=at)
    return change


def refuse_packs(
    session: Session, number: str, *, reason: str, by: Actor, at: datetime
) -> PolicyChange:
    """End a proposal; who made it may take it back too.

    Raises:
        NotPermitted: the role may neither propose nor activate.
        InvalidInput: no reason.
        NotFound: no such change.
        Conflict: no longer open.
    """
    require(by, Right.ACTIVATE_POLICY)
    if not reason.strip():
        raise InvalidInput("a refusal needs a reason")
    change = _open_change(session, number)
    change.state = PolicyChangeState.REFUSED
    change.refused_by, change.refused_at = by.username, at
    change.refused_because = reason.strip()
    _note(session, Act.POLICY_REFUSED, change, by=by, at=at, reason=reason.strip())
    return change


def open_cases(session: Session, at: datetime) -> Iterator[OpenCase]:
    """Every decision that stands, with the facts it rests on and those its recordings are kept by."""
    rows = (
        sa.select(Incident.id, Incident.number, Decision.audience, Decision.document)
        .join(Decision, Decision.incident_id == Incident.id)
        .where(Decision.superseded_at.is_(None))
        .order_by(Incident.number, Decision.audience)
    )
    for incident_id, number, audience, document in session.execute(rows):
        facts = document.get("facts")
        if isinstance(facts, dict):
            kept = {
                recording.id: kept_facts(session, recording, incident_id, at)
                for recording in recordings_of(session, incident_id)
                if recording.state is not RecordingState.DISPOSED
            }
            yield OpenCase(number, facts, audience, kept)


def _changed_cases(session: Session, old: Packs, new: Packs, at: datetime) -> Iterator[JsonObject]:
    for case in open_cases(session, at):
        change = changed_case(old, new, case, on=at)
        if change is not None:
            yield change


def _require_few(session: Session, most: int | None) -> None:
    """Refuse before a comparison that whoever waits for the answer would not see the end of."""
    if most is None:
        return
    standing = sa.select(sa.func.count()).where(Decision.superseded_at.is_(None))
    count = session.scalar(standing) or 0
    if count > most:
        raise Conflict(
            "more cases stand decided than are compared while a browser waits",
            expected=f"at most {most}",
            got=str(count),
            advice="Use `bwc policy propose`; the proposal then lies here for its second person.",
        )


def _open_incidents(session: Session) -> Iterator[str]:
    """Every incident about which something stands decided."""
    standing = sa.select(Decision.incident_id).where(Decision.superseded_at.is_(None))
    yield from session.scalars(standing.distinct().order_by(Decision.incident_id))


def _open_change(session: Session, number: str) -> PolicyChange:
    """The change, fresh and held against every other writer; it must still be open."""
    found = sa.select(PolicyChange).where(PolicyChange.number == number)
    change = session.scalars(
        found.with_for_update().execution_options(populate_existing=True)
    ).first()
    if change is None:
        raise NotFound("there is no such change of the packs", where=number)
    if change.state is not PolicyChangeState.PROPOSED:
        raise Conflict("this change is no longer open", where=number, got=change.state.value)
    return change


def _texts(packs: Packs, folder: Path) -> dict[str, Json]:
    """The files of the packs, by their path below the folder."""
    paths = [
        path
        for pack in packs.packs
        for path in (
            folder / pack.id / "pack.yaml",
            *sorted((folder / pack.id / "rules").glob("*.yaml")),
        )
    ]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def _next_number(session: Session, at: datetime) -> str:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(NUMBER_LOCK)))
    prefix = f"PLC-{at.year}-"
    taken = session.scalars(
        sa.select(PolicyChange.number).where(
            PolicyChange.number.startswith(prefix, autoescape=True)
        )
    )
    last = max((int(number.removeprefix(prefix)) for number in taken), default=0)
    return f"{prefix}{last + 1:04d}"


def _note(
    session: Session, act: Act, change: PolicyChange, *, by: Actor, at: datetime, **more: Json
) -> None:
    record(
        session,
        act,
        about=About(Subject.POLICY, change.id),
        actor=by.username,
        at=at,
        detail={
            "number": change.number,
            "packs": change.document["packs"],
            "proposal_sha256": change.sha256,
            **more,
        },
        before={"packs": change.document["instead_of"]},
    )
