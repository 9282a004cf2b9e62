"""The signatures of a release: the one that waits, the newest, and how one ends."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.release import Release
from bwc.catalog.signature import Signature, SignatureState
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record

ACTOR = "release"  # who lets one take effect or lapse
ACT_OF = {
    SignatureState.LAPSED: Act.SIGNATURE_LAPSED,
    SignatureState.TAKEN_BACK: Act.SIGNATURE_TAKEN_BACK,
}


def newest_signature(session: Session, release_id: str) -> Signature | None:
    """The signature that was given last, whatever became of it."""
    given = sa.select(Signature).where(Signature.release_id == release_id)
    return session.scalars(given.order_by(Signature.id.desc()).limit(1)).first()


def waiting_signature(session: Session, release: Release) -> Signature | None:
    """The one that waits for its plan to be rendered and verified."""
    found = newest_signature(session, release.id)
    return found if found is not None and found.state is SignatureState.WAITING else None


def end(
    session: Session,
    signature: Signature,
    state: SignatureState,
    *,
    why: str,
    by: str,
    at: datetime,
) -> None:
    """End a signature that waits, other than by taking effect; the release's row is held."""
    signature.state, signature.ended_why, signature.ended_at = state, why, at
    record(
        session,
        ACT_OF[state],
        about=About(Subject.RELEASE, signature.release_id),
        actor=by,
        at=at,
        detail={
            "signature_id": signature.id,
            "signed_by": signature.signed_by,
            "plan_sha256": signature.plan_sha256,
            "why": why,
        },
    )


def lapse_waiting(session: Session, release: Release, *, why: str, at: datetime) -> None:
    """Let the signature of a release lapse that still waits, if there is one; its row is held."""
    waiting = waiting_signature(session, release)
    if waiting is not None:
        end(session, waiting, SignatureState.LAPSED, why=why, by=ACTOR, at=at)
