"""The second person: approving exactly what was seen, under exactly what was decided.

An approval is tied to one rendering and one decision. When either changes in what matters, the
gate closes and someone must approve again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.rendering import Plan, Rendering, Verdict
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, NotPermitted
from bwc.release.gates import outcomes_for, publish_if_ready
from bwc.release.rows import authors_of, locked_release, newest_rendering, standing_decision


@dataclass(frozen=True, slots=True)
class Seen:
    """What the approver had on the screen: the ids of that rendering and decision, and the captions."""

    rendering_id: str
    decision_id: str
    captions_sha256: str | None = None


def approve(
    session: Session,
    release_id: str,
    *,
    by: str,
    at: datetime,
    accept_draft: bool = False,
    seen: Seen | None = None,
) -> Release:
    """Approve a release as someone who neither proposed it nor made its plan.

    Args:
        session: a writing session of the catalog.
        release_id: the release.
        by: who approves.
        at: when, aware.
        accept_draft: `by` accepts in writing that it rests on rules no lawyer has verified yet.
        seen: what `by` looked at; None where a program approves what stands now.

    Raises:
        NotFound: no such release.
        NotPermitted: the approver proposed it or made its plan.
        Conflict: published or withdrawn, not decided for release, no verified rendering to see,
            or something newer stands than what was seen.
    """
    release = locked_release(session, release_id)
    if release.state not in {ReleaseState.PROPOSED, ReleaseState.APPROVED}:
        raise Conflict("this release is past approval", where=release_id, got=release.state.value)
    rendering = _seen(session, release)
    decision = _decided(session, release)
    _require_seen(seen, Seen(rendering.id, decision.id, release.captions_sha256), where=release_id)
    _require_second_person(session, release, rendering=rendering, by=by)
    before = _approval(release)
    release.state = ReleaseState.APPROVED
    release.rendering_id = rendering.id
    release.decision_id = decision.id
    release.approved_by = by
    release.approved_at = at
    release.draft_accepted_by = by if accept_draft and decision.rests_on_draft else None
    record(
        session,
        Act.RELEASE_APPROVED,
        about=About(Subject.RELEASE, release.id),
        actor=by,
        at=at,
        detail={
            "rendering_sha256": rendering.sha256,
            "decision_sha256": decision.sha256,
            "rests_on_draft": decision.rests_on_draft,
            "draft_accepted": release.draft_accepted_by is not None,
            "discretion": decision.document.get("discretion"),
        },
        before=before,
    )
    session.flush()
    publish_if_ready(session, release.id, at)
    return release


def _require_seen(seen: Seen | None, stands: Seen, *, where: str) -> None:
    """What was looked at must be what stands now."""
    if seen is not None and seen != stands:
        raise Conflict(
            "a newer rendering, decision or caption stands than what you looked at",
            where=where,
            advice="Look at the release again, then approve.",
        )


def _seen(session: Session, release: Release) -> Rendering:
    """The newest rendering, which must have passed: it is what the approver looked at."""
    rendering = newest_rendering(session, release.recording_id)
    if rendering is None or rendering.verdict is not Verdict.PASSED:
        raise Conflict(
            "there is no verified rendering to approve",
            where=release.id,
            advice="Redact the recording first; nobody approves what he cannot see.",
        )
    return rendering


def _decided(session: Session, release: Release) -> Decision:
    """The standing decision, which must release."""
    decision = standing_decision(session, release.incident_id, audience=release.audience)
    if decision is None:
        raise Conflict("the rules have not decided about this incident yet", where=release.id)
    if decision.outcome not in outcomes_for(release.audience):
        raise Conflict("the rules do not release this", where=release.id, got=decision.outcome)
    return decision


def _require_second_person(
    session: Session, release: Release, *, rendering: Rendering, by: str
) -> None:
    """Neither the proposer nor the plan's author may approve."""
    if by == release.proposed_by:
        raise NotPermitted(
            "whoever proposes a release cannot approve it",
            where=release.id,
            advice="Ask a second person.",
        )
    plan = session.get(Plan, rendering.plan_id)
    if plan is None or by in authors_of(plan):
        raise NotPermitted(
            "whoever made the redaction plan cannot approve it",
            where=release.id,
            advice="Ask a second person.",
        )


def _approval(release: Release) -> JsonObject | None:
    """The approval that stood before, if any."""
    if release.approved_at is None:
        return None
    return {
        "approved_by": release.approved_by,
        "approved_at": iso(release.approved_at),
        "rendering_id": release.rendering_id,
        "decision_id": release.decision_id,
        "draft_accepted_by": release.draft_accepted_by,
    }
