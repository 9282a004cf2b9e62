"""Links to single recipients and corrections of requests, as staff read them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json
from bwc.catalog.incident import Incident
from bwc.catalog.job import Job, JobState
from bwc.catalog.link import RecipientLink
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.rendering import Rendering, Verdict
from bwc.catalog.request import RecordRequest, RequestCorrection, RequestState
from bwc.catalog.views.cases import PUBLIC
from bwc.catalog.views.copying import value_of
from bwc.catalog.views.outdated import newest_made, outdated_approvals, stands_for_it

MARKING = "mark"  # the kind of the job that makes a recipient's marked copy


class LinkState(StrEnum):
    """How a link stands by itself; what closes it from outside, its release's gates say."""

    OPEN = "open"
    PREPARING = "copy being made"
    FAILED = "copy failed"
    EXPIRED = "expired"
    REVOKED = "taken back"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no marked copy: the job that ended without one, and whether it can be retried."""

    job_id: str
    reason: str
    can_retry: bool


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link. Who it is for is for those who answer requests.

    `failure` is set where it opens nothing because its marked copy could not be made.
    """

    id: str
    release_id: str
    recipient: str
    view_only: bool
    issued_by: str
    issued_at: datetime
    expires_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    revoked_reason: str | None
    locked_until: datetime | None
    views: int
    viewed_at: datetime | None
    copy_destroyed_at: datetime | None
    state: LinkState
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A release to one person that waits for the second person, for the first time or again.

    `has_failed` where what its recording was redacted to since did not pass verification.
    """

    release: Release
    incident: Incident
    due_at: datetime | None
    again: str | None
    has_failed: bool


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One correction of a request: what it said, what it says since, who says so and why."""

    id: str
    request_id: str
    before: dict[str, Json]
    after: dict[str, Json]
    reason: str
    corrected_by: str
    corrected_at: datetime


def list_links(session: Session, release_id: str, *, at: datetime) -> list[LinkLine]:
    """The links of a release, the newest first."""
    query = sa.select(RecipientLink).where(RecipientLink.release_id == release_id)
    rows = session.scalars(query.order_by(RecipientLink.id.desc())).all()
    failed = _failures(session, [row.id for row in rows])
    states = {row.id: _state(row, at, has_failed=row.id in failed) for row in rows}
    return [
        value_of(
            LinkLine,
            row,
            state=states[row.id],
            failure=failed[row.id] if states[row.id] is LinkState.FAILED else None,
        )
        for row in rows
    ]


def list_waiting(session: Session) -> list[Waiting]:
    """Releases to one person that nobody approved, or whose approval stands no more.

    One that answers a request which is closed waits for nobody any more.
    """
    is_open = sa.and_(
        Release.state == ReleaseState.APPROVED, RecordRequest.state == RequestState.OPEN
    )
    query = (
        sa.select(Release, Incident, Decision.due_at, Rendering.verdict)
        .join(Incident, Incident.id == Release.incident_id)
        .outerjoin(Decision, stands_for_it(Decision))
        .outerjoin(Rendering, Rendering.id == newest_made())
        .outerjoin(RecordRequest, RecordRequest.id == Release.request_id)
        .where(Release.audience != PUBLIC)
        .where(sa.or_(Release.state == ReleaseState.PROPOSED, is_open))
        .order_by(Release.id)
    )
    rows = session.execute(query).all()
    again = outdated_approvals(session, [release.id for release, *_ in rows])
    return [
        Waiting(
            release,
            incident,
            due_at,
            again=again.get(release.id),
            has_failed=release.id in again and verdict is Verdict.FAILED,
        )
        for release, incident, due_at, verdict in rows
        if release.state is ReleaseState.PROPOSED or release.id in again
    ]


def corrections_of(session: Session, incident_id: str) -> dict[str, list[CorrectionLine]]:
    """Every correction of an incident's requests, by request, the newest first."""
    query = (
        sa.select(RequestCorrection)
        .join(RecordRequest, RecordRequest.id == RequestCorrection.request_id)
        .where(RecordRequest.incident_id == incident_id)
        .order_by(RequestCorrection.id.desc())
    )
    found: dict[str, list[CorrectionLine]] = {}
    for row in session.scalars(query):
        found.setdefault(row.request_id, []).append(value_of(CorrectionLine, row))
    return found


def list_corrections(session: Session, request_id: str) -> list[CorrectionLine]:
    """The corrections of one request, the newest first."""
    query = sa.select(RequestCorrection).where(RequestCorrection.request_id == request_id)
    rows = session.scalars(query.order_by(RequestCorrection.id.desc()))
    return [value_of(CorrectionLine, row) for row in rows]


def link_ids(session: Session, release_id: str) -> list[str]:
    """The ids of a release's links."""
    return list(
        session.scalars(sa.select(RecipientLink.id).where(RecipientLink.release_id == release_id))
    )


def _failures(session: Session, ids: list[str]) -> dict[str, Failure]:
    """The links whose newest job for a marked copy ended without one."""
    query = sa.select(Job).where(Job.kind == MARKING, Job.subject_id.in_(ids)).order_by(Job.id)
    newest = {job.subject_id: job for job in session.scalars(query)}
    return {
        link_id: Failure(job.id, job.reason or job.state.value, job.state is JobState.DEAD)
        for link_id, job in newest.items()
        if link_id is not None and job.state in (JobState.DEAD, JobState.CANCELLED)
    }


def _state(row: RecipientLink, at: datetime, *, has_failed: bool) -> LinkState:
    is_copied = not row.view_only or row.copy_sha256 is not None
    told = (
        (row.revoked_at is not None, LinkState.REVOKED),
        (row.expires_at <= at, LinkState.EXPIRED),
        (not is_copied and has_failed, LinkState.FAILED),
        (not is_copied, LinkState.PREPARING),
    )
    return next((state for holds, state in told if holds), LinkState.OPEN)
