"""One release with what it stands on, for the page that approves or withdraws it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Incident
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.request import RecordRequest
from bwc.catalog.views.cases import DecisionLine, RequestLine
from bwc.catalog.views.copying import value_of
from bwc.catalog.views.recordings import RenderingLine, list_renderings
from bwc.errors import NotFound


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A release, the decision that stands for its audience, and the rendering it would show."""

    id: str
    incident_id: str
    incident_number: str
    incident_title: str
    recording_id: str
    audience: str
    title: str
    summary: str
    state: ReleaseState
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    draft_accepted_by: str | None
    published_at: datetime | None
    manifest_sha256: str | None
    captions_sha256: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    decision: DecisionLine | None
    rendering: RenderingLine | None


def view_release(session: Session, release_id: str) -> ReleaseView:
    """One release; until it is published with the newest rendering, then with the approved one.

    Raises:
        NotFound: no such release.
    """
    row = session.get(Release, release_id)
    if row is None:
        raise NotFound("there is no such release", where=release_id)
    incident = session.get_one(Incident, row.incident_id)
    return value_of(
        ReleaseView,
        row,
        incident_number=incident.number,
        incident_title=incident.title,
        decision=_decision(session, row),
        rendering=_rendering(session, row),
    )


def asked_in(session: Session, release_id: str) -> RequestLine | None:
    """The request that a release answers; None where it answers none."""
    row = session.get(Release, release_id)
    request = session.get(RecordRequest, row.request_id) if row and row.request_id else None
    return None if request is None else value_of(RequestLine, request)


def _decision(session: Session, release: Release) -> DecisionLine | None:
    query = sa.select(Decision).where(
        Decision.incident_id == release.incident_id,
        Decision.audience == release.audience,
        Decision.superseded_at.is_(None),
    )
    found = session.scalars(query.order_by(Decision.id.desc()).limit(1)).first()
    return None if found is None else value_of(DecisionLine, found)


def _rendering(session: Session, release: Release) -> RenderingLine | None:
    renderings = list_renderings(session, release.recording_id)
    if release.state in (ReleaseState.PROPOSED, ReleaseState.APPROVED):
        return next(iter(renderings), None)
    return next((one for one in renderings if one.id == release.rendering_id), None)
