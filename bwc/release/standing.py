"""What a second person is asked to approve now, and whether it is what he looked at.

That is the newest plan, its rendering where verification let one pass, and the decision that stands.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Fact
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.rendering import Plan, Rendering, Verdict
from bwc.catalog.request import RequestCorrection
from bwc.errors import Conflict, NotPermitted
from bwc.release.gates import outcomes_for
from bwc.release.recipient import recipient_of
from bwc.release.rows import (
    PERSON,
    authors_of,
    captioned_by,
    newest_plan,
    newest_rendering,
    standing_decision,
)

MOST_FACTS = 3  # named to who looked at an older decision


@dataclass(frozen=True, slots=True)
class Seen:
    """What was on the screen: that plan by id and hash, that decision, and the verified rendering.

    `recipient` is the name of the one person whom it is for, None for the public. `rendering_id` is
    None where there was no rendering yet: what is given then is a signature. `captions_sha256` is
    None where it has no captions.
    """

    plan_id: str
    plan_sha256: str
    decision_id: str
    recipient: str | None
    rendering_id: str | None
    captions_sha256: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands now; `rendering` is the newest one of `plan`, whatever verification said of it."""

    plan: Plan
    decision: Decision
    recipient: str | None
    rendering: Rendering | None
    captions_sha256: str | None

    @property
    def verified(self) -> Rendering | None:
        """The rendering, where it passed."""
        passed = self.rendering is not None and self.rendering.verdict is Verdict.PASSED
        return self.rendering if passed else None


def what_stands(session: Session, release: Release) -> Standing:
    """What is to be approved of a release.

    Raises:
        Conflict: it is past approval, nothing hides anybody yet, or the rules do not let it out.
    """
    if release.state not in {ReleaseState.PROPOSED, ReleaseState.APPROVED}:
        raise Conflict("this release is past approval", where=release.id, got=release.state.value)
    plan = newest_plan(session, release.recording_id)
    if plan is None:
        raise Conflict(
            "there is no plan to approve",
            where=release.id,
            advice="Redact the recording first; nobody approves what he cannot see.",
        )
    decision = standing_decision(session, release.incident_id, audience=release.audience)
    if decision is None:
        raise Conflict("the rules have not decided about this incident yet", where=release.id)
    if decision.outcome not in outcomes_for(release.audience):
        raise Conflict("the rules do not release this", where=release.id, got=decision.outcome)
    made = newest_rendering(session, release.recording_id)
    rendering = made if made is not None and made.plan_id == plan.id else None
    return Standing(
        plan, decision, recipient_of(session, release), rendering, release.captions_sha256
    )


def require_seen(session: Session, release: Release, seen: Seen, stands: Standing) -> None:
    """What was looked at must be what stands now.

    Raises:
        Conflict: something newer stands; it says who changed what.
    """
    said = None
    if (seen.plan_id, seen.plan_sha256) != (stands.plan.id, stands.plan.sha256):
        said = _newer_plan(stands.plan)
    elif seen.decision_id != stands.decision.id:
        said = _newer_decision(session, seen.decision_id, stands.decision)
    elif seen.recipient != stands.recipient:
        said = _newer_recipient(session, release)
    elif seen.captions_sha256 != stands.captions_sha256:
        said = "its captions were exchanged"
    elif seen.rendering_id != (stands.verified.id if stands.verified else None):
        said = _newer_rendering(stands)
    if said is not None:
        raise Conflict(
            f"something newer stands than what you looked at: {said}",
            where=release.id,
            advice="Look at the release again, then approve.",
        )


def require_second_person(session: Session, release: Release, plan: Plan, *, by: str) -> None:
    """Neither the proposer nor an author of plan or captions may approve. Raises NotPermitted."""
    who = "proposes a release" if by == release.proposed_by else None
    who = who or ("made the redaction plan" if by in authors_of(plan) else None)
    who = who or ("handed in its captions" if by in captioned_by(session, release) else None)
    if who is not None:
        raise NotPermitted(
            f"whoever {who} cannot approve it", where=release.id, advice="Ask a second person."
        )


def _newer_plan(plan: Plan) -> str:
    history = plan.document.get("history")
    last = history[-1] if isinstance(history, list) and history else None
    if not isinstance(last, dict):
        return f"version {plan.version} of the plan, by {plan.author}"
    by = str(last.get("by", "")).removeprefix(PERSON) or plan.author
    by = plan.author if ":" in by else by  # a model's hash tells a person nothing
    what = str(last.get("what", "")).partition(":")[0]  # reasons name people
    return f"version {plan.version} of the plan, by {by} ({what})"


def _newer_decision(session: Session, seen_id: str, stands: Decision) -> str:
    said = f"the rules decided anew: {stands.modality or 'no rule'} {stands.outcome}"
    seen = session.get(Decision, seen_id)
    if seen is None:
        return said
    newer = sa.select(Fact).where(
        Fact.incident_id == stands.incident_id, Fact.asserted_at >= seen.decided_at
    )
    facts = session.scalars(newer.order_by(Fact.id.desc()).limit(MOST_FACTS)).all()
    named = ", ".join(f"{fact.name} by {fact.asserted_by}" for fact in facts)
    return f"{said}, after {named}" if named else said


def _newer_recipient(session: Session, release: Release) -> str:
    """That another name asks, and who corrected it; the page shows the name to whom it may."""
    made = sa.select(RequestCorrection).where(RequestCorrection.request_id == release.request_id)
    for one in session.scalars(made.order_by(RequestCorrection.id.desc())):
        if "requester_name" in one.after:
            return f"another name asks, by a correction of {one.corrected_by}"
    return "another name asks"


def _newer_rendering(stands: Standing) -> str:
    if stands.verified is not None:
        return "a rendering of this plan that verification let pass"
    if stands.rendering is not None:
        return "a rendering of this plan that verification did not let pass"
    return f"version {stands.plan.version} of the plan has not been rendered"
