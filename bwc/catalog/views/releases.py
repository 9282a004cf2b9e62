"""One release with what it stands on, for the page that approves or withdraws it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.catalog.incident import Incident
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.catalog.rendering import Plan, Verdict
from bwc.catalog.request import RecordRequest
from bwc.catalog.signature import Signature, SignatureState
from bwc.catalog.views.cases import DecisionLine, RequestLine
from bwc.catalog.views.copying import value_of
from bwc.catalog.views.recordings import PlanLine, RenderingLine, list_renderings
from bwc.errors import NotFound

ON_ITS_WAY = (ReleaseState.PROPOSED, ReleaseState.APPROVED)


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A signature under a plan that was not rendered yet, and what became of it."""

    id: str
    plan_version: int
    plan_sha256: str
    job_id: str
    signed_by: str
    signed_at: datetime
    state: SignatureState
    ended_at: datetime | None
    ended_why: str | None


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A release, the decision that stands for its audience, its plan and the rendering it would show.

    `signature` is the newest one, whatever became of it.
    """

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
    plan: PlanLine | None
    rendering: RenderingLine | None
    signature: SignatureLine | None

    @property
    def shows_plan(self) -> bool:
        """Whether the rendering is one of that plan, whatever verification said of it."""
        return (
            self.rendering is not None
            and self.plan is not None
            and (self.rendering.plan_id == self.plan.id)
        )

    @property
    def is_signed(self) -> bool:
        """Whether a signature waits for its plan to be rendered and verified."""
        given = self.signature
        return given is not None and given.state is SignatureState.WAITING

    @property
    def verified(self) -> RenderingLine | None:
        """The rendering of that plan, where verification let it pass; else there is none to approve."""
        made = self.rendering if self.shows_plan else None
        return made if made is not None and made.verdict is Verdict.PASSED else None


def view_release(session: Session, release_id: str) -> ReleaseView:
    """One release; until it is published with the newest rendering, then with the approved one.

    Raises:
        NotFound: no such release.
    """
    row = session.get(Release, release_id)
    if row is None:
        raise NotFound("there is no such release", where=release_id)
    incident = session.get_one(Incident, row.incident_id)
    rendering = _rendering(session, row)
    return value_of(
        ReleaseView,
        row,
        incident_number=incident.number,
        incident_title=incident.title,
        decision=_decision(session, row),
        plan=_plan(session, row, rendering),
        rendering=rendering,
        signature=_signature(session, row),
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
    if release.state in ON_ITS_WAY:
        return next(iter(renderings), None)
    return next((one for one in renderings if one.id == release.rendering_id), None)


def _plan(session: Session, release: Release, rendering: RenderingLine | None) -> PlanLine | None:
    """The newest plan until it is published, then the one of what was."""
    if release.state not in ON_ITS_WAY:
        row = session.get(Plan, rendering.plan_id) if rendering else None
    else:
        made = sa.select(Plan).where(Plan.recording_id == release.recording_id)
        row = session.scalars(made.order_by(Plan.version.desc(), Plan.id.desc()).limit(1)).first()
    return None if row is None else value_of(PlanLine, row)


def _signature(session: Session, release: Release) -> SignatureLine | None:
    query = (
        sa.select(Signature, Plan.version)
        .join(Plan, Plan.id == Signature.plan_id)
        .where(Signature.release_id == release.id)
    )
    found = session.execute(query.order_by(Signature.id.desc()).limit(1)).first()
    return None if found is None else value_of(SignatureLine, found[0], plan_version=found[1])
