"""The gates between a proposal and the public: each named, each with its reason, all must be open.

Everything a gate reads is in the catalog. The step that publishes opens them once more inside the
transaction that publishes, and asks the rules again (`bwc.release.decide.true_today`). A question
that cannot be answered keeps its gate closed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.job import Job, JobState
from bwc.catalog.recording import RecordingState
from bwc.catalog.release import Decision, Obligation, ObligationState, Release, ReleaseState
from bwc.catalog.rendering import Plan, Rendering, Verdict
from bwc.catalog.request import Hold
from bwc.catalog.signature import SignatureState
from bwc.catalog.views.comments import sent_back
from bwc.clock import iso
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.release.recipient import recipient_of, wrong_with_request
from bwc.release.rows import (
    PUBLIC,
    authors_of,
    captioned_by,
    certificate_of,
    incident_of,
    newest_plan,
    newest_rendering,
    obligations_of,
    recording_row,
    release_row,
    standing_decision,
)
from bwc.release.signatures import newest_signature

RELEASING = frozenset({"RELEASE", "RELEASE_REDACTED"})
TO_ONE = RELEASING | {"VIEW_ONLY"}  # a single recipient may also see without keeping
LAWFUL = frozenset({"MUST", "MAY"})
WITH_FACES = frozenset({"face", "person", "frame"})  # kinds of a plan that hide faces too


class GateName(StrEnum):
    """What each gate asks."""

    NOT_WITHDRAWN = "not withdrawn"
    TO_THE_PUBLIC = "goes to the public"
    REQUESTER = "asked for by its recipient"
    DECISION = "decision releases"
    CURRENT = "decision is current"
    FACTS = "facts are known"
    OBLIGATIONS = "obligations proven"
    LEAD_TIME = "notice time is over"
    INCIDENT = "belongs to the incident"
    RENDERING = "rendering verified"
    OBJECTIONS = "nobody sent it back"
    APPROVAL = "approved by a second person"
    DRAFT = "draft rules accepted"
    HOLDS = "no hold"
    STILL_TRUE = "decision still true today"


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: open or closed, and why. `opens_at` is set where time alone will open it."""

    name: GateName
    open: bool
    why: str
    opens_at: datetime | None = None


def gates(session: Session, release: Release, at: datetime) -> list[Gate]:
    """Every gate of `release` as the catalog stands at `at`, in the order people meet them."""
    decision = standing_decision(session, release.incident_id, audience=release.audience)
    demanded = obligations_of(session, decision.id) if decision else []
    return [
        _not_withdrawn(release),
        *_requester(session, release),
        _decision(release, decision),
        _current(session, release),
        _facts(decision),
        _obligations(decision, demanded),
        _lead_time(decision, demanded, at),
        _incident(session, release),
        _rendering(session, release),
        _objections(session, release),
        _approval(session, release, decision),
        _draft(session, release, decision),
        _holds(session, release, at),
    ]


def outcomes_for(audience: str) -> frozenset[str]:
    """The outcomes of a decision under which something leaves the house for this audience."""
    return RELEASING if audience == PUBLIC else TO_ONE


def to_the_public(release: Release) -> Gate:
    """Whether a release may go onto the portal at all: one to a single recipient never may."""
    is_public = release.audience == PUBLIC
    why = "to everyone" if is_public else f"released to {release.audience}, not to the public"
    return Gate(GateName.TO_THE_PUBLIC, is_public, why)


def publish_if_ready(session: Session, release_id: str, at: datetime) -> Job | None:
    """Ask for publication when every gate is open, or for the moment time opens the last one.

    Whoever may have opened a gate calls this in the same transaction; the step checks again.
    """
    release = release_row(session, release_id)
    if release.state is not ReleaseState.APPROVED or release.audience != PUBLIC:
        return None
    closed = [gate for gate in gates(session, release, at) if not gate.open]
    if not closed:
        return enqueue(
            session, JobKind.PUBLISH, subject_id=release_id, requested_by="release", at=at
        )
    return come_back(session, release_id, closed, at=at)


def come_back(session: Session, release_id: str, closed: list[Gate], *, at: datetime) -> Job | None:
    """Ask for publication at the moment when time has opened the last of the closed gates."""
    moments = [gate.opens_at for gate in closed if gate.opens_at is not None]
    if not moments or len(moments) < len(closed):
        return None
    opens_at = max(moments)
    job = enqueue(
        session,
        JobKind.PUBLISH,
        subject_id=release_id,
        requested_by="release",
        at=at,
        key=f"publish:{release_id}:{iso(opens_at)}",
    )
    if job.state is JobState.WAITING:
        job.run_after = opens_at
    return job


def _not_withdrawn(release: Release) -> Gate:
    fine = release.state is not ReleaseState.WITHDRAWN
    return Gate(GateName.NOT_WITHDRAWN, fine, "in force" if fine else "this release was withdrawn")


def _decision(release: Release, decision: Decision | None) -> Gate:
    name = GateName.DECISION
    if decision is None:
        return Gate(name, open=False, why="no rules have been applied yet")
    said = f"{decision.modality or 'no rule'}: {decision.outcome}"
    lets_out = decision.outcome in outcomes_for(release.audience)
    return Gate(name, lets_out and decision.modality in LAWFUL, said)


def _requester(session: Session, release: Release) -> list[Gate]:
    """The gate that a release to one recipient has beside those of every release."""
    if release.audience == PUBLIC:
        return []
    wrong = wrong_with_request(session, release)
    return [Gate(GateName.REQUESTER, wrong is None, wrong or "his request is open and covers it")]


def _current(session: Session, release: Release) -> Gate:
    """Whatever changes a case asks for a decision; until that is made, the old one may be wrong.

    Decisions asked for a later moment carry a key and do not count before they have run.
    """
    asked = session.scalars(
        sa.select(Job)
        .where(
            Job.kind == JobKind.DECIDE.value,
            Job.subject_id == release.incident_id,
            Job.key.is_(None),
        )
        .order_by(Job.id.desc())
    ).all()
    name = GateName.CURRENT
    if any(job.state in {JobState.WAITING, JobState.RUNNING} for job in asked):
        return Gate(name, open=False, why="something changed; a new decision is being made")
    if asked and asked[0].state is not JobState.DONE:
        why = f"the last decision failed: {asked[0].reason or asked[0].state.value}"
        return Gate(name, open=False, why=why)
    return Gate(name, open=True, why="nothing has changed since it was made")


def _facts(decision: Decision | None) -> Gate:
    needs = decision.document.get("needs") if decision else None
    if not isinstance(needs, list):
        return Gate(GateName.FACTS, open=False, why="no rules have been applied yet")
    asked = sorted({str(need.get("fact")) for need in needs if isinstance(need, dict)})
    why = f"the rules ask for: {', '.join(asked)}" if needs else "every fact that matters is known"
    return Gate(GateName.FACTS, not needs, why)


def _obligations(decision: Decision | None, demanded: list[Obligation]) -> Gate:
    if decision is None:
        return Gate(GateName.OBLIGATIONS, open=False, why="no rules have been applied yet")
    unproven = [
        f"{row.kind} {row.recipient or row.element or ''}".strip()
        for row in demanded
        if row.blocks_release and row.state is not ObligationState.PROVEN
    ]
    why = f"not proven: {', '.join(unproven)}" if unproven else "everything demanded is proven"
    return Gate(GateName.OBLIGATIONS, not unproven, why)


def _lead_time(decision: Decision | None, demanded: list[Obligation], at: datetime) -> Gate:
    """A notice binds for its lead time, counted from when it was proven to be given."""
    name = GateName.LEAD_TIME
    if decision is None:
        return Gate(name, open=False, why="no rules have been applied yet")
    timed = [row for row in demanded if row.blocks_release and row.lead_seconds]
    moments = [
        row.proven_at + timedelta(seconds=row.lead_seconds or 0)
        for row in timed
        if row.proven_at is not None
    ]
    if len(moments) < len(timed):
        return Gate(name, open=False, why="a notice with a lead time has not been given")
    earliest = max(moments, default=at)
    if earliest > at:
        return Gate(name, open=False, why=f"not before {iso(earliest)}", opens_at=earliest)
    return Gate(name, open=True, why="every notice has had its time")


def _incident(session: Session, release: Release) -> Gate:
    """The decision is about an incident: a recording tied to another one is not covered by it."""
    fine = incident_of(session, release.recording_id) == release.incident_id
    why = "tied to the incident decided about" if fine else "tied to another incident since"
    return Gate(GateName.INCIDENT, fine, why)


def _rendering(session: Session, release: Release) -> Gate:
    """The newest rendering, of the newest plan, of this very original, and it passed."""
    wrong = wrong_with_rendering(session, release.recording_id)
    why = wrong or "made from this original, verified, certified"
    return Gate(GateName.RENDERING, wrong is None, why)


def wrong_with_rendering(session: Session, recording_id: str) -> str | None:
    """The first thing that keeps the newest rendering from being shown."""
    recording = recording_row(session, recording_id)
    rendering = newest_rendering(session, recording_id)
    if rendering is None:
        return "not redacted yet"
    plan = newest_plan(session, recording_id)
    checks = (
        (recording.state is RecordingState.QUARANTINED, "the recording is in quarantine"),
        (recording.state is RecordingState.DISPOSED, "the recording was disposed of"),
        (rendering.verdict is not Verdict.PASSED, "verification did not pass"),
        (
            rendering.original_sha256 != recording.sha256,
            "made from other bytes than the original",
        ),
        (
            plan is None or plan.id != rendering.plan_id,
            "a newer redaction plan has not been rendered yet",
        ),
        (
            plan is not None and not hides_faces(plan),
            "its plan was not asked to hide faces: redact it again with them",
        ),
        (certificate_of(session, rendering.id) is None, "there is no certificate"),
    )
    return next((why for is_wrong, why in checks if is_wrong), None)


def _objections(session: Session, release: Release) -> Gate:
    """What a reviewer sent back stays in until that is settled; what he said of it is not told here.

    Gates are read by roles that may not know who is in unreleased footage.
    """
    said = sent_back(session, [release.recording_id]).get(release.recording_id)
    why = f"sent back by {said.author}" if said else "no objection stands"
    return Gate(GateName.OBJECTIONS, said is None, why)


def hides_faces(plan: Plan) -> bool:
    """Whether faces were asked to be hidden, by kind; who stays visible is said by person."""
    profile = plan.document.get("profile")
    asked = profile.get("hide") if isinstance(profile, dict) else None
    return isinstance(asked, list) and any(kind in WITH_FACES for kind in asked)


def approval_gate(session: Session, release: Release) -> Gate:
    """Whether somebody's approval stands, and why not."""
    decision = standing_decision(session, release.incident_id, audience=release.audience)
    return _approval(session, release, decision)


def _approval(session: Session, release: Release, decision: Decision | None) -> Gate:
    """Approved by someone else, and what was approved is still what would be published."""
    name = GateName.APPROVAL
    lacking = _why_not_approved(session, release)
    if lacking is not None:
        return Gate(name, open=False, why=lacking)
    rendering = session.get(Rendering, release.rendering_id) if release.rendering_id else None
    plan = session.get(Plan, rendering.plan_id) if rendering else None
    theirs = {release.proposed_by, *captioned_by(session, release)}
    if plan is None or release.approved_by in theirs | authors_of(plan):
        return Gate(name, open=False, why="approved by its own author")
    newest = newest_rendering(session, release.recording_id)
    if newest is None or newest.id != release.rendering_id:
        return Gate(name, open=False, why="redacted again since it was approved: approve again")
    approved = session.get(Decision, release.decision_id) if release.decision_id else None
    if approved is None or decision is None or gist(approved) != gist(decision):
        return Gate(name, open=False, why="decided anew since it was approved: approve again")
    if recipient_of(session, release) != release.approved_for:
        return Gate(name, open=False, why="another name asks since it was approved: approve again")
    return Gate(name, open=True, why=f"approved by {release.approved_by}")


def _why_not_approved(session: Session, release: Release) -> str | None:
    """What somebody signed waits or lapsed, or nobody gave a yes; None where somebody did."""
    signature = newest_signature(session, release.id)
    if signature is not None and signature.state is SignatureState.WAITING:
        return f"signed by {signature.signed_by}; counts once exactly that is rendered and verified"
    if release.approved_by is not None:
        return None
    if signature is not None and signature.state is SignatureState.LAPSED:
        return f"what {signature.signed_by} signed lapsed: {signature.ended_why}"
    return "not approved yet"


def _draft(session: Session, release: Release, decision: Decision | None) -> Gate:
    """Rules that no lawyer has verified need a named person who accepts those very rules."""
    name = GateName.DRAFT
    if decision is None:
        return Gate(name, open=False, why="no rules have been applied yet")
    if not decision.rests_on_draft:
        return Gate(name, open=True, why="every rule it rests on is verified")
    if release.draft_accepted_by is None or release.decision_id is None:
        return Gate(name, open=False, why="rests on draft rules that nobody has accepted")
    accepted = session.get(Decision, release.decision_id)
    if accepted is None or not _draft_rules(decision) <= _draft_rules(accepted):
        return Gate(name, open=False, why="rests on a draft rule that was not accepted")
    return Gate(name, open=True, why=f"draft rules accepted by {release.draft_accepted_by}")


def _holds(session: Session, release: Release, at: datetime) -> Gate:
    in_force = session.scalars(
        sa.select(Hold).where(
            Hold.incident_id == release.incident_id,
            Hold.blocks_release.is_(True),
            Hold.lifted_at.is_(None),
            sa.or_(Hold.expires_at.is_(None), Hold.expires_at > at),
        )
    ).all()
    if not in_force:
        return Gate(GateName.HOLDS, open=True, why="no hold blocks it")
    ends = [hold.expires_at for hold in in_force if hold.expires_at is not None]
    kinds = ", ".join(sorted({hold.kind.value for hold in in_force}))
    return Gate(
        GateName.HOLDS,
        open=False,
        why=f"held: {kinds}",
        opens_at=max(ends) if len(ends) == len(in_force) else None,
    )


def gist(decision: Decision) -> tuple[str | None, str]:
    """What an approver approves: that the rules release it, and how."""
    return decision.modality, decision.outcome


def _draft_rules(decision: Decision) -> set[str]:
    listed = decision.document.get("draft")
    return {str(rule) for rule in listed} if isinstance(listed, list) else set()
