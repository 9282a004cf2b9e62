"""A release to one person: it answers his own request, and stands while that request does.

Whoever asks as one of the public is given what the public is given, on the portal. Everyone else is
shown what the decision for his role lets out, once he has said who he is and shown it.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.release import Release
from bwc.catalog.request import RecordRequest, RequestCorrection, RequestState
from bwc.policy.vocabulary import GENERAL_PUBLIC
from bwc.release.rows import PUBLIC

NOT_SHOWN = "not_shown"  # of bwc.requests.words.IdentityShown


def wrong_with_request(session: Session, release: Release) -> str | None:
    """What keeps a release from the person whose request it answers; None where nothing does."""
    request = session.get(RecordRequest, release.request_id) if release.request_id else None
    if request is None:
        return "it answers no request"
    checks = (
        (is_one_of_the_public(request.requester_role), "he asks as one of the public"),
        (request.state is RequestState.CLOSED, f"{request.number} is closed"),
        (request.incident_id != release.incident_id, f"{request.number} is about another incident"),
        (
            request.requester_role != release.audience,
            f"{request.number} is asked as {request.requester_role}, not as {release.audience}",
        ),
        (not request.requester_name, "nobody knows the name of who asks"),
        (
            request.identity_shown in {None, NOT_SHOWN},
            "he has not shown who he is: correct the request when he has",
        ),
        (not covers(request, release.recording_id), f"{request.number} does not ask for it"),
    )
    return next((why for is_wrong, why in checks if is_wrong), None)


def is_renamed_since_approval(session: Session, release: Release) -> bool:
    """Whether somebody else asks, by a correction, than whom a release to one was approved for."""
    return release.approved_at is not None and is_renamed_since(
        session, release, release.approved_at
    )


def is_renamed_since(session: Session, release: Release, at: datetime) -> bool:
    """Whether the name of who asks for a release to one was corrected after `at`."""
    if release.audience == PUBLIC:
        return False
    later = sa.select(RequestCorrection.after).where(
        RequestCorrection.request_id == release.request_id, RequestCorrection.corrected_at > at
    )
    return any("requester_name" in after for after in session.scalars(later))


def covers(request: RecordRequest, recording_id: str) -> bool:
    """Whether a recording is among those that were chosen; all are where nobody chose."""
    return request.recordings is None or recording_id in request.recordings


def is_one_of_the_public(role: str) -> bool:
    """Whether a requester has no rights but those of everyone."""
    return role in GENERAL_PUBLIC | {PUBLIC}
