"""Signing a plan that is not rendered yet: the order to render and verify exactly that.

The signature names what was seen. It becomes an approval by itself, or lapses (`bwc.release.effect`);
until then whoever may approve can take it back.
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from bwc.catalog.job import Job
from bwc.catalog.release import Release
from bwc.catalog.signature import Signature, SignatureState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict
from bwc.ids import new_id
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.release.effect import lapse_if_hopeless
from bwc.release.gates import hides_faces
from bwc.release.rows import locked_release
from bwc.release.signatures import end, waiting_signature
from bwc.release.standing import (
    Seen,
    Standing,
    require_second_person,
    require_seen,
    what_stands,
)


class Order(Protocol):
    """Asks the redaction room to render and verify a plan as it is; see `render_exactly` there."""

    def __call__(self, session: Session, plan_id: str, *, by: str, at: datetime) -> Job:
        """The job that does it."""
        ...


def sign(
    session: Session,
    release_id: str,
    *,
    seen: Seen,
    order: Order,
    by: str,
    at: datetime,
    accept_draft: bool = False,
) -> Signature:
    """Sign the newest plan as a second person, and have exactly that rendered and verified.

    Signing twice is signing once: the same person's signature under the same is returned.

    Args:
        session: a writing session of the catalog.
        release_id: the release.
        seen: what `by` looked at.
        order: asks for the rendering.
        by: who signs.
        at: when, aware.
        accept_draft: `by` accepts in writing that it rests on rules no lawyer has verified yet.

    Raises:
        NotFound: no such release.
        NotPermitted: `by` proposed it, is an author of the plan, or handed in its captions.
        Conflict: published or withdrawn, not decided for release; something newer stands than what
            was seen, a verified rendering too; verification refused this plan; somebody else's
            signature waits; or what `order` raises.
    """
    release = locked_release(session, release_id)
    lapse_if_hopeless(session, release, at=at)
    given = waiting_signature(session, release)
    if given is not None and _is_same(given, seen, by=by, accept_draft=accept_draft):
        return given
    stands = what_stands(session, release)
    require_seen(session, release, seen, stands)
    _require_fit(stands, where=release_id)
    require_second_person(session, release, stands.plan, by=by)
    if given is not None:
        raise Conflict(
            f"{given.signed_by} has signed it, and it is being rendered",
            where=release_id,
            advice="Wait for that, or take the signature back.",
        )
    rendering = order(session, stands.plan.id, by=by, at=at)
    return _written(
        session, release, stands, needs=rendering, by=by, at=at, accept_draft=accept_draft
    )


def take_back(session: Session, release_id: str, *, by: str, at: datetime) -> Signature:
    """Take a signature back that has not taken effect; the rendering goes on and binds nobody.

    Raises:
        NotFound: no such release.
        Conflict: none waits.
    """
    release = locked_release(session, release_id)
    signature = waiting_signature(session, release)
    if signature is None:
        raise Conflict("no signature waits that could be taken back", where=release_id)
    end(session, signature, SignatureState.TAKEN_BACK, why=f"taken back by {by}", by=by, at=at)
    return signature


def _is_same(given: Signature, seen: Seen, *, by: str, accept_draft: bool) -> bool:
    """Whether what is signed now waits already, signed by the same person."""
    return (
        (given.signed_by, given.accepts_draft) == (by, accept_draft)
        and (given.plan_id, given.plan_sha256) == (seen.plan_id, seen.plan_sha256)
        and (given.decision_id, given.signed_for) == (seen.decision_id, seen.recipient)
        and given.captions_sha256 == seen.captions_sha256
    )


def _require_fit(stands: Standing, *, where: str) -> None:
    """A plan that cannot become an approval is not rendered for one."""
    if stands.rendering is not None:
        raise Conflict(
            "verification did not let this plan pass",
            where=where,
            advice="Have what it found mended; it is in the review list. Then sign the newer plan.",
        )
    if not hides_faces(stands.plan):
        raise Conflict(
            "its plan was not asked to hide faces", where=where, advice="Redact it again with them."
        )


def _written(
    session: Session,
    release: Release,
    stands: Standing,
    *,
    needs: Job,
    by: str,
    at: datetime,
    accept_draft: bool,
) -> Signature:
    """The signature, with the job that lets it take effect and its custody entry."""
    signature_id = new_id()
    job = enqueue(
        session,
        JobKind.TAKE_EFFECT,
        subject_id=release.id,
        arguments={"signature_id": signature_id},
        requested_by=by,
        at=at,
        needs=[needs],
    )
    signature = Signature(
        id=signature_id,
        release_id=release.id,
        plan_id=stands.plan.id,
        plan_sha256=stands.plan.sha256,
        decision_id=stands.decision.id,
        captions_sha256=stands.captions_sha256,
        job_id=job.id,
        signed_by=by,
        signed_at=at,
        signed_for=stands.recipient,
        accepts_draft=accept_draft,
        state=SignatureState.WAITING,
    )
    session.add(signature)
    record(
        session,
        Act.RELEASE_SIGNED,
        about=About(Subject.RELEASE, release.id),
        actor=by,
        at=at,
        detail={
            "signature_id": signature_id,
            "plan_id": stands.plan.id,
            "plan_sha256": stands.plan.sha256,
            "decision_id": stands.decision.id,
            "decision_sha256": stands.decision.sha256,
            "captions_sha256": stands.captions_sha256,
            "rests_on_draft": stands.decision.rests_on_draft,
            "accepts_draft": accept_draft,
            "render_job_id": needs.id,
        },
    )
    session.flush()
    return signature
