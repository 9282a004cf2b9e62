"""What a decision demands, as rows that people prove.

A kind that is not on the list of those that may follow publication must be proven before it: a
pack that invents a new duty stops the release until someone has read it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject, digest
from bwc.catalog.release import DELETION, Decision, Obligation, ObligationState
from bwc.clock import as_utc
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput, NotFound
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.release.due import due_moment
from bwc.release.proof_files import carry_files
from bwc.release.rows import obligations_of

BY_FACTS = "the facts of the case say so"
OWNER = "records"  # where a rule names nobody
# What every rendering hides without being asked; its own gate holds it, as the manifest holds the
# hashes, and nobody need swear to either. Any other element needs a person who has looked.
HIDDEN_ALWAYS = frozenset({"face"})


@dataclass(frozen=True, slots=True)
class Duty:
    """One obligation as a decision words it: whether it must be proven first is the rule's to say.

    `is_met` says that the facts of the case prove it already; `earliest` is when release may follow.

    Two are the same where kind, whom and what agree.
    """

    kind: str
    recipient: str | None
    element: str | None
    owner: str
    due: str | None
    lead_seconds: int | None
    blocks_release: bool
    is_met: bool = False
    earliest: str | None = None
    rule: str | None = None

    @property
    def same(self) -> tuple[str, str | None, str | None]:
        """What makes it the same duty under another decision."""
        return self.kind, self.recipient, self.element


def write_obligations(
    session: Session,
    decision: Decision,
    duties: list[Duty],
    *,
    older: Decision | None,
    local: datetime,
    recurring: Collection[tuple[str, str]] = (),
) -> list[Obligation]:
    """The rows of a new decision; what was proven under the older one stays proven.

    Open obligations of the older decision lapse with it. Of those that recur, by rule and kind, a
    proof is of its own turn alone, and a turn that was missed stays open beside the next. Days are
    those of `local`'s zone.
    """
    before = obligations_of(session, older.id) if older else []
    turns = {
        duty.same: due_moment(duty.due, local=local)
        for duty in duties
        if duty.due and (duty.rule, duty.kind) in recurring
    }
    past = [row for row in before if _is_past_turn(row, turns)]
    proven = {
        _same(row): row for row in before if row.state is ObligationState.PROVEN and row not in past
    }
    rows = [_row(decision, duty, proven.get(duty.same), local=local) for duty in duties]
    for row in before:
        if row.state is ObligationState.OPEN:
            row.state = ObligationState.LAPSED
            if row in past and row.due_at is not None and row.due_at < as_utc(local):
                rows.append(_again(row, decision))
    session.add_all(rows)
    session.flush()
    stay = [row for row in rows if row.state is ObligationState.PROVEN and _same(row) in proven]
    carry_files(session, {proven[_same(row)].id: row.id for row in stay})
    return rows


def require_unproven(session: Session, obligation_id: str, *, proof: str) -> Obligation:
    """The obligation, where this may be said as its proof: asked before a file is stored with it.

    Raises as `prove` does.
    """
    row = session.get(Obligation, obligation_id, with_for_update=True)
    if row is None:
        raise NotFound("there is no such obligation", where=obligation_id)
    if row.state is not ObligationState.OPEN:
        raise Conflict("this obligation is no longer open", where=row.kind, got=row.state.value)
    if row.kind == DELETION:
        raise Conflict("only a disposal meets this", advice="Propose one: `bwc retention propose`")
    if not proof.strip():
        raise InvalidInput(
            "a proof must say something", where=row.kind, advice="Name the letter, call or person."
        )
    return row


def prove(session: Session, obligation_id: str, *, proof: str, by: str, at: datetime) -> Obligation:
    """Say how an obligation was met; its lead time runs from now, and the rules look again.

    Raises:
        NotFound: no such obligation.
        Conflict: it was proven before, lapsed with its decision, or is met by a disposal alone.
        InvalidInput: no proof.
    """
    row = require_unproven(session, obligation_id, proof=proof)
    row.state = ObligationState.PROVEN
    row.proof = proof.strip()
    row.proven_by = by
    row.proven_at = at
    record(
        session,
        Act.OBLIGATION_PROVEN,
        about=About(Subject.OBLIGATION, row.id),
        actor=by,
        at=at,
        detail={
            "kind": row.kind,
            "recipient": row.recipient,
            "element": row.element,
            "incident_id": row.incident_id,
            "proof_sha256": digest(row.proof),  # its words name people
        },
        before={"state": ObligationState.OPEN.value},
    )
    enqueue(session, JobKind.DECIDE, subject_id=row.incident_id, requested_by=by, at=at)
    return row


def read_duties(document: JsonObject) -> list[Duty]:
    """The obligations of a decision's document."""
    listed = document.get("obligations")
    if not isinstance(listed, list):
        raise InvalidInput("a decision without a list of obligations", got=type(listed).__name__)
    return [_duty(item) for item in listed]


def _duty(item: Json) -> Duty:
    """One obligation; what does not say that it may follow publication must come before it."""
    if not isinstance(item, dict) or not isinstance(item.get("kind"), str):
        raise InvalidInput("an obligation without a kind", got=repr(item))
    kind, element = str(item["kind"]), _text(item.get("element"))
    lead = item.get("lead_seconds")
    by_rendering = kind == "HASH" or (kind == "REDACT" and element in HIDDEN_ALWAYS)
    return Duty(
        kind=kind,
        recipient=_text(item.get("to")),
        element=_target(item, element),
        owner=_text(item.get("owner")) or OWNER,
        due=_text(item.get("due")),
        lead_seconds=int(lead) if isinstance(lead, int | float) else None,
        blocks_release=item.get("blocks_release") is not False and not by_rendering,
        is_met=item.get("met") is True,
        earliest=_text(item.get("earliest")),
        rule=_text(item.get("rule")),
    )


def _target(item: JsonObject, element: str | None) -> str | None:
    """The element, with the person or segment of the fact file it is about."""
    of, number = item.get("of"), item.get("number")
    if of is None or not isinstance(number, int):
        return element
    who = f"{of} {number + 1}"
    role = _text(item.get("person"))
    who += f" ({role})" if role else ""
    return f"{element} of {who}" if element else who


def _text(value: Json) -> str | None:
    """A word as it is, several as one text, nothing as None."""
    if value is None or value == "":
        return None
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _row(
    decision: Decision, duty: Duty, proven: Obligation | None, *, local: datetime
) -> Obligation:
    row = Obligation(
        id=new_id(),
        incident_id=decision.incident_id,
        decision_id=decision.id,
        kind=duty.kind,
        recipient=duty.recipient,
        element=duty.element,
        owner_role=duty.owner,
        due_at=due_moment(duty.due, local=local) if duty.due else None,
        lead_seconds=duty.lead_seconds,
        blocks_release=duty.blocks_release,
        state=ObligationState.OPEN,
    )
    if proven is not None:
        row.proof, row.proven_by, row.proven_at = proven.proof, proven.proven_by, proven.proven_at
    elif duty.is_met:
        row.proof, row.proven_by, row.proven_at = BY_FACTS, "policy", _met_at(duty, local)
    if row.proven_at is not None:
        row.state = ObligationState.PROVEN
    return row


def _same(row: Obligation) -> tuple[str, str | None, str | None]:
    return row.kind, row.recipient, row.element


def _is_past_turn(
    row: Obligation, turns: Mapping[tuple[str, str | None, str | None], datetime]
) -> bool:
    """Whether it recurs and its turn came before the one that is demanded now."""
    now_due = turns.get(_same(row))
    return now_due is not None and row.due_at is not None and row.due_at < now_due


def _again(missed: Obligation, decision: Decision) -> Obligation:
    """A missed turn under a new decision, due when it was."""
    return Obligation(
        id=new_id(),
        incident_id=decision.incident_id,
        decision_id=decision.id,
        kind=missed.kind,
        recipient=missed.recipient,
        element=missed.element,
        owner_role=missed.owner_role,
        due_at=missed.due_at,
        lead_seconds=missed.lead_seconds,
        blocks_release=missed.blocks_release,
        state=ObligationState.OPEN,
    )


def _met_at(duty: Duty, local: datetime) -> datetime:
    """When it was done: the lead before release may follow, else it is only known now."""
    if duty.earliest is None or duty.lead_seconds is None:
        return local
    return due_moment(duty.earliest, local=local) - timedelta(seconds=duty.lead_seconds)
