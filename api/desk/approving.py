"""The one button of a second person: approve what is verified, or sign what is not rendered yet."""

from sqlalchemy.orm import Session

from bwc.house import House
from bwc.redaction.revise import render_exactly
from bwc.release.approve import approve
from bwc.release.captions import require_fit
from bwc.release.sign import sign
from bwc.release.standing import Seen


def approve_or_sign(
    house: House, session: Session, release_id: str, seen: Seen, *, by: str, accept_draft: bool
) -> None:
    """Approve the verified rendering that was seen; without one, sign the plan that was seen.

    Raises what `approve` and `sign` do.

    Raises:
        Conflict: also where its captions spell out what that plan mutes.
    """
    at = house.clock.now()
    if seen.rendering_id is not None:
        approve(session, release_id, by=by, at=at, accept_draft=accept_draft, seen=seen)
    else:
        sign(
            session,
            release_id,
            seen=seen,
            order=render_exactly,
            by=by,
            at=at,
            accept_draft=accept_draft,
        )
    require_fit(session, house.vault, release_id, plan_id=seen.plan_id)
