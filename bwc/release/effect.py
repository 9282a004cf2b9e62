"""What becomes of a signature: an approval when exactly what was signed passed, or nothing.

Every question is asked once more when the rendering has ended, in the transaction that answers.
What cannot be answered lets the signature lapse, and it says why.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.job import Job, JobState
from bwc.catalog.release import Decision, Release
from bwc.catalog.rendering import Plan, Rendering
from bwc.catalog.signature import Signature, SignatureState
from bwc.errors import Conflict, NotFound, NotPermitted
from bwc.jobs.kinds import JobKind
from bwc.release.approve import Approval, put_in_force
from bwc.release.gates import gist, wrong_with_rendering
from bwc.release.rows import locked_release
from bwc.release.signatures import ACTOR, end, waiting_signature
from bwc.release.standing import Standing, require_second_person, what_stands

UNHAPPY = (JobState.DEAD, JobState.CANCELLED)


def take_effect(session: Session, signature_id: str, *, at: datetime) -> Signature:
    """Let a signature that waits become an approval, or lapse; one that has ended is left alone.

    Raises:
        NotFound: no such signature.
    """
    signature = session.get(Signature, signature_id)
    if signature is None:
        raise NotFound("there is no such signature", where=signature_id)
    release = locked_release(session, signature.release_id)
    session.refresh(signature)
    if signature.state is not SignatureState.WAITING:
        return signature
    try:
        stands = what_stands(session, release)
        rendering = _as_signed(session, release, signature, stands)
    except (Conflict, NotPermitted) as refused:
        end(session, signature, SignatureState.LAPSED, why=refused.what, by=ACTOR, at=at)
        return signature
    signature.state, signature.ended_at = SignatureState.IN_FORCE, at
    approval = Approval(
        rendering=rendering,
        decision=session.get_one(Decision, signature.decision_id),
        by=signature.signed_by,
        given_at=signature.signed_at,
        recipient=signature.signed_for,
        accepts_draft=signature.accepts_draft,
        signature_id=signature.id,
    )
    put_in_force(session, release, approval, actor=ACTOR, at=at)
    return signature


def lapse_if_hopeless(session: Session, release: Release, *, at: datetime) -> None:
    """Let a signature lapse whose rendering failed or was cancelled; the release's row is held."""
    signature = waiting_signature(session, release)
    job = session.get(Job, signature.job_id, populate_existing=True) if signature else None
    if signature is None or job is None or job.state not in UNHAPPY:
        return
    said = "was cancelled" if job.state is JobState.CANCELLED else "failed"
    end(
        session,
        signature,
        SignatureState.LAPSED,
        why=f"the work it waited for {said}",
        by=ACTOR,
        at=at,
    )


def hopeless(session: Session) -> list[str]:
    """The releases whose signature waits for a job that will not come to its end."""
    lost = (
        sa.select(Signature.release_id)
        .join(Job, Job.id == Signature.job_id)
        .where(Signature.state == SignatureState.WAITING, Job.state.in_(UNHAPPY))
    )
    return list(session.scalars(lost.order_by(Signature.release_id)))


def _as_signed(
    session: Session, release: Release, signature: Signature, stands: Standing
) -> Rendering:
    """The verified rendering of exactly what was signed. Raises Conflict, NotPermitted."""
    if (stands.plan.id, stands.plan.sha256) != (signature.plan_id, signature.plan_sha256):
        raise Conflict(_otherwise(session, stands.plan))
    wrong = wrong_with_rendering(session, release.recording_id)
    if wrong is not None or stands.verified is None:
        raise Conflict(wrong or "it is not rendered")
    signed = session.get(Decision, signature.decision_id)
    if signed is None or gist(signed) != gist(stands.decision):
        got = f"{stands.decision.modality or 'no rule'} {stands.decision.outcome}"
        raise Conflict(f"the rules decided anew after it was signed: {got}")
    if stands.recipient != signature.signed_for:
        raise Conflict("another name asks since it was signed")
    if stands.captions_sha256 != signature.captions_sha256:
        raise Conflict("its captions were exchanged after it was signed")
    require_second_person(session, release, stands.plan, by=signature.signed_by)
    return stands.verified


def _otherwise(session: Session, plan: Plan) -> str:
    """Why the newest plan is not the one that was signed."""
    made_by = session.get(Job, plan.job_id) if plan.job_id else None
    if made_by is not None and made_by.kind == JobKind.RENDER.value:
        return "verification found more to hide than was signed, and it is hidden now"
    return f"{plan.author} changed the plan after it was signed"
