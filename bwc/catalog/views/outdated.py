"""Approvals that stand no more: what was approved is not what would leave."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.rendering import Rendering
from bwc.catalog.request import RecordRequest
from bwc.catalog.views.cases import PUBLIC

AGAIN = "since it was approved: approve again"


def newest_made() -> sa.ScalarSelect[str]:
    """The id of the newest rendering of a release's recording, in a query of releases."""
    made = aliased(Rendering)
    return (
        sa.select(made.id)
        .where(made.recording_id == Release.recording_id)
        .order_by(made.created_at.desc(), made.id.desc())
        .limit(1)
        .correlate(Release)
        .scalar_subquery()
    )


def stands_for_it(decision: type[Decision]) -> sa.ColumnElement[bool]:
    """Whether `decision` is the one that stands for a release's audience, in a query of both."""
    return sa.and_(
        decision.incident_id == Release.incident_id,
        decision.audience == Release.audience,
        decision.superseded_at.is_(None),
    )


def outdated_approvals(session: Session, release_ids: Iterable[str]) -> dict[str, str]:
    """Why the approval of each of these does not stand, by release; the others are left out.

    Says what the gate *approved by a second person* says of them.
    """
    given, stands = aliased(Decision), aliased(Decision)
    query = (
        sa.select(Release, newest_made(), given, stands, RecordRequest.requester_name)
        .outerjoin(given, given.id == Release.decision_id)
        .outerjoin(stands, stands_for_it(stands))
        .outerjoin(RecordRequest, RecordRequest.id == Release.request_id)
        .where(Release.id.in_(list(release_ids)), Release.state == ReleaseState.APPROVED)
    )
    found: dict[str, str] = {}
    for release, rendering_id, approved, now, asks in session.execute(query):
        if rendering_id != release.rendering_id:
            found[release.id] = f"redacted again {AGAIN}"
        elif _gist(approved) != _gist(now):
            found[release.id] = f"decided anew {AGAIN}"
        elif release.audience != PUBLIC and asks != release.approved_for:
            found[release.id] = f"another name asks {AGAIN}"
    return found


def _gist(decision: Decision | None) -> tuple[str | None, str] | None:
    return None if decision is None else (decision.modality, decision.outcome)
