"""The second person: approving exactly what was seen, under exactly what was decided.

An approval is tied to one rendering and one decision. When either changes in what matters, the
gate closes and someone must approve again. A plan that is not rendered yet is signed
(`bwc.release.sign`), and the signature becomes an approval by itself (`bwc.release.effect`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bwc.canonical import JsonObject
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.rendering import Rendering
from bwc.clock import iso
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict
from bwc.release.gates import publish_if_ready
from bwc.release.rows import locked_release
from bwc.release.signatures import lapse_waiting
from bwc.release.standing import Seen, require_second_person, require_seen, what_stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Whose yes, to what, given when, for which one person or the public (None).

    `signature_id` where it was signed before it was rendered.
    """

    rendering: Rendering
    decision: Decision
    by: str
    given_at: datetime
    recipient: str | None
    accepts_draft: bool
    signature_id: str | None = None


def approve(
    session: Session,
    release_id: str,
    *,
    by: str,
    at: datetime,
    accept_draft: bool = False,
    seen: Seen | None = None,
) -> Release:
    """Approve a release as someone who neither proposed it nor made its plan or captions.

    Args:
        session: a writing session of the catalog.
        release_id: the release.
        by: who approves.
        at: when, aware.
        accept_draft: `by` accepts in writing that it rests on rules no lawyer has verified yet.
        seen: what `by` looked at; None where a program approves what stands now.

    Raises:
        NotFound: no such release.
        NotPermitted: the approver proposed it, made its plan or handed in its captions.
        Conflict: published or withdrawn, not decided for release, no verified rendering of the
            newest plan to see, or something newer stands than what was seen.
    """
    release = locked_release(session, release_id)
    stands = what_stands(session, release)
    if seen is not None:
        require_seen(session, release, seen, stands)
    if stands.verified is None:
        raise Conflict(
            "there is no verified rendering of the newest plan to approve",
            where=release_id,
            advice="Sign that plan, which has it rendered; or have it rendered first.",
        )
    require_second_person(session, release, stands.plan, by=by)
    lapse_waiting(session, release, why=f"{by} approved it, rendered and verified", at=at)
    approval = Approval(
        rendering=stands.verified,
        decision=stands.decision,
        by=by,
        given_at=at,
        recipient=stands.recipient,
        accepts_draft=accept_draft,
    )
    put_in_force(session, release, approval, actor=by, at=at)
    return release


def put_in_force(
    session: Session, release: Release, approval: Approval, *, actor: str, at: datetime
) -> None:
    """Write an approval into the release, whose row is held, and let it try its gates."""
    decision, before = approval.decision, _approval(release)
    accepted = approval.accepts_draft and decision.rests_on_draft
    release.state = ReleaseState.APPROVED
    release.rendering_id = approval.rendering.id
    release.decision_id = decision.id
    release.approved_by = approval.by
    release.approved_at = approval.given_at
    release.approved_for = approval.recipient
    release.draft_accepted_by = approval.by if accepted else None
    detail: JsonObject = {
        "rendering_sha256": approval.rendering.sha256,
        "decision_sha256": decision.sha256,
        "rests_on_draft": decision.rests_on_draft,
        "draft_accepted": accepted,
        "discretion": decision.document.get("discretion"),
    }
    if approval.signature_id is not None:
        detail |= {"signature_id": approval.signature_id, "signed_by": approval.by}
    record(
        session,
        Act.RELEASE_APPROVED,
        about=About(Subject.RELEASE, release.id),
        actor=actor,
        at=at,
        detail=detail,
        before=before,
    )
    session.flush()
    publish_if_ready(session, release.id, at)


def take_out(release: Release) -> JsonObject | None:
    """Take an approval out that stands no more; the release's row is held. What it was."""
    was = _approval(release)
    release.state = ReleaseState.PROPOSED
    release.rendering_id = release.decision_id = release.draft_accepted_by = None
    release.approved_by = release.approved_at = release.approved_for = None
    return was


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
