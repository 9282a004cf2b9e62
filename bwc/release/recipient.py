"""A release to one person: it answers his own request, and stands while that request does.

Whoever asks as one of the public is given what the public is given, on the portal. Everyone else is
shown what the decision for his role lets out, once he has said who he is and shown it.
"""

from sqlalchemy.orm import Session

from bwc.catalog.release import Release
from bwc.catalog.request import RecordRequest, RequestState
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


def recipient_of(session: Session, release: Release) -> str | None:
    """The name of the one person whom a release is for; None for the public, or where none is known."""
    if release.audience == PUBLIC or release.request_id is None:
        return None
    return session.get_one(RecordRequest, release.request_id).requester_name or None


def covers(request: RecordRequest, recording_id: str) -> bool:
    """Whether a recording is among those that were chosen; all are where nobody chose."""
    return request.recordings is None or recording_id in request.recordings


def is_one_of_the_public(role: str) -> bool:
    """Whether a requester has no rights but those of everyone."""
    return role in GENERAL_PUBLIC | {PUBLIC}
